package io.polarj.sql.bind;

import io.polarj.sql.ast.MySqlOperators;
import io.polarj.sql.error.SqlError;
import io.polarj.sql.expr.MySqlFunction;
import io.polarj.sql.type.MySqlType;
import io.polarj.sql.validate.ColumnName;
import io.polarj.sql.validate.Expressions;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlDynamicParam;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.fun.SqlBetweenOperator;
import org.apache.calcite.sql.fun.SqlCase;
import org.apache.calcite.sql.fun.SqlLikeOperator;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.type.SqlTypeName;

/** Binds expressions at one place of a query. One thread. */
final class ExpressionBinder {
  /** Takes over expressions that mean something else at a place: aggregates, inserted values. */
  interface Hook {
    /** The bound expression, or null to leave it to the binder. */
    RexNode bind(SqlNode expression);
  }

  private final BindSession bind;
  private final RowScope scope;
  private final Hook hook;
  private final SubQueryBinder subQueries;
  private final FunctionBinder functions;

  ExpressionBinder(BindSession bind, QueryBinder queries, RowScope scope) {
    this(bind, queries, scope, null);
  }

  ExpressionBinder(BindSession bind, QueryBinder queries, RowScope scope, Hook hook) {
    this.bind = bind;
    this.scope = scope;
    this.hook = hook;
    this.subQueries = new SubQueryBinder(queries, scope, this);
    this.functions = new FunctionBinder(bind, this);
  }

  List<RexNode> bindAll(List<? extends SqlNode> expressions) {
    List<RexNode> bound = new ArrayList<>(expressions.size());
    for (SqlNode expression : expressions) {
      bound.add(bind(expression));
    }
    return bound;
  }

  /** As a condition: of Calcite's type BOOLEAN. */
  RexNode condition(SqlNode expression) {
    return truth(bind(expression));
  }

  RexNode truth(RexNode node) {
    if (node.getType().getSqlTypeName() == SqlTypeName.BOOLEAN) {
      return node;
    }
    return bind.rex.truth(MySqlFunction.TRUTH, node);
  }

  RexNode bind(SqlNode expression) {
    if (hook != null) {
      RexNode taken = hook.bind(expression);
      if (taken != null) {
        return taken;
      }
    }
    if (Expressions.isQuery(expression)) {
      return subQueries.scalar(expression);
    }
    return switch (expression) {
      case SqlLiteral e -> bind.rex.constant(Expressions.constant(e));
      case SqlDynamicParam e -> bind.parameter(e.getIndex());
      case SqlIdentifier e -> scope.resolve(ColumnName.of(e));
      case SqlCase e ->
          functions.caseOf(e, e.getWhenOperands(), e.getThenOperands(), e.getElseOperand());
      case SqlCall e -> call(e);
      default -> throw SqlError.OPERAND_COLUMNS.with(1);
    };
  }

  private RexNode call(SqlCall e) {
    return switch (e.getKind()) {
      case AND, OR -> logical(e);
      case NOT -> not(condition(e.operand(0)));
      case EQUALS,
          IS_NOT_DISTINCT_FROM,
          NOT_EQUALS,
          LESS_THAN,
          LESS_THAN_OR_EQUAL,
          GREATER_THAN,
          GREATER_THAN_OR_EQUAL ->
          comparison(e.getKind(), e.operand(0), e.operand(1));
      case LIKE -> like(e);
      case BETWEEN -> between(e);
      case IN -> in(e);
      case NOT_IN -> not(in(e));
      case SOME, ALL -> subQueries.quantified(e);
      case EXISTS -> subQueries.exists(e.operand(0));
      case IS_NULL, IS_NOT_NULL -> is(e.getKind(), bind(e.operand(0)));
      case IS_TRUE, IS_NOT_TRUE, IS_FALSE, IS_NOT_FALSE -> is(e.getKind(), condition(e.operand(0)));
      case PLUS, MINUS, TIMES, DIVIDE, MOD -> arithmetic(e);
      case MINUS_PREFIX ->
          bind.rex.call(bind.typeOf(e), SqlStdOperatorTable.UNARY_MINUS, bind(e.operand(0)));
      case CAST -> bind.rex.cast(bind(e.operand(0)), bind.typeOf(e));
      case ROW -> throw SqlError.OPERAND_COLUMNS.with(1);
      case DEFAULT -> throw SqlError.NOT_SUPPORTED_YET.with("DEFAULT in an expression");
      default -> {
        if (Expressions.function(e) != null) {
          yield functions.call(e);
        }
        yield own(e);
      }
    };
  }

