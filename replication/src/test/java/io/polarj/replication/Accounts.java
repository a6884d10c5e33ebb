package io.polarj.replication;

import io.polarj.engine.api.Engine;
import io.polarj.engine.api.KeyRange;
import io.polarj.engine.api.ReadMode;
import io.polarj.engine.api.Row;
import io.polarj.engine.api.RowCursor;
import io.polarj.engine.api.Table;
import io.polarj.engine.api.Transaction;
import io.polarj.engine.error.EngineException;
import io.polarj.engine.schema.Collation;
import io.polarj.engine.schema.ColumnDef;
import io.polarj.engine.schema.ColumnType;
import io.polarj.engine.schema.IndexColumn;
import io.polarj.engine.schema.IndexDef;
import io.polarj.engine.schema.TableDef;
import io.polarj.engine.schema.TypeKind;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** A table {id BIGINT primary key, n BIGINT (index by_n), u VARBINARY} and what is done with it. */
final class Accounts {
  static final String SCHEMA = "s";
  static final String TABLE = "accounts";

  private Accounts() {}

  static TableDef definition(String name) {
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
                new ColumnType(TypeKind.VARBINARY, false, 100_000, 0, Collation.BINARY, List.of()),
                true)),
        List.of(
            new IndexDef(0, "PRIMARY", true, true, List.of(new IndexColumn(0, 0))),
            new IndexDef(0, "by_n", false, false, List.of(new IndexColumn(1, 0)))),
        Map.of("ENGINE", "InnoDB"));
  }

  /** Makes the table with {@code count} accounts of {@code balance}, ids from 1. */
  static void create(Engine engine, int count, long balance) {
    engine.createSchema(SCHEMA);
    engine.createTable(definition(TABLE));
    run(
        engine,
        t -> {
          for (long id = 1; id <= count; id++) {
            insert(engine, t, id, balance, "");
          }
        });
  }

  static void run(Engine engine, Consumer<Transaction> work) {
    Transaction transaction = Cluster.begin(engine);
    try {
      work.accept(transaction);
    } catch (RuntimeException e) {
      if (transaction.active()) {
        transaction.rollback();
      }
      throw e;
    }
    transaction.commit();
  }

  /** Until no deadlock or lock wait gets in the way. */
  static void runAgain(Engine engine, Consumer<Transaction> work) {
    while (true) {
      try {
        run(engine, work);
        return;
      } catch (EngineException.Deadlock | EngineException.LockWaitTimeout e) {
        Thread.onSpinWait();
      }
    }
  }

  static Table open(Engine engine, Transaction transaction) {
    return engine.openTable(transaction, SCHEMA, TABLE);
  }

  static void insert(Engine engine, Transaction transaction, long id, Long n, String u) {
    open(engine, transaction).insert(transaction, new Object[] {id, n, u.getBytes()});
  }

  static void add(Engine engine, Transaction transaction, long id, long amount) {
    Table table = open(engine, transaction);
    Row row = table.get(transaction, table.def().primary(), new Object[] {id}, ReadMode.FOR_UPDATE);
    Object[] changed = row.toArray();
    changed[1] = (Long) changed[1] + amount;
    table.update(transaction, row, changed);
  }

  static Long n(Engine engine, Transaction transaction, long id) {
    Table table = open(engine, transaction);
    Row row = table.get(transaction, table.def().primary(), new Object[] {id}, ReadMode.SNAPSHOT);
    return row == null ? null : (Long) row.get(1);
  }

  /** Sums of n over all rows: {sum, rows}, by the primary key or by the index. */
  static long[] sum(Engine engine, Transaction transaction, int index) {
    Table table = open(engine, transaction);
    long[] result = new long[2];
    try (RowCursor rows =
        table.scan(
            transaction,
            table.def().indexes().get(index),
            KeyRange.ALL,
            false,
            false,
            ReadMode.SNAPSHOT)) {
      for (Row row = rows.next(); row != null; row = rows.next()) {
        result[0] += row.getLong(1);
        result[1]++;
      }
    }
    return result;
  }
}
