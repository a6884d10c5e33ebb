package io.polarj.sql.bind;

import io.polarj.engine.schema.Collation;
import io.polarj.engine.schema.ColumnType;
import io.polarj.engine.schema.TypeKind;
import io.polarj.sql.ast.Expression;
import io.polarj.sql.error.SqlError;
import io.polarj.sql.expr.MySqlFunction;
import io.polarj.sql.type.MySqlTypes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.type.SqlTypeName;

/** Binds expressions at one place of a query. One thread. */
final class ExpressionBinder {
  /** Takes over expressions that mean something else at a place: aggregates, inserted values. */
  interface Hook {
    /** The bound expression, or null to leave it to the binder. */
    RexNode bind(Expression expression);
  }

  private final BindSession bind;
  private final RowScope scope;
  private final String clause;
  private final Hook hook;
  private final Map<String, Expression> aliases;
  private final boolean aliasFirst;
  private final SubQueryBinder subQueries;
  private final FunctionBinder functions;

  ExpressionBinder(BindSession bind, QueryBinder queries, RowScope scope, String clause) {
    this(bind, queries, scope, clause, null, Map.of(), false);
  }

  /** {@code aliases}: what names of the select list (lower case) stand for. */
  ExpressionBinder(
      BindSession bind,
      QueryBinder queries,
      RowScope scope,
      String clause,
      Hook hook,
      Map<String, Expression> aliases,
      boolean aliasFirst) {
    this.bind = bind;
    this.scope = scope;
    this.clause = clause;
    this.hook = hook;
    this.aliases = aliases;
    this.aliasFirst = aliasFirst;
    this.subQueries = new SubQueryBinder(bind, queries, scope, this);
    this.functions = new FunctionBinder(bind, this);
    this.queries = queries;
  }

  private final QueryBinder queries;

  List<RexNode> bindAll(List<Expression> expressions) {
    List<RexNode> bound = new ArrayList<>(expressions.size());
    for (Expression expression : expressions) {
      bound.add(bind(expression));
    }
    return bound;
  }

  /** As a condition: of Calcite's type BOOLEAN. */
  RexNode condition(Expression expression) {
    return truth(bind(expression));
  }

  RexNode truth(RexNode node) {
    if (node.getType().getSqlTypeName() == SqlTypeName.BOOLEAN) {
      return node;
    }
    return bind.rex.truth(MySqlFunction.TRUTH, node);
  }

  RexNode bind(Expression expression) {
    if (hook != null) {
      RexNode taken = hook.bind(expression);
      if (taken != null) {
        return taken;
      }
    }
    return switch (expression) {
      case Expression.Literal e -> bind.rex.constant(e.value());
      case Expression.Parameter e -> bind.parameter(e.index());
      case Expression.Column e -> column(e);
      case Expression.UserVariable e -> functions.userVariable(e);
      case Expression.SystemVariable e -> functions.systemVariable(e);
      case Expression.Unary e -> unary(e);
      case Expression.Binary e -> binary(e);
      case Expression.Not e -> not(condition(e.operand()));
      case Expression.Like e -> like(e);
      case Expression.Between e -> between(e);
      case Expression.InList e -> inList(e);
      case Expression.InQuery e -> subQueries.in(e);
      case Expression.Exists e -> subQueries.exists(e);
      case Expression.Quantified e -> subQueries.quantified(e);
      case Expression.ScalarQuery e -> subQueries.scalar(e);
      case Expression.Is e -> is(e);
      case Expression.Case e -> functions.caseOf(e);
      case Expression.Cast e -> functions.cast(e);
      case Expression.Collate e -> collate(e);
      case Expression.Call e -> functions.call(e);
      case Expression.Interval e -> throw SqlError.WRONG_USAGE.with("INTERVAL", "expression");
      case Expression.RowValue e -> throw SqlError.OPERAND_COLUMNS.with(1);
      case Expression.Default e ->
          throw SqlError.NOT_SUPPORTED_YET.with("DEFAULT in an expression");
      case Expression.InsertedValue e ->
          throw SqlError.NOT_SUPPORTED_YET.with("VALUES() outside of ON DUPLICATE KEY UPDATE");
    };
  }

  private RexNode column(Expression.Column column) {
    Expression alias =
        column.table() == null
            ? aliases.get(column.name().toLowerCase(java.util.Locale.ROOT))
            : null;
    if (alias != null && (aliasFirst || scope.find(column, clause) < 0)) {
      return new ExpressionBinder(bind, queries, scope, clause, hook, Map.of(), false).bind(alias);
    }
    return scope.resolve(column, clause);
  }