  /** Operators that are MySQL's and not Calcite's. */
  private RexNode own(SqlCall e) {
    String name = e.getOperator().getName();
    if (e.getOperator() == MySqlOperators.DEFAULT_OF) {
      throw SqlError.NOT_SUPPORTED_YET.with("DEFAULT in an expression");
    }
    if (e.getOperator() == MySqlOperators.INSERTED_VALUE) {
      throw SqlError.NOT_SUPPORTED_YET.with("VALUES() outside of ON DUPLICATE KEY UPDATE");
    }
    return switch (name) {
      case "XOR" -> {
        RexNode left = condition(e.operand(0));
        yield bind.rex.truth(MySqlFunction.find("XOR"), left, condition(e.operand(1)));
      }
      case "REGEXP" -> regexp(e);
      case "NOT REGEXP" -> not(regexp(e));
      case "DIV" -> {
        RexNode left = bind(e.operand(0));
        RexNode right = bind(e.operand(1));
        yield bind.rex.call(bind.typeOf(e), MySqlFunction.find("DIV"), left, right);
      }
      case "|", "&", "^", "<<", ">>", "~", "||", "->" ->
          function(Expressions.libraryName(name), e.getOperandList());
      case "->>" ->
          bind.rex.makeCall(
              MySqlFunction.find("JSON_UNQUOTE"), function("JSON_EXTRACT", e.getOperandList()));
      case "BINARY" -> bind.rex.cast(bind(e.operand(0)), bind.typeOf(e));
      case "COLLATE" ->
          bind.rex.makeCall(
              bind.validator.typeOf(e), MySqlFunction.COLLATE, List.of(bind(e.operand(0))));
      case "@" -> functions.userVariable(e);
      case "@@" -> functions.systemVariable(e);
      default -> throw SqlError.NOT_SUPPORTED_YET.with(name);
    };
  }

  private RexNode regexp(SqlCall e) {
    RexNode value = bind(e.operand(0));
    return bind.rex.truth(MySqlFunction.find("REGEXP_LIKE"), value, bind(e.operand(1)));
  }

  RexNode not(RexNode condition) {
    return bind.rex.truth(SqlStdOperatorTable.NOT, condition);
  }

  /** A call of the library's function of that name. */
  RexNode function(String name, List<SqlNode> operands) {
    return bind.rex.makeCall(MySqlFunction.find(name), bindAll(operands));
  }

  private RexNode logical(SqlCall e) {
    List<RexNode> operands = new ArrayList<>();
    flatten(e.getKind(), e, operands);
    return bind.rex.truth(
        e.getKind() == SqlKind.AND ? SqlStdOperatorTable.AND : SqlStdOperatorTable.OR, operands);
  }

  private void flatten(SqlKind kind, SqlNode e, List<RexNode> operands) {
    if (e.getKind() == kind) {
      ((SqlCall) e).getOperandList().forEach(operand -> flatten(kind, operand, operands));
    } else {
      operands.add(condition(e));
    }
  }

  RexNode arithmetic(SqlCall e) {
    SqlNode left = e.operand(0);
    SqlNode right = e.operand(1);
    boolean sum = e.getKind() == SqlKind.PLUS;
    if (Expressions.isInterval(right) && (sum || e.getKind() == SqlKind.MINUS)) {
      return functions.dateArithmetic(e, sum ? "DATE_ADD" : "DATE_SUB", left, (SqlCall) right);
    }
    if (Expressions.isInterval(left) && sum) {
      return functions.dateArithmetic(e, "DATE_ADD", right, (SqlCall) left);
    }
    SqlOperator operator =
        switch (e.getKind()) {
          case PLUS -> SqlStdOperatorTable.PLUS;
          case MINUS -> SqlStdOperatorTable.MINUS;
          case TIMES -> SqlStdOperatorTable.MULTIPLY;
          case DIVIDE -> SqlStdOperatorTable.DIVIDE;
          default -> SqlStdOperatorTable.MOD;
        };
    return bind.rex.call(bind.typeOf(e), operator, bind(left), bind(right));
  }

  private static SqlOperator comparisonOperator(SqlKind kind) {
    return switch (kind) {
      case EQUALS -> SqlStdOperatorTable.EQUALS;
      case NOT_EQUALS -> SqlStdOperatorTable.NOT_EQUALS;
      case LESS_THAN -> SqlStdOperatorTable.LESS_THAN;
      case LESS_THAN_OR_EQUAL -> SqlStdOperatorTable.LESS_THAN_OR_EQUAL;
      case GREATER_THAN -> SqlStdOperatorTable.GREATER_THAN;
      case GREATER_THAN_OR_EQUAL -> SqlStdOperatorTable.GREATER_THAN_OR_EQUAL;
      case IS_NOT_DISTINCT_FROM -> SqlStdOperatorTable.IS_NOT_DISTINCT_FROM;
      default -> throw new IllegalArgumentException(kind.name());
    };
  }

