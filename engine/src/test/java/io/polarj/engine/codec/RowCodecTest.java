package io.polarj.engine.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polarj.engine.api.Row;
import io.polarj.engine.codec.CodecSamples.Sample;
import io.polarj.engine.error.EngineException;
import io.polarj.engine.schema.Collation;
import io.polarj.engine.schema.ColumnDef;
import io.polarj.engine.schema.ColumnType;
import io.polarj.engine.schema.TypeKind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RowCodecTest {
  private static final int HEADROOM = 17;

  private static List<ColumnDef> columns() {
    List<ColumnDef> columns = new ArrayList<>();
    for (Sample sample : CodecSamples.all()) {
      columns.add(ColumnDef.of("c" + columns.size(), sample.type(), true));
    }
    columns.add(
        ColumnDef.of(
            "blob",
            new ColumnType(TypeKind.LONGBLOB, false, 0, 0, Collation.BINARY, List.of()),
            true));
    return columns;
  }

  @Test
  void rowsOfAllTypesComeBackAsTheyWere() {
    List<ColumnDef> columns = columns();
    RowCodec codec = new RowCodec(columns);
    for (long seed = 0; seed < 500; seed++) {
      Random random = new Random(seed);
      Object[] values = new Object[columns.size()];
      for (int i = 0; i < values.length; i++) {
        boolean isNull = random.nextInt(4) == 0;
        values[i] = isNull ? null : CodecSamples.value(columns.get(i).type(), random);
      }
      values[values.length - 1] = seed % 50 == 0 ? new byte[70_000] : new byte[3];
      byte[] encoded = codec.encode(values, HEADROOM);
      assertThat(Arrays.copyOf(encoded, HEADROOM)).containsOnly(0);
      Row row = codec.row(encoded, HEADROOM);
      for (int i = values.length - 1; i >= 0; i--) {
        assertThat(row.isNull(i)).as("seed %d column %d", seed, i).isEqualTo(values[i] == null);
        assertThat(row.get(i)).as("seed %d column %d", seed, i).isEqualTo(values[i]);
        if (values[i] instanceof Long number) {
          assertThat(row.getLong(i)).isEqualTo(number);
        }
        if (values[i] instanceof String text) {
          assertThat(row.getBytes(i)).isEqualTo(text.getBytes(StandardCharsets.UTF_8));
        }
      }
      assertThat(codec.decode(encoded, HEADROOM)).isEqualTo(values);
    }
  }

  @Test
  void columnsAddedLaterReadAsNull() {
    List<ColumnDef> columns = columns();
    byte[] encoded = new RowCodec(columns.subList(0, 3)).encode(new Object[] {1L, 2L, null}, 0);
    Row row = new RowCodec(columns).row(encoded, 0);
    assertThat(row.columns()).isEqualTo(columns.size());
    assertThat(row.get(1)).isEqualTo(2L);
    assertThat(row.get(2)).isNull();
    assertThat(row.get(columns.size() - 1)).isNull();
  }

  @Test
  void rowsThatAreCutShortAreCorruption() {
    List<ColumnDef> columns = List.of(ColumnDef.of("a", ColumnType.varchar(100), true));
    RowCodec codec = new RowCodec(columns);
    byte[] encoded = codec.encode(new Object[] {"hello"}, 0);
    for (int length = 0; length < encoded.length; length++) {
      byte[] cut = Arrays.copyOf(encoded, length);
      assertThatThrownBy(() -> codec.decode(cut, 0)).isInstanceOf(EngineException.Corruption.class);
    }
  }

  @Test
  void valuesOutOfRangeAreRefused() {
    RowCodec codec =
        new RowCodec(List.of(ColumnDef.of("a", ColumnType.of(TypeKind.TINYINT), true)));
    assertThatThrownBy(() -> codec.encode(new Object[] {128L}, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
