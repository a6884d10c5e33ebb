package io.polarj.sql.expr;

import static io.polarj.sql.expr.FunctionLibrary.alias;
import static io.polarj.sql.expr.FunctionLibrary.always;
import static io.polarj.sql.expr.FunctionLibrary.lenient;
import static io.polarj.sql.expr.FunctionLibrary.strict;
import static io.polarj.sql.expr.FunctionLibrary.text;

import io.polarj.engine.codec.CollationOrder;
import io.polarj.engine.schema.Collation;
import io.polarj.engine.schema.ColumnType;
import io.polarj.sql.error.SqlError;
import io.polarj.sql.type.MySqlTypes;
import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.zip.CRC32;

/** Functions of strings, and digests. */
final class StringFunctions {
  private static final int MAX_RESULT = 64 << 20;
  private static final Collation DEFAULT = Collation.UTF8MB4_0900_AI_CI;

  private StringFunctions() {}

  private static String s(Object value) {
    return Values.toText(value);
  }

  static void register() {
    lengths();
    parts();
    cases();
    padding();
    searching();
    numbers();
    digests();
  }

  private static void lengths() {
    strict("LENGTH", 1, 1, always(MySqlTypes.BIGINT), (a, c) -> (long) Values.toBytes(a[0]).length);
    alias("OCTET_LENGTH", "LENGTH");
    strict(
        "BIT_LENGTH", 1, 1, always(MySqlTypes.BIGINT), (a, c) -> Values.toBytes(a[0]).length * 8L);
    strict(
        "CHAR_LENGTH",
        1,
        1,
        always(MySqlTypes.BIGINT),
        (a, c) -> a[0] instanceof byte[] bytes ? (long) bytes.length : (long) count(s(a[0])));
    alias("CHARACTER_LENGTH", "CHAR_LENGTH");
    strict(
        "ASCII",
        1,
        1,
        always(MySqlTypes.BIGINT),
        (a, c) -> {
          byte[] bytes = Values.toBytes(a[0]);
          return bytes.length == 0 ? 0L : bytes[0] & 0xffL;
        });
    strict(
        "ORD",
        1,
        1,
        always(MySqlTypes.BIGINT),
        (a, c) -> {
          String text = s(a[0]);
          return text.isEmpty()
              ? 0L
              : Values.bigEndian(
                  Character.toString(text.codePointAt(0)).getBytes(StandardCharsets.UTF_8));
        });
  }

  private static int count(String text) {
    return text.codePointCount(0, text.length());
  }

  private static void parts() {
    strict("CONCAT", 1, -1, FunctionLibrary::joined, (a, c) -> concat(a));
    lenient(
        "CONCAT_WS",
        2,
        -1,
        arguments -> {
          long length = 0;
          for (ColumnType type : arguments) {
            length += MySqlTypes.length(type) + (long) MySqlTypes.length(arguments.get(0));
          }
          return MySqlTypes.string(length, FunctionLibrary.collation(arguments));
        },
        (a, c) -> {
          if (a[0] == null) {
            return null;
          }
          List<String> parts = new ArrayList<>();
          for (int i = 1; i < a.length; i++) {
            if (a[i] != null) {
              parts.add(s(a[i]));
            }
          }
          return String.join(s(a[0]), parts);
        });
    strict(
        "SUBSTRING",
        2,
        3,
        FunctionLibrary::first,
        (a, c) ->
            substring(
                a[0], Values.toLong(a[1]), a.length > 2 ? Values.toLong(a[2]) : Long.MAX_VALUE));
    strict("LEFT", 2, 2, FunctionLibrary::first, (a, c) -> substring(a[0], 1, Values.toLong(a[1])));
    strict(
        "RIGHT",
        2,
        2,
        FunctionLibrary::first,
        (a, c) -> {
          long wanted = Values.toLong(a[1]);
          int size = a[0] instanceof byte[] bytes ? bytes.length : count(s(a[0]));
          return wanted <= 0
              ? empty(a[0])
              : wanted >= size ? textual(a[0]) : substring(a[0], size - wanted + 1, wanted);
        });
    strict(
        "SUBSTRING_INDEX",
        3,
        3,
        FunctionLibrary::first,
        (a, c) -> substringIndex(s(a[0]), s(a[1]), Values.toLong(a[2])));
    strict(
        "REPLACE",
        3,
        3,
        text(65535),
        (a, c) -> s(a[1]).isEmpty() ? s(a[0]) : limited(s(a[0]).replace(s(a[1]), s(a[2]))));
    strict(
        "INSERT",
        4,
        4,
        FunctionLibrary::joined,
        (a, c) -> insert(s(a[0]), Values.toLong(a[1]), Values.toLong(a[2]), s(a[3])));
    strict(
        "REVERSE",
        1,
        1,
        FunctionLibrary::first,
        (a, c) -> new StringBuilder(s(a[0])).reverse().toString());
    lenient(
        "ELT",
        2,
        -1,
        arguments -> FunctionLibrary.widest(arguments.subList(1, arguments.size())),
        (a, c) -> {
          long index = a[0] == null ? 0 : Values.toLong(a[0]);
          return index < 1 || index >= a.length || a[(int) index] == null
              ? null
              : (Object) s(a[(int) index]);
        });
    strict(
        "QUOTE",
        1,
        1,
        text(65535),
        (a, c) ->
            "'" + s(a[0]).replace("\\", "\\\\").replace("'", "\\'").replace("\0", "\\0") + "'");
  }

