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
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;

/** Binds calls of functions, casts, CASE and variables. */
final class FunctionBinder {
  private final BindSession bind;
  private final ExpressionBinder expressions;

  FunctionBinder(BindSession bind, ExpressionBinder expressions) {
    this.bind = bind;
    this.expressions = expressions;
  }

  RexNode userVariable(Expression.UserVariable e) {
    bind.notCacheable();
    Object value = bind.session.userVariable(e.name());
    ColumnType type =
        value == null
            ? MySqlTypes.string(255, Collation.UTF8MB4_0900_AI_CI)
            : MySqlTypes.ofClass(value.getClass());
    return variable("@", e.name(), type);
  }

  RexNode systemVariable(Expression.SystemVariable e) {
    Object value = bind.session.systemVariable(e.name());
    ColumnType type =
        value == null
            ? MySqlTypes.string(255, Collation.UTF8MB4_0900_AI_CI)
            : MySqlTypes.ofClass(value.getClass());
    String name = e.scope().isEmpty() ? e.name() : e.scope() + "." + e.name();
    return variable("@@", name, type);
  }

  private RexNode variable(String function, String name, ColumnType type) {
    return bind.rex.call(type, MySqlFunction.find(function), bind.rex.constant(name));
  }

  RexNode function(String name, List<RexNode> operands) {
    MySqlFunction function = MySqlFunction.find(name);
    if (function == null) {
      String schema = bind.session.currentSchema();
      throw SqlError.SP_DOES_NOT_EXIST.with(
          "FUNCTION", (schema == null ? "" : schema + ".") + name);
    }
    int max = function.def().maxArguments();
    if (operands.size() < function.def().minArguments() || (max >= 0 && operands.size() > max)) {
      throw SqlError.WRONG_PARAMCOUNT_TO_NATIVE_FCT.with(name);
    }
    List<ColumnType> types =
        operands.stream().map(o -> MySqlTypes.columnType(o.getType())).toList();
    ColumnType type = function.def().type().infer(types);
    return bind.rex.makeCall(MySqlTypes.of(type, true), function, operands);
  }

  RexNode call(Expression.Call e) {
    if (Expressions.isAggregate(e)) {
      throw SqlError.INVALID_GROUP_FUNC_USE.with();
    }
    List<Expression> arguments = e.arguments();
    return switch (e.name()) {
      case "IF" -> {
        count(e, 3, 3);
        yield caseOf(
            new Expression.Case(
                null,
                List.of(new Expression.When(arguments.get(0), arguments.get(1))),
                arguments.get(2)));
      }
      case "IFNULL", "COALESCE" -> {
        count(e, e.name().equals("IFNULL") ? 2 : 1, e.name().equals("IFNULL") ? 2 : -1);
        yield coalesce(expressions.bindAll(arguments));
      }
      case "NULLIF" -> {
        count(e, 2, 2);
        yield nullIf(arguments);
      }
      case "ISNULL" -> {
        count(e, 1, 1);
        yield expressions.bind(new Expression.Is(arguments.get(0), "NULL", false));
      }
      case "MOD" -> {
        count(e, 2, 2);
        yield expressions.bind(new Expression.Binary("MOD", arguments.get(0), arguments.get(1)));
      }
      case "DATE_ADD", "DATE_SUB" -> dateArithmetic(e);
      case "TIMESTAMPADD" -> {
        count(e, 3, 3);
        String unit = (String) ((Expression.Literal) arguments.get(0)).value();
        yield dateArithmetic(
            new Expression.Call(
                "DATE_ADD",
                List.of(arguments.get(2), new Expression.Interval(arguments.get(1), unit))));
      }
      default -> function(e.name(), expressions.bindAll(arguments));
    };
  }

  private static void count(Expression.Call e, int min, int max) {
    int size = e.arguments().size();
    if (size < min || (max >= 0 && size > max)) {
      throw SqlError.WRONG_PARAMCOUNT_TO_NATIVE_FCT.with(e.name());
    }
  }

  private RexNode dateArithmetic(Expression.Call e) {
    if (!(e.arguments().get(1) instanceof Expression.Interval interval)) {
      throw SqlError.WRONG_PARAMCOUNT_TO_NATIVE_FCT.with(e.name());
    }
    RexNode date = expressions.bind(e.arguments().get(0));
    RexNode amount = expressions.bind(interval.value());
    RexNode unit = bind.rex.constant(interval.unit());
    ColumnType type = dateResult(MySqlTypes.columnType(date.getType()), interval.unit());
    return bind.rex.call(type, MySqlFunction.find(e.name()), date, amount, unit);
  }

