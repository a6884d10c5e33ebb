package io.polarj.sql.bind;

import com.google.common.collect.ImmutableList;
import io.polarj.sql.ast.Expression;
import io.polarj.sql.ast.Query;
import io.polarj.sql.error.SqlError;
import java.util.List;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexSubQuery;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.fun.SqlQuantifyOperator;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;

/** Binds subqueries in expressions as {@code RexSubQuery}. */
final class SubQueryBinder {
  private final BindSession bind;
  private final QueryBinder queries;
  private final RowScope scope;
  private final ExpressionBinder expressions;

  SubQueryBinder(
      BindSession bind, QueryBinder queries, RowScope scope, ExpressionBinder expressions) {
    this.bind = bind;
    this.queries = queries;
    this.scope = scope;
    this.expressions = expressions;
  }

  private QueryResult query(Query query, int columns) {
    QueryResult result = queries.bindTrimmed(query, scope);
    if (columns >= 0 && result.fields().size() != columns) {
      throw SqlError.OPERAND_COLUMNS.with(columns);
    }
    return result;
  }

  RexNode exists(Expression.Exists e) {
    return RexSubQuery.exists(query(e.query(), -1).rel());
  }

  RexNode scalar(Expression.ScalarQuery e) {
    return RexSubQuery.scalar(query(e.query(), 1).rel());
  }

  RexNode in(Expression.InQuery e) {
    List<Expression> left =
        e.value() instanceof Expression.RowValue row ? row.items() : List.of(e.value());
    List<RexNode> operands = expressions.bindAll(left);
    QueryResult result = query(e.query(), operands.size());
    RexNode in = RexSubQuery.in(result.rel(), ImmutableList.copyOf(operands));
    return e.negated() ? expressions.not(in) : in;
  }

  RexNode quantified(Expression.Quantified e) {
    if (!e.all() && e.operator().equals("=")) {
      return in(new Expression.InQuery(e.value(), e.query(), false));
    }
    if (e.all() && e.operator().equals("<>")) {
      return in(new Expression.InQuery(e.value(), e.query(), true));
    }
    RexNode operand = expressions.bind(e.value());
    QueryResult result = query(e.query(), 1);
    SqlKind kind = ExpressionBinder.comparisonOperator(e.operator()).getKind();
    SqlQuantifyOperator operator = SqlStdOperatorTable.some(e.all() ? kind.negateNullSafe() : kind);
    RexNode some = RexSubQuery.some(result.rel(), ImmutableList.of(operand), operator);
    return e.all() ? expressions.not(some) : some;
  }
}
