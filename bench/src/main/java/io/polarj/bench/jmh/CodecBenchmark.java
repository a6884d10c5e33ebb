// Encoding and decoding without any I/O: keys, rows, page checksums, statement digests.
package io.polarj.bench.jmh;

import io.polarj.engine.api.Row;
import io.polarj.engine.codec.CollationOrder;
import io.polarj.engine.codec.KeyCodec;
import io.polarj.engine.codec.RowCodec;
import io.polarj.engine.page.PageBytes;
import io.polarj.engine.page.PageLayout;
import io.polarj.engine.schema.Collation;
import io.polarj.engine.schema.ColumnDef;
import io.polarj.engine.schema.ColumnType;
import io.polarj.engine.schema.IndexColumn;
import io.polarj.engine.schema.IndexDef;
import io.polarj.engine.schema.TableDef;
import io.polarj.engine.schema.TypeKind;
import io.polarj.sql.lex.Digest;
import io.polarj.sql.lex.DigestedStatement;
import io.polarj.sql.lex.LexerOptions;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Codecs on a row of sysbench's table. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CodecBenchmark {
  private static final String C =
      "83868641912-28773972837-60736120486-75162659906-27563526494-20381887404-41576422241-"
          + "93426793964-56405065102-33518432330";
  private static final String PAD = "67847967377-48000963322-62604785301-91415491898-96926520291";
  private static final Object[] ROW = {4711L, 10024L, C, PAD};

  private final Arena arena = Arena.ofShared();
  private KeyCodec primary;
  private KeyCodec secondary;
  private RowCodec rows;
  private byte[] stored;
  private MemorySegment page;

  /** The table {@code sbtest1}. */
  private static TableDef table() {
    IndexDef byId = new IndexDef(1, "PRIMARY", true, true, List.of(new IndexColumn(0, 0)));
    IndexDef byK = new IndexDef(2, "k_1", false, false, List.of(new IndexColumn(1, 0)));
    return new TableDef(
        1,
        1,
        "sbtest",
        "sbtest1",
        List.of(
            ColumnDef.of("id", ColumnType.of(TypeKind.INT), false),
            ColumnDef.of("k", ColumnType.of(TypeKind.INT), false),
            ColumnDef.of("c", ColumnType.varchar(120), false),
            ColumnDef.of("pad", ColumnType.varchar(60), false)),
        List.of(byId, byK),
        Map.of());
  }

  @Setup(Level.Trial)
  public void setUp() {
    TableDef table = table();
    primary = new KeyCodec(table, table.primary());
    secondary = new KeyCodec(table, table.indexes().get(1));
    rows = new RowCodec(table);
    stored = rows.encode(ROW, 0);
    page = arena.allocate(PageLayout.PAGE_BYTES, 4096);
    for (int i = 0; i < PageLayout.PAGE_BYTES; i++) {
      page.set(PageBytes.BYTE, i, (byte) (i * 31));
    }
  }

  @TearDown(Level.Trial)
  public void tearDown() {
    arena.close();
  }

  @Benchmark
  public byte[] primaryKeyEncode() {
    return primary.prefix(ROW[0]);
  }

  @Benchmark
  public byte[] secondaryKeyEncode() {
    return secondary.encode(ROW, 0);
  }

  @Benchmark
  public byte[] rowEncode() {
    return rows.encode(ROW, 0);
  }

  @Benchmark
  public byte[] rowDecodeCharactersRaw() {
    Row row = rows.row(stored, 0);
    return row.getBytes(2);
  }

  @Benchmark
  public Object rowDecodeCharacters() {
    Row row = rows.row(stored, 0);
    return row.get(2);
  }

  @Benchmark
  public long rowDecodeNumber() {
    return rows.row(stored, 0).getLong(1);
  }

  @Benchmark
  public byte[] collationSortKey() {
    return CollationOrder.sortKey(Collation.UTF8MB4_0900_AI_CI, C);
  }

  @Benchmark
  public int pageChecksum() {
    return PageBytes.checksum(page);
  }

  @Benchmark
  public DigestedStatement digestOfPointSelect() {
    return Digest.of("SELECT c FROM sbtest1 WHERE id=4711", LexerOptions.DEFAULT);
  }
}
