package io.polarj.sql.exec;

import io.polarj.engine.api.ReadMode;
import io.polarj.engine.api.Row;
import io.polarj.engine.api.Savepoint;
import io.polarj.engine.api.Table;
import io.polarj.engine.api.Transaction;
import io.polarj.engine.error.EngineException;
import io.polarj.engine.schema.ColumnDef;
import io.polarj.engine.schema.IndexDef;
import io.polarj.engine.schema.TableDef;
import io.polarj.sql.ast.Statement.InsertMode;
import io.polarj.sql.error.SqlError;
import io.polarj.sql.exec.operator.Execution;
import io.polarj.sql.expr.StoreConversion;
import io.polarj.sql.session.SessionContext;

/**
 * One INSERT or REPLACE at work: makes rows of the given values, generates AUTO_INCREMENT values,
 * meets duplicate keys, and counts as MySQL counts. One thread, one use.
 */
final class InsertRun {
  /** Stands for the keyword DEFAULT. */
  static final Object DEFAULT = new Object();

  private static final int MAX_RETRIES = 100;

  private final InsertTarget target;
  private final TableDef def;
  private final Table table;
  private final Execution execution;
  private final SessionContext session;
  private final Transaction transaction;
  private final boolean zeroIsValue;
  private int rowsExpected;
  private int records;
  private int duplicates;
  private long affected;
  private long firstGenerated;
  private boolean generated;
  private long reservedNext;
  private int reservedLeft;
  private long insertId;

  InsertRun(InsertTarget target, int ordinal, Execution execution, int rowsExpected) {
    this.target = target;
    this.def = target.table();
    this.table = execution.table(ordinal);
    this.execution = execution;
    this.session = execution.session();
    this.transaction = execution.transaction();
    this.rowsExpected = rowsExpected;
    this.zeroIsValue = target.autoIncrement() >= 0 && session.sqlMode("NO_AUTO_VALUE_ON_ZERO");
  }

  int records() {
    return records;
  }

  int duplicates() {
    return duplicates;
  }

  long affected() {
    return affected;
  }

  /** What the client is told: the first generated value, else the last given one. */
  long insertId() {
    return generated ? firstGenerated : insertId;
  }

  void finish() {
    if (generated) {
      session.lastInsertId(firstGenerated);
    }
  }

  /** Inserts a row of these values for the target columns; the others get their defaults. */
  void insert(int[] columns, Object[] values) {
    records++;
    Object[] row = row(columns, values);
    boolean careful = target.mode() != InsertMode.INSERT || target.onDuplicate() != null;
    if (!careful) {
      table.insert(transaction, row);
      affected++;
    } else {
      insertCarefully(row);
    }
    rowsExpected--;
  }

  private Object[] row(int[] columns, Object[] values) {
    int width = def.columns().size();
    Object[] row = new Object[width];
    if (columns.length < width) {
      java.util.Arrays.fill(row, DEFAULT);
    }
    for (int i = 0; i < columns.length; i++) {
      row[columns[i]] = values[i];
    }
    for (int i = 0; i < width; i++) {
      row[i] = i == target.autoIncrement() ? automatic(row[i]) : stored(i, row[i]);
    }
    return row;
  }

  private Object stored(int column, Object value) {
    ColumnDef definition = def.columns().get(column);
    Object given = value;
    if (value == DEFAULT) {
      if (target.defaults()[column] != null) {
        given = target.defaults()[column].eval(Execution.NO_ROW, execution);
      } else if (definition.nullable()) {
        return null;
      } else if (session.strictMode() && !target.ignore()) {
        throw SqlError.NO_DEFAULT_FOR_FIELD.with(definition.name());
      } else {
        session.warn(SqlError.NO_DEFAULT_FOR_FIELD, definition.name());
        return ImplicitDefault.of(definition.type());
      }
    }
    return StoreConversion.toColumn(given, definition, session, records, target.ignore());
  }

