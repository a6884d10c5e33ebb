package io.polarj.sql.plan;

import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.sql.SqlKind;

/** Conditions taken apart and moved. */
final class Conditions {
  private Conditions() {}

  /** The parts joined by AND, in order; without those that are always true. */
  static List<RexNode> split(RexNode condition) {
    List<RexNode> parts = new ArrayList<>();
    split(condition, parts);
    return parts;
  }

  private static void split(RexNode condition, List<RexNode> parts) {
    if (condition.isA(SqlKind.AND)) {
      ((RexCall) condition).getOperands().forEach(operand -> split(operand, parts));
    } else if (!condition.isAlwaysTrue()) {
      parts.add(condition);
    }
  }

  /** The expression with its fields moved by {@code distance}. */
  static RexNode shift(RexNode node, int distance) {
    if (distance == 0) {
      return node;
    }
    return node.accept(
        new RexShuttle() {
          @Override
          public RexNode visitInputRef(RexInputRef ref) {
            return new RexInputRef(ref.getIndex() + distance, ref.getType());
          }
        });
  }

  static List<RexNode> shift(List<RexNode> nodes, int distance) {
    return nodes.stream().map(n -> shift(n, distance)).toList();
  }

  /** A guess of the share of rows for which it holds. */
  static double selectivity(RexNode condition) {
    return switch (condition.getKind()) {
      case EQUALS, IS_NOT_DISTINCT_FROM, IS_NULL -> 0.1;
      case LESS_THAN, LESS_THAN_OR_EQUAL, GREATER_THAN, GREATER_THAN_OR_EQUAL -> 0.33;
      case BETWEEN -> 0.1;
      case LIKE, IN -> 0.2;
      case NOT_EQUALS, IS_NOT_NULL, NOT -> 0.9;
      default -> 0.5;
    };
  }

  static double selectivity(Iterable<RexNode> conditions) {
    double share = 1;
    for (RexNode condition : conditions) {
      share *= selectivity(condition);
    }
    return share;
  }
}