  RexNode not(RexNode condition) {
    return bind.rex.truth(SqlStdOperatorTable.NOT, condition);
  }

  private RexNode unary(Expression.Unary e) {
    RexNode operand = bind(e.operand());
    return switch (e.operator()) {
      case "-" -> {
        ColumnType type = Arithmetic.numeric(operand.getType(), operand.getType());
        if (MySqlTypes.isInteger(type)) {
          type = MySqlTypes.BIGINT;
        }
        yield bind.rex.call(type, SqlStdOperatorTable.UNARY_MINUS, operand);
      }
      case "~" -> function("~", operand);
      case "BINARY" ->
          bind.rex.cast(
              operand,
              MySqlTypes.binary(4L * MySqlTypes.length(MySqlTypes.columnType(operand.getType()))));
      default -> throw new IllegalArgumentException(e.operator());
    };
  }

  /** A call of the library's function of that name. */
  RexNode function(String name, RexNode... operands) {
    return functions.function(name, List.of(operands));
  }

  private RexNode binary(Expression.Binary e) {
    return switch (e.operator()) {
      case "AND" -> logical(SqlStdOperatorTable.AND, e);
      case "OR" -> logical(SqlStdOperatorTable.OR, e);
      case "XOR" -> {
        RexNode left = condition(e.left());
        yield bind.rex.truth(MySqlFunction.find("XOR"), left, condition(e.right()));
      }
      case "=", "<=>", "<>", "<", "<=", ">", ">=" -> comparison(e.operator(), e.left(), e.right());
      case "REGEXP" ->
          bind.rex.truth(MySqlFunction.find("REGEXP_LIKE"), bind(e.left()), bind(e.right()));
      case "NOT REGEXP" ->
          not(bind.rex.truth(MySqlFunction.find("REGEXP_LIKE"), bind(e.left()), bind(e.right())));
      case "+" -> arithmetic(SqlStdOperatorTable.PLUS, e);
      case "-" -> arithmetic(SqlStdOperatorTable.MINUS, e);
      case "*" -> arithmetic(SqlStdOperatorTable.MULTIPLY, e);
      case "/" -> arithmetic(SqlStdOperatorTable.DIVIDE, e);
      case "MOD" -> arithmetic(SqlStdOperatorTable.MOD, e);
      case "DIV" -> arithmetic(MySqlFunction.find("DIV"), e);
      default -> function(e.operator(), bind(e.left()), bind(e.right()));
    };
  }

  private RexNode logical(SqlOperator operator, Expression.Binary e) {
    List<RexNode> operands = new ArrayList<>();
    flatten(e.operator(), e, operands);
    return bind.rex.truth(operator, operands);
  }

  private void flatten(String operator, Expression e, List<RexNode> operands) {
    if (e instanceof Expression.Binary binary && binary.operator().equals(operator)) {
      flatten(operator, binary.left(), operands);
      flatten(operator, binary.right(), operands);
    } else {
      operands.add(condition(e));
    }
  }

  private RexNode arithmetic(SqlOperator operator, Expression.Binary e) {
    RexNode left = bind(e.left());
    RexNode right = bind(e.right());
    ColumnType type = Arithmetic.result(e.operator(), left.getType(), right.getType());
    return bind.rex.call(type, operator, left, right);
  }

  static SqlOperator comparisonOperator(String operator) {
    return switch (operator) {
      case "=" -> SqlStdOperatorTable.EQUALS;
      case "<>" -> SqlStdOperatorTable.NOT_EQUALS;
      case "<" -> SqlStdOperatorTable.LESS_THAN;
      case "<=" -> SqlStdOperatorTable.LESS_THAN_OR_EQUAL;
      case ">" -> SqlStdOperatorTable.GREATER_THAN;
      case ">=" -> SqlStdOperatorTable.GREATER_THAN_OR_EQUAL;
      case "<=>" -> SqlStdOperatorTable.IS_NOT_DISTINCT_FROM;
      default -> throw new IllegalArgumentException(operator);
    };
  }

  private RexNode comparison(String operator, Expression left, Expression right) {
    if (left instanceof Expression.RowValue || right instanceof Expression.RowValue) {
      return rowComparison(operator, left, right);
    }
    RexNode a = bind(left);
    RexNode b = bind(right);
    SqlOperator sqlOperator = comparisonOperator(operator);
    if (operator.equals("<=>")) {
      return bind.rex.makeCall(
          io.polarj.sql.type.MySqlType.truth(false), sqlOperator, List.of(a, b));
    }
    return bind.rex.truth(sqlOperator, a, b);
  }