  private Object automatic(Object value) {
    ColumnDef definition = def.columns().get(target.autoIncrement());
    if (value != DEFAULT && value != null) {
      Object converted =
          StoreConversion.toColumn(value, definition, session, records, target.ignore());
      long number = ((Number) converted).longValue();
      if (number != 0 || zeroIsValue) {
        if (number > 0 || definition.type().unsigned()) {
          table.observeAutoIncrement(number);
        }
        insertId = number;
        return converted;
      }
    }
    if (reservedLeft == 0) {
      reservedLeft = Math.max(1, rowsExpected);
      reservedNext = table.reserveAutoIncrement(reservedLeft);
    }
    long next = reservedNext++;
    reservedLeft--;
    if (!generated) {
      generated = true;
      firstGenerated = next;
    }
    return StoreConversion.toColumn(next, definition, session, records, target.ignore());
  }

  private void insertCarefully(Object[] row) {
    long deleted = 0;
    for (int attempt = 0; attempt < MAX_RETRIES; attempt++) {
      Savepoint before = transaction.savepoint();
      try {
        table.insert(transaction, row);
        affected += 1 + deleted;
        return;
      } catch (EngineException.DuplicateKey e) {
        transaction.rollbackTo(before);
        if (attempt == 0) {
          duplicates++;
        }
        if (target.mode() == InsertMode.REPLACE) {
          deleted += deleteConflict(e, row);
        } else if (target.onDuplicate() == null) {
          session.warn(SqlError.DUP_ENTRY, e.key(), def.name() + "." + e.index());
          return;
        } else if (updateConflict(e, row)) {
          return;
        }
      }
    }
    throw new EngineException.LockWaitTimeout("a duplicate key that comes and goes");
  }

  private int deleteConflict(EngineException.DuplicateKey duplicate, Object[] row) {
    Row conflict = conflict(duplicate, row);
    if (conflict == null) {
      return 0;
    }
    table.delete(transaction, conflict);
    return 1;
  }

  /** False when the conflicting row is gone by now. */
  private boolean updateConflict(EngineException.DuplicateKey duplicate, Object[] row) {
    Row conflict = conflict(duplicate, row);
    if (conflict == null) {
      return false;
    }
    int width = row.length;
    Object[] both = new Object[width * 2];
    System.arraycopy(conflict.toArray(), 0, both, 0, width);
    System.arraycopy(row, 0, both, width, width);
    if (target.onDuplicate().apply(both, execution, records, target.ignore())) {
      Object[] changed = java.util.Arrays.copyOf(both, width);
      if (target.ignore()) {
        updateOrWarn(conflict, changed);
      } else {
        table.update(transaction, conflict, changed);
        affected += 2;
      }
    } else if (session.countsFoundRows()) {
      affected += 1;
    }
    if (target.autoIncrement() >= 0) {
      insertId = ((Number) both[target.autoIncrement()]).longValue();
    }
    return true;
  }

  private void updateOrWarn(Row conflict, Object[] changed) {
    Savepoint before = transaction.savepoint();
    try {
      table.update(transaction, conflict, changed);
      affected += 2;
    } catch (EngineException.DuplicateKey e) {
      transaction.rollbackTo(before);
      session.warn(SqlError.DUP_ENTRY, e.key(), def.name() + "." + e.index());
    }
  }

  /** The row that has the key already, locked. */
  private Row conflict(EngineException.DuplicateKey duplicate, Object[] row) {
    for (IndexDef index : def.indexes()) {
      if (index.unique() && index.name().equals(duplicate.index())) {
        Object[] key = new Object[index.columns().size()];
        for (int i = 0; i < key.length; i++) {
          if (index.columns().get(i).prefixLength() > 0) {
            throw SqlError.NOT_SUPPORTED_YET.with(
                "REPLACE or ON DUPLICATE KEY UPDATE by a unique index on a prefix");
          }
          key[i] = row[index.columns().get(i).column()];
        }
        return table.get(transaction, index, key, ReadMode.FOR_UPDATE);
      }
    }
    throw new IllegalStateException("no unique index " + duplicate.index() + " in " + def.name());
  }
}
