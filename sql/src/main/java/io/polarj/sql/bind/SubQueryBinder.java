package io.polarj.sql.bind;

import com.google.common.collect.ImmutableList;
import io.polarj.sql.error.SqlError;
import io.polarj.sql.validate.Expressions;
import java.util.List;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexSubQuery;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.fun.SqlQuantifyOperator;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;

/** Binds subqueries in expressions as {@code RexSubQuery}. */
final class SubQueryBinder {
  private final QueryBinder queries;
  private final RowScope scope;
  private final ExpressionBinder expressions;

  SubQueryBinder(QueryBinder queries, RowScope scope, ExpressionBinder expressions) {
    this.queries = queries;
    this.scope = scope;
    this.expressions = expressions;
  }

  private QueryResult query(SqlNode query, int columns) {
    QueryResult result = queries.bindTrimmed(query, scope);
    if (columns >= 0 && result.fields().size() != columns) {
      throw SqlError.OPERAND_COLUMNS.with(columns);
    }
    return result;
  }

  RexNode exists(SqlNode query) {
    return RexSubQuery.exists(query(query, -1).rel());
  }

  RexNode scalar(SqlNode query) {
    return RexSubQuery.scalar(query(query, 1).rel());
  }

  RexNode in(SqlNode value, SqlNode query) {
    List<SqlNode> left =
        value.getKind() == SqlKind.ROW ? ((SqlCall) value).getOperandList() : List.of(value);
    List<RexNode> operands = expressions.bindAll(left);
    QueryResult result = query(query, operands.size());
    return RexSubQuery.in(result.rel(), ImmutableList.copyOf(operands));
  }

  /** {@code value operator ANY|ALL (query)}. */
  RexNode quantified(SqlCall call) {
    SqlKind comparison = ((SqlQuantifyOperator) call.getOperator()).comparisonKind;
    boolean all = call.getKind() == SqlKind.ALL;
    SqlNode value = call.operand(0);
    SqlNode query = call.operand(1);
    if (!Expressions.isQuery(query)) {
      throw SqlError.NOT_SUPPORTED_YET.with("ANY or ALL of a list");
    }
    if (!all && comparison == SqlKind.EQUALS) {
      return in(value, query);
    }
    if (all && comparison == SqlKind.NOT_EQUALS) {
      return expressions.not(in(value, query));
    }
    RexNode operand = expressions.bind(value);
    QueryResult result = query(query, 1);
    SqlQuantifyOperator operator =
        SqlStdOperatorTable.some(all ? comparison.negateNullSafe() : comparison);
    RexNode some = RexSubQuery.some(result.rel(), ImmutableList.of(operand), operator);
    return all ? expressions.not(some) : some;
  }
}
