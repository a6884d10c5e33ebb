package io.polarj.sql.exec;

import io.polarj.engine.schema.ColumnDef;
import io.polarj.engine.schema.TableDef;
import io.polarj.engine.schema.TypeKind;
import io.polarj.sql.exec.operator.Execution;
import io.polarj.sql.expr.Expr;
import io.polarj.sql.expr.StoreConversion;
import io.polarj.sql.session.SessionContext;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * The SET list of UPDATE or of ON DUPLICATE KEY UPDATE: assignments from left to right, each seeing
 * those before it, then ON UPDATE CURRENT_TIMESTAMP if something changed. Immutable.
 */
record RowChange(TableDef table, List<Assignment> assignments) {
  /** {@code column = value}. */
  record Assignment(int column, Expr value) {}

  /** Whether a column of that index, or of the primary key, is assigned. */
  boolean touches(List<Integer> columns) {
    return assignments.stream().anyMatch(a -> columns.contains(a.column()));
  }

  /** Whether one of the columns is set to the time of a change. */
  boolean stamps(List<Integer> columns) {
    return columns.stream().anyMatch(c -> table.columns().get(c).onUpdateNow());
  }

  /**
   * Applies the assignments to {@code row}, in whose first places the table's columns are. Returns
   * whether a value changed.
   */
  boolean apply(Object[] row, Execution execution, int rowNumber, boolean ignore) {
    SessionContext session = execution.session();
    boolean changed = false;
    boolean stampsAssigned = false;
    for (Assignment assignment : assignments) {
      ColumnDef column = table.columns().get(assignment.column());
      Object value =
          StoreConversion.toColumn(
              assignment.value().eval(row, execution), column, session, rowNumber, ignore);
      changed |= !same(row[assignment.column()], value);
      row[assignment.column()] = value;
      stampsAssigned |= column.onUpdateNow();
    }
    if (changed) {
      stamp(row, session, stampsAssigned);
    }
    return changed;
  }

  private void stamp(Object[] row, SessionContext session, boolean someAssigned) {
    for (int i = 0; i < table.columns().size(); i++) {
      ColumnDef column = table.columns().get(i);
      if (column.onUpdateNow() && !(someAssigned && assigned(i))) {
        row[i] = now(column, session);
      }
    }
  }

  private boolean assigned(int column) {
    return assignments.stream().anyMatch(a -> a.column() == column);
  }

  static LocalDateTime now(ColumnDef column, SessionContext session) {
    ZoneId zone = column.type().kind() == TypeKind.TIMESTAMP ? ZoneOffset.UTC : session.timeZone();
    LocalDateTime now = LocalDateTime.ofInstant(session.statementTime(), zone);
    int unit = 1_000_000_000;
    for (int i = 0; i < column.type().scale(); i++) {
      unit /= 10;
    }
    return now.withNano(now.getNano() / unit * unit);
  }

  static boolean same(Object a, Object b) {
    return a instanceof byte[] x && b instanceof byte[] y
        ? Arrays.equals(x, y)
        : Objects.equals(a, b);
  }
}
