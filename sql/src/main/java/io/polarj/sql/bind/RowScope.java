package io.polarj.sql.bind;

import io.polarj.sql.error.SqlError;
import io.polarj.sql.validate.ColumnName;
import java.util.Set;
import org.apache.calcite.rel.core.CorrelationId;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;

/**
 * The columns that expressions at one place of a query can name: those of a row, and through {@code
 * outer} those of enclosing queries. Subqueries bound in this scope read the row by its correlation
 * variable. A grouped row offers only what {@code mapping} lets through.
 */
final class RowScope {
  /** From a field of FROM to an expression over the current row; throws when it is not there. */
  interface Mapping {
    RexNode map(int fromField);
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

  /** The column of a full name. */
  RexNode resolve(ColumnName column) {
    int field = find(column);
    if (field >= 0) {
      return local(field);
    }
    for (RowScope scope = outer; scope != null; scope = scope.outer) {
      int index = scope.find(column);
      if (index >= 0) {
        return scope.correlated(index, column);
      }
    }
    throw SqlError.NOT_SUPPORTED_YET.with("reference to the column " + column + " from here");
  }

  private RexNode local(int field) {
    return mapping == null
        ? bind.rex.makeInputRef(rowType.getFieldList().get(field).getType(), field)
        : mapping.map(field);
  }

  private RexNode correlated(int field, ColumnName column) {
    RexNode here = local(field);
    if (!(here instanceof RexInputRef reference)
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
  int find(ColumnName column) {
    return from == null ? -1 : from.find(column);
  }
}
