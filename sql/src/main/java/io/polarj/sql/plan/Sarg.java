package io.polarj.sql.plan;

import io.polarj.engine.schema.ColumnType;
import io.polarj.sql.exec.operator.KeyConversion;
import io.polarj.sql.type.MySqlTypes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.util.ImmutableBitSet;

/**
 * A condition on one column that an index can answer: the column equals one of {@code values}, or
 * lies above or below the one. {@code origin} is the condition it comes from, which need not be
 * evaluated again if {@code exact}.
 */
record Sarg(
    int column, Kind kind, List<RexNode> values, boolean inclusive, RexNode origin, boolean exact) {
  /** What the column is to its values. */
  enum Kind {
    EQUAL,
    NULL_SAFE_EQUAL,
    LOW,
    HIGH,
    NOT_NULL
  }

  /** The conditions on columns of a table that stands at an offset in the row. */
  static final class Finder {
    private static final String IN_LIST = "$IN";
    private final int offset;
    private final List<ColumnType> columns;
    private final ImmutableBitSet known;
    private final Set<Integer> outer;

    /** {@code known}: fields of the row that have values before the table is read. */
    Finder(int offset, List<ColumnType> columns, ImmutableBitSet known, Set<Integer> outer) {
      this.offset = offset;
      this.columns = columns;
      this.known = known;
      this.outer = outer;
    }

    List<Sarg> find(List<RexNode> conditions) {
      List<Sarg> found = new ArrayList<>();
      for (RexNode condition : conditions) {
        find(condition, condition, found);
      }
      return found;
    }

    private void find(RexNode node, RexNode origin, List<Sarg> found) {
      if (!(node instanceof RexCall call)) {
        return;
      }
      List<RexNode> operands = call.getOperands();
      switch (call.getKind()) {
        case EQUALS,
            LESS_THAN,
            LESS_THAN_OR_EQUAL,
            GREATER_THAN,
            GREATER_THAN_OR_EQUAL,
            IS_NOT_DISTINCT_FROM -> {
          comparison(call.getKind(), operands.get(0), operands.get(1), origin, found);
          comparison(call.getKind().reverse(), operands.get(1), operands.get(0), origin, found);
        }
        case BETWEEN -> {
          if (operands.size() == 3) {
            between(operands, origin, found);
          }
        }
        case IS_NULL -> {
          int column = column(operands.get(0));
          if (column >= 0) {
            found.add(new Sarg(column, Kind.NULL_SAFE_EQUAL, List.of(), true, origin, true));
          }
        }
        case IS_NOT_NULL -> {
          int column = column(operands.get(0));
          if (column >= 0) {
            found.add(new Sarg(column, Kind.NOT_NULL, List.of(), false, origin, true));
          }
        }
        case IN -> in(operands.get(0), operands.subList(1, operands.size()), origin, found);
        case OR -> or(call, origin, found);
        default -> {
          if (call.getOperator().getName().equals(IN_LIST)) {
            in(operands.get(0), operands.subList(1, operands.size()), origin, found);
          }
        }
      }
    }

    private void between(List<RexNode> operands, RexNode origin, List<Sarg> found) {
      int before = found.size();
      comparison(SqlKind.GREATER_THAN_OR_EQUAL, operands.get(0), operands.get(1), origin, found);
      comparison(SqlKind.LESS_THAN_OR_EQUAL, operands.get(0), operands.get(2), origin, found);
      if (found.size() == before + 1) {
        Sarg only = found.removeLast();
        found.add(new Sarg(only.column, only.kind, only.values, only.inclusive, origin, false));
      }
    }

    private void comparison(
        SqlKind kind, RexNode left, RexNode right, RexNode origin, List<Sarg> found) {
      int column = column(left);
      if (column < 0 || !value(right) || !KeyConversion.usable(columns.get(column), type(right))) {
        return;
      }
      boolean exact = KeyConversion.exact(columns.get(column), type(right), 0);
      Kind sarg =
          switch (kind) {
            case EQUALS -> Kind.EQUAL;
            case IS_NOT_DISTINCT_FROM -> Kind.NULL_SAFE_EQUAL;
            case LESS_THAN, LESS_THAN_OR_EQUAL -> Kind.HIGH;
            default -> Kind.LOW;
          };
      boolean inclusive =
          kind == SqlKind.LESS_THAN_OR_EQUAL || kind == SqlKind.GREATER_THAN_OR_EQUAL;
      found.add(new Sarg(column, sarg, List.of(right), inclusive, origin, exact));
    }

    private void in(RexNode left, List<RexNode> values, RexNode origin, List<Sarg> found) {
      int column = column(left);
      if (column < 0 || values.isEmpty()) {
        return;
      }
      boolean exact = true;
      for (RexNode value : values) {
        if (!value(value) || !KeyConversion.usable(columns.get(column), type(value))) {
          return;
        }
        exact &= KeyConversion.exact(columns.get(column), type(value), 0);
      }
      found.add(new Sarg(column, Kind.EQUAL, List.copyOf(values), true, origin, exact));
    }

    /** {@code a = 1 OR a = 2 OR a IN (3, 4)}. */
    private void or(RexCall call, RexNode origin, List<Sarg> found) {
      List<RexNode> values = new ArrayList<>();
      int column = -1;
      boolean exact = origin == call;
      for (RexNode operand : call.getOperands()) {
        List<Sarg> inner = new ArrayList<>();
        if (operand.isA(SqlKind.EQUALS)
            || operand.isA(SqlKind.IN)
            || operand.isA(SqlKind.OTHER_FUNCTION)
            || operand.isA(SqlKind.OR)) {
          find(operand, operand, inner);
        }
        if (inner.size() != 1
            || inner.get(0).kind != Kind.EQUAL
            || (column >= 0 && inner.get(0).column != column)) {
          return;
        }
        column = inner.get(0).column;
        exact &= inner.get(0).exact;
        values.addAll(inner.get(0).values);
      }
      if (column >= 0) {
        found.add(new Sarg(column, Kind.EQUAL, List.copyOf(values), true, origin, exact));
      }
    }

    private int column(RexNode node) {
      if (!(node instanceof RexInputRef ref)) {
        return -1;
      }
      int column = ref.getIndex() - offset;
      return column >= 0 && column < columns.size() ? column : -1;
    }

    private boolean value(RexNode node) {
      References references = References.of(node, outer);
      return references.movable() && known.contains(references.fields());
    }
  }

  static ColumnType type(RexNode node) {
    return MySqlTypes.columnType(node.getType());
  }
}