  private RexNode rowComparison(String operator, Expression left, Expression right) {
    if (left instanceof Expression.RowValue
        && right instanceof Expression.ScalarQuery query
        && operator.equals("=")) {
      return subQueries.in(new Expression.InQuery(left, query.query(), false));
    }
    if (!(left instanceof Expression.RowValue a)
        || !(right instanceof Expression.RowValue b)
        || a.items().size() != b.items().size()) {
      int columns = left instanceof Expression.RowValue row ? row.items().size() : 1;
      throw SqlError.OPERAND_COLUMNS.with(columns);
    }
    return rowComparison(operator, a.items(), b.items());
  }

  private RexNode rowComparison(String operator, List<Expression> a, List<Expression> b) {
    if (a.size() == 1) {
      return comparison(operator, a.get(0), b.get(0));
    }
    List<Expression> restA = a.subList(1, a.size());
    List<Expression> restB = b.subList(1, b.size());
    RexNode rest = rowComparison(operator, restA, restB);
    return switch (operator) {
      case "=", "<=>" ->
          bind.rex.truth(SqlStdOperatorTable.AND, comparison(operator, a.get(0), b.get(0)), rest);
      case "<>" ->
          bind.rex.truth(SqlStdOperatorTable.OR, comparison("<>", a.get(0), b.get(0)), rest);
      default ->
          bind.rex.truth(
              SqlStdOperatorTable.OR,
              comparison(operator.substring(0, 1), a.get(0), b.get(0)),
              bind.rex.truth(SqlStdOperatorTable.AND, comparison("=", a.get(0), b.get(0)), rest));
    };
  }

  private RexNode like(Expression.Like e) {
    List<RexNode> operands = new ArrayList<>();
    operands.add(bind(e.value()));
    operands.add(bind(e.pattern()));
    if (e.escape() != null) {
      operands.add(bind(e.escape()));
    }
    RexNode like = bind.rex.truth(SqlStdOperatorTable.LIKE, operands);
    return e.negated() ? not(like) : like;
  }

  private RexNode between(Expression.Between e) {
    RexNode both =
        bind.rex.truth(
            SqlStdOperatorTable.AND,
            comparison(">=", e.value(), e.low()),
            comparison("<=", e.value(), e.high()));
    return e.negated() ? not(both) : both;
  }

  private RexNode inList(Expression.InList e) {
    RexNode in;
    if (e.list().size() == 1) {
      in = comparison("=", e.value(), e.list().get(0));
    } else if (e.value() instanceof Expression.RowValue) {
      List<RexNode> either = new ArrayList<>();
      for (Expression item : e.list()) {
        either.add(comparison("=", e.value(), item));
      }
      in = bind.rex.truth(SqlStdOperatorTable.OR, either);
    } else {
      List<RexNode> operands = new ArrayList<>();
      operands.add(bind(e.value()));
      operands.addAll(bindAll(e.list()));
      in = bind.rex.truth(MySqlFunction.IN_LIST, operands);
    }
    return e.negated() ? not(in) : in;
  }

  private RexNode is(Expression.Is e) {
    boolean nullTest = e.what().equals("NULL") || e.what().equals("UNKNOWN");
    RexNode operand = nullTest ? bind(e.value()) : condition(e.value());
    SqlOperator operator =
        switch (e.what()) {
          case "TRUE" ->
              e.negated() ? SqlStdOperatorTable.IS_NOT_TRUE : SqlStdOperatorTable.IS_TRUE;
          case "FALSE" ->
              e.negated() ? SqlStdOperatorTable.IS_NOT_FALSE : SqlStdOperatorTable.IS_FALSE;
          default -> e.negated() ? SqlStdOperatorTable.IS_NOT_NULL : SqlStdOperatorTable.IS_NULL;
        };
    return bind.rex.makeCall(io.polarj.sql.type.MySqlType.truth(false), operator, List.of(operand));
  }

  private RexNode collate(Expression.Collate e) {
    RexNode value = bind(e.value());
    Collation collation = io.polarj.sql.parse.Collations.byName(e.collation());
    RelDataType type = value.getType();
    ColumnType column = MySqlTypes.columnType(type);
    ColumnType collated =
        MySqlTypes.isString(column) && !MySqlTypes.isBinary(column)
            ? new ColumnType(
                column.kind() == TypeKind.ENUM || column.kind() == TypeKind.SET
                    ? TypeKind.VARCHAR
                    : column.kind(),
                false,
                MySqlTypes.length(column),
                0,
                collation,
                List.of())
            : MySqlTypes.string(MySqlTypes.length(column), collation);
    return bind.rex.makeCall(
        MySqlTypes.of(collated, type.isNullable()), MySqlFunction.COLLATE, List.of(value));
  }
}