  private static Object textual(Object value) {
    return value instanceof byte[] ? value : s(value);
  }

  private static Object empty(Object like) {
    return like instanceof byte[] ? (Object) new byte[0] : "";
  }

  private static Object concat(Object[] values) {
    boolean binary = false;
    for (Object value : values) {
      binary |= value instanceof byte[];
    }
    if (binary) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      for (Object value : values) {
        out.writeBytes(Values.toBytes(value));
      }
      return out.toByteArray();
    }
    StringBuilder text = new StringBuilder();
    for (Object value : values) {
      text.append(s(value));
    }
    return limited(text.toString());
  }

  /** No function makes more than max_allowed_packet. */
  private static String limited(String text) {
    return text.length() > MAX_RESULT ? null : text;
  }

  private static Object substring(Object value, long position, long length) {
    if (length <= 0 || position == 0) {
      return empty(value);
    }
    if (value instanceof byte[] bytes) {
      long from = position > 0 ? position - 1 : bytes.length + position;
      return from < 0 || from >= bytes.length
          ? new byte[0]
          : java.util.Arrays.copyOfRange(
              bytes,
              (int) from,
              (int) Math.min(bytes.length, length > bytes.length ? bytes.length : from + length));
    }
    String text = s(value);
    int size = count(text);
    long from = position > 0 ? position - 1 : size + position;
    if (from < 0 || from >= size) {
      return "";
    }
    int to = (int) Math.min(size, length > size ? size : from + length);
    int start = text.offsetByCodePoints(0, (int) from);
    return text.substring(start, text.offsetByCodePoints(start, to - (int) from));
  }

  private static String substringIndex(String text, String delimiter, long count) {
    if (delimiter.isEmpty() || count == 0) {
      return "";
    }
    if (count > 0) {
      int at = -delimiter.length();
      for (long i = 0; i < count; i++) {
        at = text.indexOf(delimiter, at + delimiter.length());
        if (at < 0) {
          return text;
        }
      }
      return text.substring(0, at);
    }
    int at = text.length();
    for (long i = 0; i > count; i--) {
      at = at == 0 ? -1 : text.lastIndexOf(delimiter, at - 1);
      if (at < 0) {
        return text;
      }
    }
    return text.substring(at + delimiter.length());
  }

  private static String insert(String text, long position, long length, String with) {
    int size = count(text);
    if (position < 1 || position > size) {
      return text;
    }
    int from = text.offsetByCodePoints(0, (int) position - 1);
    long end = length < 0 || length > size - position + 1 ? size : position - 1 + length;
    return text.substring(0, from) + with + text.substring(text.offsetByCodePoints(0, (int) end));
  }

  private static void cases() {
    strict(
        "UPPER",
        1,
        1,
        FunctionLibrary::first,
        (a, c) -> a[0] instanceof byte[] ? a[0] : s(a[0]).toUpperCase(Locale.ROOT));
    alias("UCASE", "UPPER");
    strict(
        "LOWER",
        1,
        1,
        FunctionLibrary::first,
        (a, c) -> a[0] instanceof byte[] ? a[0] : s(a[0]).toLowerCase(Locale.ROOT));
    alias("LCASE", "LOWER");
    strict(
        "TRIM",
        3,
        3,
        a -> MySqlTypes.string(MySqlTypes.length(a.get(2)), FunctionLibrary.collation(a)),
        (a, c) -> trim(s(a[0]), s(a[1]), s(a[2])));
    strict("LTRIM", 1, 1, FunctionLibrary::first, (a, c) -> trim("LEADING", " ", s(a[0])));
    strict("RTRIM", 1, 1, FunctionLibrary::first, (a, c) -> trim("TRAILING", " ", s(a[0])));
  }

  private static String trim(String side, String what, String text) {
    if (what.isEmpty()) {
      return text;
    }
    int from = 0;
    int to = text.length();
    while (!side.equals("TRAILING") && to - from >= what.length() && text.startsWith(what, from)) {
      from += what.length();
    }
    while (!side.equals("LEADING")
        && to - from >= what.length()
        && text.startsWith(what, to - what.length())) {
      to -= what.length();
    }
    return text.substring(from, to);
  }

  private static void padding() {
    strict("LPAD", 3, 3, text(65535), (a, c) -> pad(s(a[0]), Values.toLong(a[1]), s(a[2]), true));
    strict("RPAD", 3, 3, text(65535), (a, c) -> pad(s(a[0]), Values.toLong(a[1]), s(a[2]), false));
    strict(
        "REPEAT",
        2,
        2,
        text(65535),
        (a, c) -> {
          long times = Math.max(0, Values.toLong(a[1]));
          String text = s(a[0]);
          return text.length() * (double) times > MAX_RESULT ? null : text.repeat((int) times);
        });
    strict(
        "SPACE",
        1,
        1,
        text(65535),
        (a, c) -> {
          long times = Math.max(0, Values.toLong(a[0]));
          return times > MAX_RESULT ? null : " ".repeat((int) times);
        });
  }

  private static String pad(String text, long length, String with, boolean left) {
    int size = count(text);
    if (length < 0 || length > MAX_RESULT) {
      return null;
    }
    if (length <= size) {
      return text.substring(0, text.offsetByCodePoints(0, (int) length));
    }
    if (with.isEmpty()) {
      return "";
    }
    int missing = (int) length - size;
    String many = with.repeat(missing / count(with) + 1);
    String padding = many.substring(0, many.offsetByCodePoints(0, missing));
    return left ? padding + text : text + padding;
  }

  private static void searching() {
    strict(
        "LOCATE",
        2,
        3,
        always(MySqlTypes.BIGINT),
        (a, c) -> locate(s(a[0]), s(a[1]), a.length > 2 ? Values.toLong(a[2]) : 1));
    strict("INSTR", 2, 2, always(MySqlTypes.BIGINT), (a, c) -> locate(s(a[1]), s(a[0]), 1));
    strict(
        "STRCMP",
        2,
        2,
        always(MySqlTypes.BIGINT),
        (a, c) -> (long) Integer.signum(CollationOrder.compare(DEFAULT, s(a[0]), s(a[1]))));
    strict(
        "FIND_IN_SET",
        2,
        2,
        always(MySqlTypes.BIGINT),
        (a, c) -> {
          String[] items = s(a[1]).isEmpty() ? new String[0] : s(a[1]).split(",", -1);
          for (int i = 0; i < items.length; i++) {
            if (CollationOrder.equal(DEFAULT, items[i], s(a[0]))) {
              return i + 1L;
            }
          }
          return 0L;
        });
    lenient(
        "FIELD",
        2,
        -1,
        always(MySqlTypes.BIGINT),
        (a, c) -> {
          for (int i = 1; a[0] != null && i < a.length; i++) {
            if (a[i] != null && Comparison.compare(a[0], a[i], DEFAULT, c) == 0) {
              return (long) i;
            }
          }
          return 0L;
        });
    strict(
        "REGEXP_LIKE",
        2,
        3,
        always(MySqlTypes.TRUTH),
        (a, c) -> Truth.of(pattern(a).matcher(s(a[0])).find()));
    strict(
        "REGEXP_REPLACE",
        3,
        3,
        text(65535),
        (a, c) -> pattern(a).matcher(s(a[0])).replaceAll(s(a[2])));
    strict(
        "REGEXP_INSTR",
        2,
        2,
        always(MySqlTypes.BIGINT),
        (a, c) -> {
          var matcher = pattern(a).matcher(s(a[0]));
          return matcher.find() ? matcher.start() + 1L : 0L;
        });
    strict(
        "REGEXP_SUBSTR",
        2,
        2,
        FunctionLibrary::first,
        (a, c) -> {
          var matcher = pattern(a).matcher(s(a[0]));
          return matcher.find() ? matcher.group() : null;
        });
  }

  private static Pattern pattern(Object[] arguments) {
    boolean sensitive =
        arguments[0] instanceof byte[]
            || arguments[1] instanceof byte[]
            || (arguments.length == 3 && s(arguments[2]).equals("c"));
    try {
      return Pattern.compile(
          s(arguments[1]), sensitive ? 0 : Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
    } catch (PatternSyntaxException e) {
      throw SqlError.UNKNOWN.with(
          "Illegal argument to a regular expression: " + e.getDescription());
    }
  }

  private static Object locate(String what, String text, long from) {
    int size = count(text);
    if (from < 1 || from > size + 1L) {
      return 0L;
    }
    int width = what.length();
    for (int i = text.offsetByCodePoints(0, (int) from - 1); i + width <= text.length(); i++) {
      if (CollationOrder.equal(DEFAULT, text.substring(i, i + width), what)) {
        return text.codePointCount(0, i) + 1L;
      }
    }
    return 0L;
  }

  private static void numbers() {
    strict(
        "HEX",
        1,
        1,
        a -> MySqlTypes.string(Math.max(16, 8L * MySqlTypes.length(a.get(0))), DEFAULT),
        (a, c) ->
            a[0] instanceof Number
                ? Long.toHexString(Values.toBits(a[0])).toUpperCase(Locale.ROOT)
                : HexFormat.of().withUpperCase().formatHex(Values.toBytes(a[0])));
    strict(
        "UNHEX",
        1,
        1,
        a -> MySqlTypes.binary(MySqlTypes.length(a.get(0))),
        (a, c) -> {
          String digits = s(a[0]);
          try {
            return HexFormat.of().parseHex(digits.length() % 2 == 0 ? digits : "0" + digits);
          } catch (IllegalArgumentException e) {
            return null;
          }
        });
    lenient(
        "CHAR",
        1,
        -1,
        a -> MySqlTypes.binary(4L * a.size()),
        (a, c) -> {
          ByteArrayOutputStream out = new ByteArrayOutputStream();
          for (Object code : a) {
            if (code != null) {
              int bits = (int) Values.toLong(code);
              int shift = 24;
              while (shift > 0 && bits >>> shift == 0) {
                shift -= 8;
              }
              for (; shift >= 0; shift -= 8) {
                out.write(bits >>> shift);
              }
            }
          }
          return out.toByteArray();
        });
    strict(
        "FORMAT",
        2,
        3,
        text(128),
        (a, c) -> {
          int digits = Math.max(0, Math.min(30, Values.toInt(a[1])));
          DecimalFormat format =
              new DecimalFormat(
                  "#,##0" + (digits == 0 ? "" : "." + "0".repeat(digits)),
                  DecimalFormatSymbols.getInstance(Locale.ROOT));
          format.setRoundingMode(RoundingMode.HALF_UP);
          BigDecimal number = Values.toDecimal(a[0]);
          return format.format(number.setScale(digits, RoundingMode.HALF_UP));
        });
  }

  private static void digests() {
    strict(
        "CRC32",
        1,
        1,
        always(MySqlTypes.UNSIGNED_BIGINT),
        (a, c) -> {
          CRC32 crc = new CRC32();
          crc.update(Values.toBytes(a[0]));
          return crc.getValue();
        });
    strict("MD5", 1, 1, text(32), (a, c) -> hash("MD5", a[0]));
    strict("SHA1", 1, 1, text(40), (a, c) -> hash("SHA-1", a[0]));
    alias("SHA", "SHA1");
    strict(
        "SHA2",
        2,
        2,
        text(128),
        (a, c) -> {
          long bits = Values.toLong(a[1]);
          return switch ((int) bits) {
            case 0, 256 -> hash("SHA-256", a[0]);
            case 224, 384, 512 -> hash("SHA-" + bits, a[0]);
            default -> null;
          };
        });
    strict(
        "TO_BASE64",
        1,
        1,
        text(65535),
        (a, c) -> java.util.Base64.getEncoder().encodeToString(Values.toBytes(a[0])));
    strict(
        "FROM_BASE64",
        1,
        1,
        a -> MySqlTypes.binary(65535),
        (a, c) -> {
          try {
            return java.util.Base64.getMimeDecoder().decode(s(a[0]));
          } catch (IllegalArgumentException e) {
            return null;
          }
        });
  }

  private static String hash(String algorithm, Object value) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance(algorithm).digest(Values.toBytes(value)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
