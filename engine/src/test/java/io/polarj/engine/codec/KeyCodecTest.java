package io.polarj.engine.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polarj.engine.api.KeyRange;
import io.polarj.engine.api.Row;
import io.polarj.engine.codec.CodecSamples.Sample;
import io.polarj.engine.error.EngineException;
import io.polarj.engine.schema.Collation;
import io.polarj.engine.schema.ColumnDef;
import io.polarj.engine.schema.ColumnType;
import io.polarj.engine.schema.IndexColumn;
import io.polarj.engine.schema.IndexDef;
import io.polarj.engine.schema.TableDef;
import io.polarj.engine.schema.TypeKind;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KeyCodecTest {
  private static final ColumnType BIGINT = ColumnType.of(TypeKind.BIGINT);

  private static TableDef table(List<ColumnDef> columns, IndexDef... indexes) {
    return new TableDef(1, 1, "s", "t", columns, List.of(indexes), Map.of());
  }

  private static ColumnDef column(ColumnType type, boolean nullable) {
    return ColumnDef.of("c", type, nullable);
  }

  private static IndexDef primary(int... columns) {
    return index("PRIMARY", true, columns);
  }

  private static IndexDef index(String name, boolean primary, int... columns) {
    List<IndexColumn> parts = Arrays.stream(columns).mapToObj(c -> new IndexColumn(c, 0)).toList();
    return new IndexDef(1, name, primary, primary, parts);
  }

  private static int sign(int order) {
    return Integer.signum(order);
  }

  /**
   * (sample NULL, sample, BIGINT): the order of the keys is the order of the values, column by
   * column.
   */
  @Test
  void keysOrderAsTheirValues() {
    for (Sample sample : CodecSamples.all()) {
      IndexDef primary = primary(2);
      IndexDef index = index("i", false, 0, 1);
      List<ColumnDef> columns =
          List.of(column(sample.type(), true), column(sample.type(), false), column(BIGINT, false));
      KeyCodec codec = new KeyCodec(table(columns, primary, index), index);
      for (long seed = 0; seed < 2_000; seed++) {
        Random random = new Random(seed);
        Object[] a = row(sample, random);
        Object[] b = random.nextInt(3) == 0 ? a.clone() : row(sample, random);
        b[1] = random.nextBoolean() ? a[1] : b[1];
        int expected = expected(sample, a, b);
        int actual = sign(Arrays.compareUnsigned(codec.encode(a, 0), codec.encode(b, 0)));
        assertThat(actual)
            .as("%s seed %d: %s, %s", sample, seed, Arrays.toString(a), Arrays.toString(b))
            .isEqualTo(expected);
      }
    }
  }

  private static Object[] row(Sample sample, Random random) {
    Object first = random.nextInt(5) == 0 ? null : CodecSamples.value(sample.type(), random);
    return new Object[] {
      first, CodecSamples.value(sample.type(), random), (long) random.nextInt(-2, 3)
    };
  }

  private static int expected(Sample sample, Object[] a, Object[] b) {
    if (a[0] == null || b[0] == null) {
      if (a[0] != b[0]) {
        return a[0] == null ? -1 : 1;
      }
    } else if (sample.order().compare(a[0], b[0]) != 0) {
      return sign(sample.order().compare(a[0], b[0]));
    }
    int second = sign(sample.order().compare(a[1], b[1]));
    return second != 0 ? second : sign(Long.compare((Long) a[2], (Long) b[2]));
  }

  @Test
  void decodableColumnsComeBackFromSecondaryKeysAndTheClusteredKeyIsTheTail() {
    for (Sample sample : CodecSamples.all()) {
      IndexDef primary = primary(1, 0);
      IndexDef index = index("i", false, 2, 0);
      List<ColumnDef> columns =
          List.of(column(BIGINT, false), column(sample.type(), false), column(sample.type(), true));
      TableDef table = table(columns, primary, index);
      KeyCodec codec = new KeyCodec(table, index);
      KeyCodec clustered = new KeyCodec(table, primary);
      for (long seed = 0; seed < 300; seed++) {
        Random random = new Random(seed);
        Object nullable = random.nextInt(5) == 0 ? null : CodecSamples.value(sample.type(), random);
        Object[] values = {random.nextLong(), CodecSamples.value(sample.type(), random), nullable};
        byte[] key = codec.encode(values, 0);
        assertThat(codec.clusteredKey(key))
            .as("%s %d", sample, seed)
            .isEqualTo(clustered.encode(values, 0));
        assertThat(codec.ownPrefix(values)).isEqualTo(Arrays.copyOf(key, codec.ownLength(key)));
        Row row = codec.row(key);
        assertThat(row.getLong(0)).isEqualTo(values[0]);
        if (KeyCodec.decodable(table, index)) {
          assertThat(row.toArray()).as("%s %d", sample, seed).isEqualTo(values);
        } else {
          assertThatThrownBy(() -> row.get(1)).isInstanceOf(IllegalArgumentException.class);
        }
      }
    }
  }

  @Test
  void boundsHoldExactlyTheRowsOfTheRange() {
    for (Sample sample : CodecSamples.all()) {
      IndexDef primary = primary(1);
      IndexDef index = index("i", false, 0, 1);
      List<ColumnDef> columns = List.of(column(sample.type(), true), column(BIGINT, false));
      KeyCodec codec = new KeyCodec(table(columns, primary, index), index);
      for (long seed = 0; seed < 500; seed++) {
        Random random = new Random(seed);
        Object[] low = bound(sample, random);
        Object[] high = bound(sample, random);
        KeyRange range = new KeyRange(low, random.nextBoolean(), high, random.nextBoolean());
        Object value = random.nextInt(5) == 0 ? null : CodecSamples.value(sample.type(), random);
        Object[] row = {value, (long) random.nextInt(-1, 2)};
        boolean inside =
            atLeast(sample, row, low, range.lowInclusive())
                && atMost(sample, row, high, range.highInclusive());
        assertThat(codec.bounds(range).contains(codec.encode(row, 0)))
            .as("%s seed %d", sample, seed)
            .isEqualTo(inside);
        assertThat(codec.exact(range)).isTrue();
      }
    }
  }

  private static Object[] bound(Sample sample, Random random) {
    int parts = random.nextInt(4);
    if (parts == 0) {
      return null;
    }
    Object first = random.nextInt(6) == 0 ? null : CodecSamples.value(sample.type(), random);
    Object second = random.nextInt(6) == 0 ? null : (Object) (long) random.nextInt(-1, 2);
    return parts == 1 ? new Object[] {first} : new Object[] {first, second};
  }

  private static boolean atLeast(Sample sample, Object[] row, Object[] low, boolean inclusive) {
    if (low == null) {
      return true;
    }
    int order = compare(sample, row, low);
    return inclusive ? order >= 0 : order > 0;
  }

  private static boolean atMost(Sample sample, Object[] row, Object[] high, boolean inclusive) {
    if (high == null) {
      return true;
    }
    int order = compare(sample, row, high);
    return inclusive ? order <= 0 : order < 0;
  }

  private static int compare(Sample sample, Object[] row, Object[] bound) {
    for (int i = 0; i < bound.length; i++) {
      int order;
      if (row[i] == null || bound[i] == null) {
        order = Boolean.compare(row[i] != null, bound[i] != null);
      } else {
        order =
            i == 0
                ? sample.order().compare(row[0], bound[0])
                : Long.compare((Long) row[1], (Long) bound[1]);
      }
      if (order != 0) {
        return order;
      }
    }
    return 0;
  }

  @Test
  void boundsOverAColumnPrefixHoldAtLeastTheRange() {
    IndexDef primary = primary(1);
    IndexDef index = new IndexDef(2, "i", false, false, List.of(new IndexColumn(0, 3)));
    List<ColumnDef> columns = List.of(column(ColumnType.varchar(20), false), column(BIGINT, false));
    KeyCodec codec = new KeyCodec(table(columns, primary, index), index);
    KeyRange above = new KeyRange(new Object[] {"abcd"}, false, null, true);
    assertThat(codec.exact(above)).isFalse();
    assertThat(codec.bounds(above).contains(codec.encode(new Object[] {"abce", 1L}, 0))).isTrue();
    KeyRange below = new KeyRange(null, true, new Object[] {"abcd"}, false);
    assertThat(codec.bounds(below).contains(codec.encode(new Object[] {"abc", 1L}, 0))).isTrue();
    KeyRange shorter = new KeyRange(new Object[] {"ab"}, false, null, true);
    assertThat(codec.exact(shorter)).isTrue();
    assertThat(codec.decodable(0)).isFalse();
    assertThat(codec.decodable(1)).isTrue();
  }

  @Test
  void hiddenPrimaryKeyIsTheRowId() {
    IndexDef primary = primary();
    IndexDef index = index("i", false, 0);
    TableDef table = table(List.of(column(BIGINT, true)), primary, index);
    byte[] key = new KeyCodec(table, index).encode(new Object[] {null}, 77);
    assertThat(KeyCodec.rowId(key)).isEqualTo(77);
    assertThat(new KeyCodec(table, index).clusteredKey(key)).isEqualTo(KeyCodec.rowIdKey(77));
    assertThat(new KeyCodec(table, primary).encode(new Object[] {5L}, 77))
        .isEqualTo(KeyCodec.rowIdKey(77));
    assertThat(new KeyCodec(table, index).hasNull(new Object[] {null})).isTrue();
  }

  @Test
  void keysAboveTheLimitAreRefusedByName() {
    ColumnType type =
        new ColumnType(TypeKind.VARBINARY, false, 4000, 0, Collation.BINARY, List.of());
    IndexDef primary = primary(0);
    KeyCodec codec = new KeyCodec(table(List.of(column(type, false)), primary), primary);
    byte[] most = new byte[KeyCodec.MAX_KEY_BYTES - 1];
    Arrays.fill(most, (byte) 'x');
    assertThat(codec.encode(new Object[] {most}, 0)).hasSize(KeyCodec.MAX_KEY_BYTES);
    byte[] more = new byte[KeyCodec.MAX_KEY_BYTES];
    Arrays.fill(more, (byte) 'x');
    assertThatThrownBy(() -> codec.encode(new Object[] {more}, 0))
        .isInstanceOf(EngineException.TooLarge.class)
        .hasMessageContaining("t.PRIMARY");
  }

  @Test
  void aKeyThatIsCutShortIsCorruption() {
    IndexDef primary = primary(0);
    KeyCodec codec = new KeyCodec(table(List.of(column(BIGINT, false)), primary), primary);
    assertThatThrownBy(() -> codec.row(new byte[3])).isInstanceOf(EngineException.Corruption.class);
  }
}