  RexNode comparison(SqlKind kind, SqlNode left, SqlNode right) {
    if (left.getKind() == SqlKind.ROW || right.getKind() == SqlKind.ROW) {
      return rowComparison(kind, left, right);
    }
    RexNode a = bind(left);
    RexNode b = bind(right);
    SqlOperator operator = comparisonOperator(kind);
    if (kind == SqlKind.IS_NOT_DISTINCT_FROM) {
      return bind.rex.makeCall(MySqlType.truth(false), operator, List.of(a, b));
    }
    return bind.rex.truth(operator, a, b);
  }

  private RexNode rowComparison(SqlKind kind, SqlNode left, SqlNode right) {
    boolean leftRow = left.getKind() == SqlKind.ROW;
    if (leftRow && Expressions.isQuery(right) && kind == SqlKind.EQUALS) {
      return subQueries.in(left, right);
    }
    int columns = leftRow ? ((SqlCall) left).operandCount() : 1;
    if (!leftRow || right.getKind() != SqlKind.ROW || columns != ((SqlCall) right).operandCount()) {
      throw SqlError.OPERAND_COLUMNS.with(columns);
    }
    return rowComparison(
        kind, ((SqlCall) left).getOperandList(), ((SqlCall) right).getOperandList());
  }

  private RexNode rowComparison(SqlKind kind, List<SqlNode> a, List<SqlNode> b) {
    if (a.size() == 1) {
      return comparison(kind, a.get(0), b.get(0));
    }
    RexNode rest = rowComparison(kind, a.subList(1, a.size()), b.subList(1, b.size()));
    return switch (kind) {
      case EQUALS, IS_NOT_DISTINCT_FROM ->
          bind.rex.truth(SqlStdOperatorTable.AND, comparison(kind, a.get(0), b.get(0)), rest);
      case NOT_EQUALS ->
          bind.rex.truth(SqlStdOperatorTable.OR, comparison(kind, a.get(0), b.get(0)), rest);
      default -> {
        boolean less = kind == SqlKind.LESS_THAN || kind == SqlKind.LESS_THAN_OR_EQUAL;
        SqlKind strict = less ? SqlKind.LESS_THAN : SqlKind.GREATER_THAN;
        RexNode equal = comparison(SqlKind.EQUALS, a.get(0), b.get(0));
        yield bind.rex.truth(
            SqlStdOperatorTable.OR,
            comparison(strict, a.get(0), b.get(0)),
            bind.rex.truth(SqlStdOperatorTable.AND, equal, rest));
      }
    };
  }

  private RexNode like(SqlCall e) {
    RexNode like = bind.rex.truth(SqlStdOperatorTable.LIKE, bindAll(e.getOperandList()));
    return ((SqlLikeOperator) e.getOperator()).isNegated() ? not(like) : like;
  }

  private RexNode between(SqlCall e) {
    RexNode both =
        bind.rex.truth(
            SqlStdOperatorTable.AND,
            comparison(SqlKind.GREATER_THAN_OR_EQUAL, e.operand(0), e.operand(1)),
            comparison(SqlKind.LESS_THAN_OR_EQUAL, e.operand(0), e.operand(2)));
    return ((SqlBetweenOperator) e.getOperator()).isNegated() ? not(both) : both;
  }

  private RexNode in(SqlCall e) {
    SqlNode value = e.operand(0);
    if (Expressions.isQuery(e.operand(1))) {
      return subQueries.in(value, e.operand(1));
    }
    List<SqlNode> list = ((SqlNodeList) e.operand(1)).getList();
    if (list.size() == 1) {
      return comparison(SqlKind.EQUALS, value, list.get(0));
    }
    List<RexNode> operands = new ArrayList<>();
    if (value.getKind() == SqlKind.ROW) {
      for (SqlNode item : list) {
        operands.add(comparison(SqlKind.EQUALS, value, item));
      }
      return bind.rex.truth(SqlStdOperatorTable.OR, operands);
    }
    operands.add(bind(value));
    operands.addAll(bindAll(list));
    return bind.rex.truth(MySqlFunction.IN_LIST, operands);
  }

  RexNode is(SqlKind kind, RexNode operand) {
    SqlOperator operator =
        switch (kind) {
          case IS_TRUE -> SqlStdOperatorTable.IS_TRUE;
          case IS_NOT_TRUE -> SqlStdOperatorTable.IS_NOT_TRUE;
          case IS_FALSE -> SqlStdOperatorTable.IS_FALSE;
          case IS_NOT_FALSE -> SqlStdOperatorTable.IS_NOT_FALSE;
          case IS_NOT_NULL -> SqlStdOperatorTable.IS_NOT_NULL;
          default -> SqlStdOperatorTable.IS_NULL;
        };
    return bind.rex.makeCall(MySqlType.truth(false), operator, List.of(operand));
  }
}
