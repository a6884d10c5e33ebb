package io.polarj.sql.bind;

import io.polarj.sql.error.SqlError;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.calcite.rel.core.CorrelationId;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexNode;

/**
 * The columns that expressions at one place of a query can name: those of a row, and through {@code
 * outer} those of enclosing queries. Subqueries bound in this scope read the row by its correlation
 * variable. A grouped row offers only what {@code mapping} lets through.
 */
final class RowScope {
  /** From a field of FROM to an expression over the current row; throws when it is not there. */
  interface Mapping {
    RexNode map(int fromField, ColumnName column);
  }

  final RowScope outer;
  final FromResult from;
  private final BindSession bind;
  private final RelDataType rowType;
  private final Mapping mapping;
  private CorrelationId correlation;

  RowScope(
      BindSession bind, RowScope outer, FromResult from, RelDataType rowType, Mapping mapping) {
    this.bind = bind;
    this.outer = outer;
    this.from = from;
    this.rowType = rowType;
    this.mapping = mapping;
  }

  /** Over the row of FROM itself. */
  static RowScope over(BindSession bind, RowScope outer, FromResult from) {
    return new RowScope(bind, outer, from, from == null ? null : from.rel().getRowType(), null);
  }

  RelDataType rowType() {
    return rowType;
  }

  /** The variables by which subqueries read this row. */
  Set<CorrelationId> correlations() {
    return correlation == null ? Set.of() : Set.of(correlation);
  }

  RexNode resolve(ColumnName column, String clause) {
    int field = find(column, clause);
    if (field >= 0) {
      return local(field, column);
    }
    for (RowScope scope = outer; scope != null; scope = scope.outer) {
      int index = scope.find(column, clause);
      if (index >= 0) {
        return scope.correlated(index, column);
      }
    }
    throw SqlError.BAD_FIELD.with(column.toString(), clause);
  }

  private RexNode local(int field, ColumnName column) {
    return mapping == null
        ? bind.rex.makeInputRef(rowType.getFieldList().get(field).getType(), field)
        : mapping.map(field, column);
  }

  private RexNode correlated(int field, ColumnName column) {
    RexNode here = local(field, column);
    if (!(here instanceof org.apache.calcite.rex.RexInputRef reference)
        || reference.getIndex() >= rowType.getFieldCount()) {
      throw SqlError.NOT_SUPPORTED_YET.with("outer reference to the expression " + column);
    }
    if (correlation == null) {
      correlation = bind.cluster.createCorrel();
    }
    return bind.rex.makeFieldAccess(
        bind.rex.makeCorrel(rowType, correlation), reference.getIndex());
  }

  /** The field of FROM, or -1. */
  int find(ColumnName column, String clause) {
    if (from == null) {
      return -1;
    }
    if (column.table() == null) {
      Integer merged = from.merged().get(column.name().toLowerCase(Locale.ROOT));
      if (merged != null) {
        return merged;
      }
    }
    List<Integer> found = new ArrayList<>(2);
    for (Source source : from.sources()) {
      if (!qualifies(source, column)) {
        continue;
      }
      for (int i = 0; i < source.fields().size(); i++) {
        int index = source.offset() + i;
        boolean visible = column.table() != null || !from.hidden().contains(index);
        if (visible && source.fields().get(i).name().equalsIgnoreCase(column.name())) {
          found.add(index);
        }
      }
    }
    if (found.size() > 1) {
      throw SqlError.NON_UNIQ.with(column.toString(), clause);
    }
    return found.isEmpty() ? -1 : found.get(0);
  }

  private static boolean qualifies(Source source, ColumnName column) {
    return column.table() == null
        || (column.table().equals(source.alias())
            && (column.schema() == null || column.schema().equals(source.schema())));
  }
}