  private static ColumnType dateResult(ColumnType date, String unit) {
    boolean micro = unit.endsWith("MICROSECOND");
    boolean days =
        switch (unit) {
          case "DAY", "WEEK", "MONTH", "QUARTER", "YEAR", "YEAR_MONTH" -> true;
          default -> false;
        };
    return switch (date.kind()) {
      case DATE -> days ? MySqlTypes.DATE : MySqlTypes.temporal(TypeKind.DATETIME, micro ? 6 : 0);
      case TIME -> MySqlTypes.temporal(TypeKind.TIME, micro ? 6 : date.scale());
      case DATETIME, TIMESTAMP -> MySqlTypes.temporal(TypeKind.DATETIME, micro ? 6 : date.scale());
      default -> MySqlTypes.string(29, Collation.UTF8MB4_0900_AI_CI);
    };
  }

  private RexNode coalesce(List<RexNode> operands) {
    RelDataType type = MySqlTypes.union(operands.stream().map(RexNode::getType).toList());
    boolean nullable = operands.stream().allMatch(o -> o.getType().isNullable());
    ColumnType column = local(MySqlTypes.columnType(type));
    return bind.rex.makeCall(
        MySqlTypes.of(column, nullable), SqlStdOperatorTable.COALESCE, aligned(operands, column));
  }

  /** A computed TIMESTAMP is a DATETIME in the session's time zone. */
  private static ColumnType local(ColumnType type) {
    return type.kind() == TypeKind.TIMESTAMP
        ? MySqlTypes.temporal(TypeKind.DATETIME, type.scale())
        : type;
  }

  private RexNode nullIf(List<Expression> arguments) {
    RexNode value = expressions.bind(arguments.get(0));
    RexNode equal =
        expressions.bind(new Expression.Binary("=", arguments.get(0), arguments.get(1)));
    ColumnType type = local(MySqlTypes.columnType(value.getType()));
    return bind.rex.call(type, SqlStdOperatorTable.CASE, equal, bind.rex.constant(null), value);
  }

  RexNode caseOf(Expression.Case e) {
    List<RexNode> conditions = new ArrayList<>();
    List<RexNode> results = new ArrayList<>();
    for (Expression.When when : e.whens()) {
      Expression condition =
          e.value() == null
              ? when.condition()
              : new Expression.Binary("=", e.value(), when.condition());
      conditions.add(expressions.condition(condition));
      results.add(expressions.bind(when.result()));
    }
    results.add(e.otherwise() == null ? bind.rex.constant(null) : expressions.bind(e.otherwise()));
    RelDataType type = MySqlTypes.union(results.stream().map(RexNode::getType).toList());
    ColumnType column = local(MySqlTypes.columnType(type));
    List<RexNode> aligned = aligned(results, column);
    List<RexNode> operands = new ArrayList<>();
    for (int i = 0; i < conditions.size(); i++) {
      operands.add(conditions.get(i));
      operands.add(aligned.get(i));
    }
    operands.add(aligned.get(aligned.size() - 1));
    return bind.rex.makeCall(
        MySqlTypes.of(column, type.isNullable()), SqlStdOperatorTable.CASE, operands);
  }

  private List<RexNode> aligned(List<RexNode> values, ColumnType type) {
    List<RexNode> aligned = new ArrayList<>();
    for (RexNode value : values) {
      aligned.add(aligned(value, type));
    }
    return aligned;
  }

  /** Cast only when values of the two types are of different classes. */
  RexNode aligned(RexNode value, ColumnType type) {
    if (MySqlTypes.isNull(value.getType())) {
      return value;
    }
    ColumnType from = MySqlTypes.columnType(value.getType());
    return ColumnAlignment.sameClass(from, type) ? value : bind.rex.cast(value, type);
  }

  RexNode cast(Expression.Cast e) {
    RexNode value = expressions.bind(e.value());
    ColumnType type = e.type();
    if (type.length() == -1) {
      int length = MySqlTypes.length(MySqlTypes.columnType(value.getType()));
      type =
          type.kind() == TypeKind.VARBINARY
              ? MySqlTypes.binary(length)
              : MySqlTypes.string(length, type.collation());
    }
    return bind.rex.cast(value, type);
  }
}
