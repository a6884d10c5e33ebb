package io.polarj.sql.bind;

import io.polarj.engine.schema.Collation;
import io.polarj.engine.schema.ColumnType;
import io.polarj.engine.schema.TypeKind;
import io.polarj.sql.ast.CastType;
import io.polarj.sql.error.SqlError;
import io.polarj.sql.expr.MySqlFunction;
import io.polarj.sql.type.MySqlTypes;
import io.polarj.sql.validate.Expressions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlDataTypeSpec;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;

/** Binds calls of functions, casts, CASE and variables. */
final class FunctionBinder {
  private final BindSession bind;
  private final ExpressionBinder expressions;

  FunctionBinder(BindSession bind, ExpressionBinder expressions) {
    this.bind = bind;
    this.expressions = expressions;
  }

  RexNode userVariable(String name) {
    bind.notCacheable();
    return variable("@", name, typeOf(bind.session.userVariable(name)));
  }

  /** {@code text} may have a scope and a point before the name. */
  RexNode systemVariable(String text) {
    String name = text.toLowerCase(Locale.ROOT);
    String scope = "";
    for (String candidate : List.of("session.", "global.", "local.", "persist.")) {
      if (name.startsWith(candidate)) {
        scope = candidate.equals("local.") ? "session." : candidate;
        name = name.substring(candidate.length());
        break;
      }
    }
    return variable("@@", scope + name, typeOf(bind.session.systemVariable(name)));
  }

  private static ColumnType typeOf(Object value) {
    return value == null
        ? MySqlTypes.string(255, Collation.UTF8MB4_0900_AI_CI)
        : MySqlTypes.ofClass(value.getClass());
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

  RexNode call(SqlCall e) {
    List<SqlNode> arguments = e.getOperandList();
    String name = Expressions.function(e);
    return switch (name) {
      case "IF" -> {
        count(e, 3, 3);
        yield caseOf(List.of(e.operand(0)), List.of(e.operand(1)), e.operand(2));
      }
      case "IFNULL" -> {
        count(e, 2, 2);
        yield coalesce(expressions.bindAll(arguments));
      }
      case "COALESCE" -> {
        count(e, 1, -1);
        yield coalesce(expressions.bindAll(arguments));
      }
      case "NULLIF" -> {
        count(e, 2, 2);
        yield nullIf(e.operand(0), e.operand(1));
      }
      case "ISNULL" -> {
        count(e, 1, 1);
        yield expressions.is(SqlKind.IS_NULL, expressions.bind(e.operand(0)));
      }
      case "MOD" -> {
        count(e, 2, 2);
        RexNode left = expressions.bind(e.operand(0));
        yield expressions.arithmetic(SqlKind.MOD, left, expressions.bind(e.operand(1)));
      }
      case "DATE_ADD", "ADDDATE", "DATE_SUB", "SUBDATE" -> dateArithmetic(name, e);
      case "TIMESTAMPADD" -> {
        count(e, 3, 3);
        RexNode date = expressions.bind(e.operand(2));
        yield dateArithmetic(
            "DATE_ADD", date, expressions.bind(e.operand(1)), Expressions.text(e.operand(0)));
      }
      default -> function(name, expressions.bindAll(arguments));
    };
  }

  private static void count(SqlCall e, int min, int max) {
    int size = e.operandCount();
    if (size < min || (max >= 0 && size > max)) {
      throw SqlError.WRONG_PARAMCOUNT_TO_NATIVE_FCT.with(Expressions.function(e));
    }
  }

  /** A number alone counts days, in ADDDATE and SUBDATE. */
  private RexNode dateArithmetic(String name, SqlCall e) {
    count(e, 2, 2);
    String plain = name.endsWith("ADD") || name.startsWith("ADD") ? "DATE_ADD" : "DATE_SUB";
    if (e.operand(1) instanceof SqlCall interval && Expressions.isInterval(interval)) {
      return dateArithmetic(plain, e.operand(0), interval);
    }
    if (name.startsWith("DATE_")) {
      throw SqlError.WRONG_PARAMCOUNT_TO_NATIVE_FCT.with(name);
    }
    RexNode date = expressions.bind(e.operand(0));
    return dateArithmetic(plain, date, expressions.bind(e.operand(1)), "DAY");
  }

  RexNode dateArithmetic(String name, SqlNode date, SqlCall interval) {
    RexNode bound = expressions.bind(date);
    return dateArithmetic(
        name, bound, expressions.bind(interval.operand(0)), Expressions.text(interval.operand(1)));
  }

  private RexNode dateArithmetic(String name, RexNode date, RexNode amount, String unit) {
    ColumnType type = dateResult(MySqlTypes.columnType(date.getType()), unit);
    return bind.rex.call(type, MySqlFunction.find(name), date, amount, bind.rex.constant(unit));
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

  private RexNode nullIf(SqlNode first, SqlNode second) {
    RexNode value = expressions.bind(first);
    RexNode equal = expressions.comparison(SqlKind.EQUALS, first, second);
    ColumnType type = local(MySqlTypes.columnType(value.getType()));
    return bind.rex.call(type, SqlStdOperatorTable.CASE, equal, bind.rex.constant(null), value);
  }

  RexNode caseOf(List<SqlNode> whens, List<SqlNode> thens, SqlNode otherwise) {
    List<RexNode> conditions = new ArrayList<>();
    List<RexNode> results = new ArrayList<>();
    for (int i = 0; i < whens.size(); i++) {
      conditions.add(expressions.condition(whens.get(i)));
      results.add(expressions.bind(thens.get(i)));
    }
    results.add(otherwise == null ? bind.rex.constant(null) : expressions.bind(otherwise));
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

  RexNode cast(SqlCall e) {
    RexNode value = expressions.bind(e.operand(0));
    SqlDataTypeSpec spec = e.operand(1);
    ColumnType type = ((CastType) spec.getTypeNameSpec()).type();
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
