package io.polarj.engine.codec;

import io.polarj.engine.schema.Collation;
import java.lang.Character.UnicodeScript;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Arrays;

/**
 * How characters compare. Everything follows from one thing, the sort key: two strings are equal
 * when their sort keys are, and ordered as their sort keys are (unsigned bytes). Index keys are
 * made of the same bytes, so an index can not disagree with a comparison in SQL. Stateless, any
 * thread.
 *
 * <p>{@code utf8mb4_0900_ai_ci} is approximated: compatibility decomposition, marks of Latin,
 * Greek, Cyrillic, Hebrew and Arabic dropped, case folded, kana folded; ASCII in the order of the
 * Unicode default collation, other symbols before digits, other letters after z by code point.
 * {@code utf8mb4_general_ci} and {@code utf8mb4_bin} compare as if padded with spaces for ever, as
 * in MySQL; in general_ci all characters outside the basic plane are equal, as in MySQL.
 */
public final class CollationOrder {
  private static final int PAD = ' ';
  private static final int PAD_BELOW = 1;
  private static final int PAD_END = 2;
  private static final int PAD_ABOVE = 3;

  private CollationOrder() {}

  /** Negative, zero or positive as in {@code Comparator}. */
  public static int compare(Collation collation, String left, String right) {
    if (collation == Collation.UTF8MB4_0900_AI_CI) {
      int common = Math.min(left.length(), right.length());
      for (int i = 0; i < common; i++) {
        int a = left.charAt(i);
        int b = right.charAt(i);
        if (a == b && a < 128) {
          continue;
        }
        if (a >= 128 || b >= 128 || AsciiWeights.of(a) == 0 || AsciiWeights.of(b) == 0) {
          return Arrays.compareUnsigned(sortKey(collation, left), sortKey(collation, right));
        }
        int difference = AsciiWeights.of(a) - AsciiWeights.of(b);
        if (difference != 0) {
          return difference;
        }
      }
      if (left.length() == right.length()) {
        return 0;
      }
    }
    return Arrays.compareUnsigned(sortKey(collation, left), sortKey(collation, right));
  }

  public static boolean equal(Collation collation, String left, String right) {
    return left.equals(right) || compare(collation, left, right) == 0;
  }

  /** Equal strings have equal hashes. */
  public static int hash(Collation collation, String value) {
    return Arrays.hashCode(sortKey(collation, value));
  }

  /** Bytes whose unsigned lexicographic order is the order of the strings. */
  public static byte[] sortKey(Collation collation, String value) {
    ByteSink sink = new ByteSink(value.length() + 4);
    writeSortKey(sink, collation, value);
    return sink.toArray();
  }

  /**
   * Appends the sort key. That of {@link Collation#UTF8MB4_0900_AI_CI} has no bytes 0 and 1; that
   * of a padded collation ends itself (byte pair {@code 0x20 0x02}); that of BINARY may hold
   * anything.
   */
  static void writeSortKey(ByteSink sink, Collation collation, String value) {
    switch (collation) {
      case BINARY -> sink.putAll(value.getBytes(StandardCharsets.UTF_8));
      case UTF8MB4_BIN -> writePadded(sink, value);
      case UTF8MB4_GENERAL_CI -> writePadded(sink, generalFold(value));
      case UTF8MB4_0900_AI_CI -> writeUca(sink, value);
    }
  }

  static boolean padded(Collation collation) {
    return collation == Collation.UTF8MB4_BIN || collation == Collation.UTF8MB4_GENERAL_CI;
  }

  /**
   * Every space says what follows its run (something below a space, or above), and the end is a
   * space followed by endless spaces; so the end sorts as padding would.
   */
  private static void writePadded(ByteSink sink, String value) {
    int end = value.length();
    while (end > 0 && value.charAt(end - 1) == PAD) {
      end--;
    }
    int i = 0;
    while (i < end) {
      int codePoint = value.codePointAt(i);
      if (codePoint != PAD) {
        writeUtf8(sink, codePoint);
        i += Character.charCount(codePoint);
        continue;
      }
      int after = i;
      while (value.charAt(after) == PAD) {
        after++;
      }
      int marker = value.charAt(after) < PAD ? PAD_BELOW : PAD_ABOVE;
      for (; i < after; i++) {
        sink.put(PAD);
        sink.put(marker);
      }
    }
    sink.put(PAD);
    sink.put(PAD_END);
  }

