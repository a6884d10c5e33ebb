package io.polarj.engine.codec;

import io.polarj.engine.schema.Collation;
import io.polarj.engine.schema.ColumnType;
import io.polarj.engine.schema.TypeKind;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

/** Column types with random values of each and the order those values have in SQL. */
final class CodecSamples {
  /** A type; {@code lossy}: what is read back from a key may differ from the value. */
  record Sample(ColumnType type, Comparator<Object> order) {
    @Override
    public String toString() {
      return type.kind() + (type.unsigned() ? " UNSIGNED" : "") + " " + type.collation();
    }
  }

  private static final String[] PIECES = {
    "a", "A", "á", "b", "B", "z", "ß", "ss", "é", "e\u0301", "日", "本", "ア", "あ", "😀", " ", "  ",
    "\t", "0", "9", "_", "-", "~", "\u0000", "\u0001", "ø", "Ж", "ж", "ü", "ÿ", "ﬁ"
  };

  private CodecSamples() {}

  static List<Sample> all() {
    List<Sample> samples = new ArrayList<>();
    for (TypeKind kind :
        List.of(TypeKind.TINYINT, TypeKind.SMALLINT, TypeKind.MEDIUMINT, TypeKind.INT)) {
      samples.add(new Sample(type(kind, false, 0, 0), by(Long::compare)));
      samples.add(new Sample(type(kind, true, 0, 0), by(Long::compareUnsigned)));
    }
    samples.add(new Sample(type(TypeKind.BIGINT, false, 0, 0), by(Long::compare)));
    samples.add(new Sample(type(TypeKind.BIGINT, true, 0, 0), by(Long::compareUnsigned)));
    samples.add(new Sample(type(TypeKind.BIT, false, 9, 0), by(Long::compareUnsigned)));
    samples.add(new Sample(type(TypeKind.BIT, false, 64, 0), by(Long::compareUnsigned)));
    samples.add(new Sample(type(TypeKind.YEAR, false, 4, 0), by(Long::compare)));
    samples.add(new Sample(type(TypeKind.DECIMAL, false, 10, 2), natural()));
    samples.add(new Sample(type(TypeKind.DECIMAL, false, 65, 30), natural()));
    samples.add(
        new Sample(
            type(TypeKind.FLOAT, false, 0, 0),
            (a, b) -> Float.compare((Float) a + 0.0f, (Float) b + 0.0f)));
    samples.add(
        new Sample(
            type(TypeKind.DOUBLE, false, 0, 0),
            (a, b) -> Double.compare((Double) a + 0.0, (Double) b + 0.0)));
    samples.add(new Sample(type(TypeKind.DATE, false, 0, 0), natural()));
    samples.add(new Sample(type(TypeKind.TIME, false, 0, 6), natural()));
    samples.add(new Sample(type(TypeKind.DATETIME, false, 0, 6), natural()));
    samples.add(new Sample(type(TypeKind.TIMESTAMP, false, 0, 6), natural()));
    samples.add(
        new Sample(
            type(TypeKind.VARBINARY, false, 40, 0),
            (a, b) -> java.util.Arrays.compareUnsigned((byte[]) a, (byte[]) b)));
    List<String> members = List.of("small", "medium", "large");
    samples.add(
        new Sample(
            new ColumnType(TypeKind.ENUM, false, 0, 0, Collation.UTF8MB4_0900_AI_CI, members),
            Comparator.comparing(members::indexOf)));
    samples.add(
        new Sample(
            new ColumnType(TypeKind.SET, false, 0, 0, Collation.UTF8MB4_0900_AI_CI, members),
            Comparator.comparing(value -> bits(members, (String) value))));
    for (Collation collation : Collation.values()) {
      samples.add(
          new Sample(
              new ColumnType(TypeKind.VARCHAR, false, 60, 0, collation, List.of()),
              (a, b) -> CollationOrder.compare(collation, (String) a, (String) b)));
    }
    return samples;
  }

  private static int bits(List<String> members, String value) {
    int bits = 0;
    for (String name : value.isEmpty() ? new String[0] : value.split(",")) {
      bits |= 1 << members.indexOf(name);
    }
    return bits;
  }

  private static ColumnType type(TypeKind kind, boolean unsigned, int length, int scale) {
    return new ColumnType(kind, unsigned, length, scale, Collation.BINARY, List.of());
  }

  private static Comparator<Object> by(Comparator<Long> order) {
    return (a, b) -> order.compare((Long) a, (Long) b);
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static Comparator<Object> natural() {
    return (Comparator) Comparator.naturalOrder();
  }

  /** Often near the edges, so that equal and neighbouring values occur. */
  static Object value(ColumnType type, Random random) {
    return switch (type.kind()) {
      case TINYINT -> number(type, 8, random);
      case SMALLINT -> number(type, 16, random);
      case MEDIUMINT -> number(type, 24, random);
      case INT -> number(type, 32, random);
      case BIGINT -> number(type, 64, random);
      case BIT -> unsigned(type.length(), random);
      case YEAR -> 1901L + random.nextInt(255);
      case DECIMAL -> decimal(type, random);
      case FLOAT ->
          pick(random, 0.0f, -0.0f, Float.MIN_VALUE, -1.5f, (float) random.nextGaussian());
      case DOUBLE ->
          pick(random, 0.0, -0.0, -Double.MAX_VALUE, 1e-300, random.nextGaussian() * 1e9);
      case DATE -> LocalDate.ofEpochDay(random.nextInt(-800_000, 2_000_000));
      case TIME -> Duration.ofNanos(random.nextLong(-3_020_399, 3_020_400) * 1_000_001_000L);
      case DATETIME, TIMESTAMP ->
          LocalDateTime.ofEpochSecond(
              random.nextLong(-60_000_000_000L, 200_000_000_000L),
              random.nextInt(1_000_000) * 1_000,
              ZoneOffset.UTC);
      case VARBINARY -> {
        byte[] bytes = new byte[random.nextInt(6)];
        for (int i = 0; i < bytes.length; i++) {
          bytes[i] =
              pick(random, (byte) 0, (byte) 1, (byte) 2, (byte) 255, (byte) random.nextInt());
        }
        yield bytes;
      }
      case ENUM -> pick(random, "", "small", "medium", "large");
      case SET -> pick(random, "", "small", "medium", "small,large", "small,medium,large");
      default -> text(random);
    };
  }

  static String text(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(5); i > 0; i--) {
      text.append(PIECES[random.nextInt(PIECES.length)]);
    }
    return text.toString();
  }

  @SafeVarargs
  private static <T> T pick(Random random, T... values) {
    return values[random.nextInt(values.length)];
  }

  private static long number(ColumnType type, int bits, Random random) {
    long unsigned = unsigned(bits, random);
    return type.unsigned() ? unsigned : unsigned << 64 - bits >> 64 - bits;
  }

  private static long unsigned(int bits, Random random) {
    long raw = pick(random, 0L, -1L, 1L, Long.MIN_VALUE, Long.MAX_VALUE, random.nextLong());
    return raw >>> 64 - bits;
  }

  private static BigDecimal decimal(ColumnType type, Random random) {
    BigInteger most = BigInteger.TEN.pow(type.length()).subtract(BigInteger.ONE);
    BigInteger unscaled =
        pick(
            random,
            most,
            most.negate(),
            BigInteger.ZERO,
            BigInteger.valueOf(random.nextInt(-300, 300)),
            new BigInteger(most.bitLength() - 1, random),
            new BigInteger(most.bitLength() - 1, random).negate());
    return new BigDecimal(unscaled, type.scale());
  }
}
