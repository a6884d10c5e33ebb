package io.polarj.sql.bind;

import io.polarj.sql.ast.Expression;
import io.polarj.sql.ast.OrderItem;
import java.util.ArrayList;
import java.util.List;

/** Looks into expressions as written. */
final class Expressions {
  private Expressions() {}

  static boolean isAggregate(Expression.Call call) {
    return switch (call.name()) {
      case "COUNT",
          "SUM",
          "AVG",
          "MIN",
          "MAX",
          "GROUP_CONCAT",
          "BIT_AND",
          "BIT_OR",
          "BIT_XOR",
          "STD",
          "STDDEV",
          "STDDEV_POP",
          "STDDEV_SAMP",
          "VARIANCE",
          "VAR_POP",
          "VAR_SAMP",
          "ANY_VALUE" ->
          true;
      default -> false;
    };
  }

  /** Whether an aggregate of this query is in it; those of subqueries are their own. */
  static boolean hasAggregate(Expression expression) {
    if (expression instanceof Expression.Call call && isAggregate(call)) {
      return true;
    }
    return children(expression).stream().anyMatch(Expressions::hasAggregate);
  }

  static boolean hasSubQuery(Expression expression) {
    return switch (expression) {
      case Expression.InQuery e -> true;
      case Expression.Exists e -> true;
      case Expression.Quantified e -> true;
      case Expression.ScalarQuery e -> true;
      default -> children(expression).stream().anyMatch(Expressions::hasSubQuery);
    };
  }

  static List<Expression> children(Expression expression) {
    List<Expression> children = new ArrayList<>();
    switch (expression) {
      case Expression.Unary e -> children.add(e.operand());
      case Expression.Not e -> children.add(e.operand());
      case Expression.Binary e -> {
        children.add(e.left());
        children.add(e.right());
      }
      case Expression.Like e -> {
        children.add(e.value());
        children.add(e.pattern());
        if (e.escape() != null) {
          children.add(e.escape());
        }
      }
      case Expression.Between e -> {
        children.add(e.value());
        children.add(e.low());
        children.add(e.high());
      }
      case Expression.InList e -> {
        children.add(e.value());
        children.addAll(e.list());
      }
      case Expression.InQuery e -> children.add(e.value());
      case Expression.Quantified e -> children.add(e.value());
      case Expression.Is e -> children.add(e.value());
      case Expression.Case e -> {
        if (e.value() != null) {
          children.add(e.value());
        }
        for (Expression.When when : e.whens()) {
          children.add(when.condition());
          children.add(when.result());
        }
        if (e.otherwise() != null) {
          children.add(e.otherwise());
        }
      }
      case Expression.Cast e -> children.add(e.value());
      case Expression.Collate e -> children.add(e.value());
      case Expression.Interval e -> children.add(e.value());
      case Expression.RowValue e -> children.addAll(e.items());
      case Expression.Call e -> {
        children.addAll(e.arguments());
        e.orderBy().stream().map(OrderItem::expression).forEach(children::add);
      }
      default -> {}
    }
    return children;
  }
}
