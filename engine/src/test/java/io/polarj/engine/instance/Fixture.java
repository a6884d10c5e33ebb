package io.polarj.engine.instance;

import io.polarj.engine.api.Engine;
import io.polarj.engine.api.IsolationLevel;
import io.polarj.engine.api.KeyRange;
import io.polarj.engine.api.ReadMode;
import io.polarj.engine.api.Row;
import io.polarj.engine.api.RowCursor;
import io.polarj.engine.api.Table;
import io.polarj.engine.api.Transaction;
import io.polarj.engine.schema.ColumnDef;
import io.polarj.engine.schema.ColumnType;
import io.polarj.engine.schema.IndexColumn;
import io.polarj.engine.schema.IndexDef;
import io.polarj.engine.schema.TableDef;
import io.polarj.engine.schema.TypeKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** A table {id BIGINT primary key, n BIGINT (index by_n), u VARBINARY (unique index by_u)}. */
final class Fixture {
  static final String SCHEMA = "s";
  static final String TABLE = "t";

  private Fixture() {}

  static TableDef table(String name) {
    return new TableDef(
        0,
        0,
        SCHEMA,
        name,
        List.of(
            ColumnDef.of("id", ColumnType.of(TypeKind.BIGINT), false),
            ColumnDef.of("n", ColumnType.of(TypeKind.BIGINT), true),
            ColumnDef.of(
                "u",
                new ColumnType(
                    TypeKind.VARBINARY,
                    false,
                    100_000,
                    0,
                    io.polarj.engine.schema.Collation.BINARY,
                    List.of()),
                true)),
        List.of(
            new IndexDef(0, "PRIMARY", true, true, List.of(new IndexColumn(0, 0))),
            new IndexDef(0, "by_n", false, false, List.of(new IndexColumn(1, 0))),
            new IndexDef(0, "by_u", false, true, List.of(new IndexColumn(2, 0)))),
        Map.of("ENGINE", "InnoDB"));
  }

  static void createTable(Engine engine) {
    engine.createSchema(SCHEMA);
    engine.createTable(table(TABLE));
  }

  static Object[] row(long id, Long n, String u) {
    return new Object[] {id, n, u == null ? null : u.getBytes()};
  }

  static Transaction begin(Engine engine) {
    return engine.begin(IsolationLevel.REPEATABLE_READ, false);
  }

  static Table open(Engine engine, Transaction transaction) {
    return engine.openTable(transaction, SCHEMA, TABLE);
  }

  static void run(Engine engine, Consumer<Transaction> work) {
    Transaction transaction = begin(engine);
    try {
      work.accept(transaction);
    } catch (RuntimeException e) {
      transaction.rollback();
      throw e;
    }
    transaction.commit();
  }

  static void insert(Engine engine, Transaction transaction, long id, Long n, String u) {
    open(engine, transaction).insert(transaction, row(id, n, u));
  }

  static Row locked(Engine engine, Transaction transaction, long id) {
    Table table = open(engine, transaction);
    return table.get(transaction, table.def().primary(), new Object[] {id}, ReadMode.FOR_UPDATE);
  }

  static void setN(Engine engine, Transaction transaction, long id, Long n) {
    Table table = open(engine, transaction);
    Row row = locked(engine, transaction, id);
    Object[] changed = row.toArray();
    changed[1] = n;
    table.update(transaction, row, changed);
  }

  static void delete(Engine engine, Transaction transaction, long id) {
    open(engine, transaction).delete(transaction, locked(engine, transaction, id));
  }

  /** n of that row as a plain read sees it, null when there is no row. */
  static Long n(Engine engine, Transaction transaction, long id) {
    Table table = open(engine, transaction);
    Row row = table.get(transaction, table.def().primary(), new Object[] {id}, ReadMode.SNAPSHOT);
    return row == null ? null : (Long) row.get(1);
  }

  static List<Long> ids(Engine engine, Transaction transaction, int index, KeyRange range) {
    return ids(engine, transaction, index, range, false, false);
  }

  static List<Long> ids(
      Engine engine,
      Transaction transaction,
      int index,
      KeyRange range,
      boolean reverse,
      boolean indexOnly) {
    Table table = open(engine, transaction);
    List<Long> ids = new ArrayList<>();
    try (RowCursor cursor =
        table.scan(
            transaction,
            table.def().indexes().get(index),
            range,
            reverse,
            indexOnly,
            ReadMode.SNAPSHOT)) {
      for (Row row = cursor.next(); row != null; row = cursor.next()) {
        ids.add(row.getLong(0));
      }
    }
    return ids;
  }

  static CompletableFuture<Void> later(Runnable work) {
    return CompletableFuture.runAsync(work, Thread::startVirtualThread);
  }
}