  private static String generalFold(String value) {
    boolean ascii = true;
    for (int i = 0; i < value.length() && ascii; i++) {
      ascii = value.charAt(i) < 128;
    }
    StringBuilder folded = new StringBuilder(value.length());
    for (int i = 0; i < value.length(); ) {
      int codePoint = value.codePointAt(i);
      i += Character.charCount(codePoint);
      if (ascii || codePoint < 128) {
        folded.append((char) (codePoint >= 'a' && codePoint <= 'z' ? codePoint - 32 : codePoint));
      } else if (codePoint > 0xffff) {
        folded.append('\ufffd');
      } else {
        folded.appendCodePoint(generalFold(codePoint));
      }
    }
    return folded.toString();
  }

  private static int generalFold(int codePoint) {
    if (codePoint == 'ß') {
      return 'S';
    }
    if (Character.isLetter(codePoint) && codePoint < 0x2000) {
      String parts = Normalizer.normalize(Character.toString(codePoint), Normalizer.Form.NFD);
      int base = parts.codePointAt(0);
      return Character.toUpperCase(base);
    }
    return Character.toUpperCase(codePoint);
  }

  private static void writeUca(ByteSink sink, String value) {
    int i = 0;
    for (; i < value.length(); i++) {
      int character = value.charAt(i);
      if (character >= 128) {
        break;
      }
      int weight = AsciiWeights.of(character);
      if (weight != 0) {
        sink.put(weight);
      }
    }
    if (i < value.length()) {
      String rest = Normalizer.normalize(value.substring(i), Normalizer.Form.NFKD);
      for (int k = 0; k < rest.length(); ) {
        int codePoint = rest.codePointAt(k);
        k += Character.charCount(codePoint);
        writeUca(sink, codePoint);
      }
    }
  }

  private static void writeUca(ByteSink sink, int codePoint) {
    if (codePoint < 128) {
      int weight = AsciiWeights.of(codePoint);
      if (weight != 0) {
        sink.put(weight);
      }
      return;
    }
    if (ignorable(codePoint)) {
      return;
    }
    String latin = latinBase(codePoint);
    if (latin != null) {
      for (int i = 0; i < latin.length(); i++) {
        sink.put(AsciiWeights.of(latin.charAt(i)));
      }
      return;
    }
    int folded = Character.toLowerCase(Character.toUpperCase(codePoint));
    if (folded >= 0x30a1 && folded <= 0x30f6) {
      folded -= 0x60;
    }
    if (folded < 128) {
      sink.put(AsciiWeights.of(folded));
      return;
    }
    if (Character.isDigit(folded)) {
      sink.put(AsciiWeights.of('0' + Character.digit(folded, 10)));
      return;
    }
    if (!Character.isLetter(folded) && !combining(folded)) {
      sink.put(AsciiWeights.OTHER_SYMBOL);
    }
    writeUtf8(sink, folded);
  }

  private static boolean combining(int codePoint) {
    int type = Character.getType(codePoint);
    return type == Character.NON_SPACING_MARK
        || type == Character.COMBINING_SPACING_MARK
        || type == Character.ENCLOSING_MARK;
  }

  private static boolean ignorable(int codePoint) {
    int type = Character.getType(codePoint);
    if (type == Character.CONTROL || type == Character.FORMAT) {
      return true;
    }
    if (type != Character.NON_SPACING_MARK && type != Character.ENCLOSING_MARK) {
      return false;
    }
    UnicodeScript script = UnicodeScript.of(codePoint);
    return script == UnicodeScript.INHERITED
        || script == UnicodeScript.HEBREW
        || script == UnicodeScript.ARABIC
        || script == UnicodeScript.CYRILLIC;
  }

  /** Latin letters that differ from ASCII ones by less than a letter, yet do not decompose. */
  private static String latinBase(int codePoint) {
    return switch (codePoint) {
      case 'ß', 'ẞ' -> "ss";
      case 'æ', 'Æ' -> "ae";
      case 'œ', 'Œ' -> "oe";
      case 'ø', 'Ø' -> "o";
      case 'đ', 'Đ' -> "d";
      case 'ł', 'Ł' -> "l";
      case 'ħ', 'Ħ' -> "h";
      default -> null;
    };
  }

  /** As in UTF-8; a lone surrogate becomes the replacement character. */
  private static void writeUtf8(ByteSink sink, int codePoint) {
    int c = codePoint >= 0xd800 && codePoint <= 0xdfff ? 0xfffd : codePoint;
    if (c < 0x80) {
      sink.put(c);
    } else if (c < 0x800) {
      sink.put(0xc0 | c >> 6);
      sink.put(0x80 | c & 0x3f);
    } else if (c < 0x10000) {
      sink.put(0xe0 | c >> 12);
      sink.put(0x80 | c >> 6 & 0x3f);
      sink.put(0x80 | c & 0x3f);
    } else {
      sink.put(0xf0 | c >> 18);
      sink.put(0x80 | c >> 12 & 0x3f);
      sink.put(0x80 | c >> 6 & 0x3f);
      sink.put(0x80 | c & 0x3f);
    }
  }
}
