package io.polarj.sql.bind;

import io.polarj.engine.schema.ColumnType;
import io.polarj.sql.error.SqlError;
import io.polarj.sql.expr.MySqlFunction;
import io.polarj.sql.type.MySqlTypes;
import io.polarj.sql.validate.Expressions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlCall;
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

  RexNode userVariable(SqlCall e) {
    bind.notCacheable();
    return variable(e, Expressions.text(e.operand(0)));
  }

  /** The name may have a scope and a point before it. */
  RexNode systemVariable(SqlCall e) {
    String name = Expressions.text(e.operand(0)).toLowerCase(Locale.ROOT);
    return variable(e, name.replaceFirst("^local\\.", "session."));
  }

  private RexNode variable(SqlCall e, String name) {
    String function = e.getOperator().getName();
    return bind.rex.call(bind.typeOf(e), MySqlFunction.find(function), bind.rex.constant(name));
  }

  RexNode call(SqlCall e) {
    String name = Expressions.function(e);
    return switch (name) {
      case "IF" -> caseOf(e, List.of(e.operand(0)), List.of(e.operand(1)), e.operand(2));
      case "IFNULL", "COALESCE" -> coalesce(e);
      case "NULLIF" -> nullIf(e);
      case "ISNULL" -> expressions.is(SqlKind.IS_NULL, expressions.bind(e.operand(0)));
      case "MOD" -> expressions.arithmetic(e);
      case "DATE_ADD", "ADDDATE", "DATE_SUB", "SUBDATE" -> dateArithmetic(name, e);
      case "TIMESTAMPADD" -> {
        RexNode date = expressions.bind(e.operand(2));
        yield dateArithmetic(
            e, "DATE_ADD", date, expressions.bind(e.operand(1)), Expressions.text(e.operand(0)));
      }
      default -> expressions.function(name, e.getOperandList());
    };
  }

  /** A number alone counts days, in ADDDATE and SUBDATE. */
  private RexNode dateArithmetic(String name, SqlCall e) {
    String plain = name.endsWith("ADD") || name.startsWith("ADD") ? "DATE_ADD" : "DATE_SUB";
    if (e.operand(1) instanceof SqlCall interval && Expressions.isInterval(interval)) {
      return dateArithmetic(e, plain, e.operand(0), interval);
    }
    if (name.startsWith("DATE_")) {
      throw SqlError.WRONG_PARAMCOUNT_TO_NATIVE_FCT.with(name);
    }
    RexNode date = expressions.bind(e.operand(0));
    return dateArithmetic(e, plain, date, expressions.bind(e.operand(1)), "DAY");
  }

  RexNode dateArithmetic(SqlCall e, String name, SqlNode date, SqlCall interval) {
    RexNode bound = expressions.bind(date);
    RexNode amount = expressions.bind(interval.operand(0));
    return dateArithmetic(e, name, bound, amount, Expressions.text(interval.operand(1)));
  }

  private RexNode dateArithmetic(
      SqlCall e, String name, RexNode date, RexNode amount, String unit) {
    return bind.rex.call(
        bind.typeOf(e), MySqlFunction.find(name), date, amount, bind.rex.constant(unit));
  }

  private RexNode coalesce(SqlCall e) {
    List<RexNode> operands = expressions.bindAll(e.getOperandList());
    ColumnType type = bind.typeOf(e);
    boolean nullable = operands.stream().allMatch(o -> o.getType().isNullable());
    return bind.rex.makeCall(
        MySqlTypes.of(type, nullable), SqlStdOperatorTable.COALESCE, aligned(operands, type));
  }

  private RexNode nullIf(SqlCall e) {
    RexNode value = expressions.bind(e.operand(0));
    RexNode equal = expressions.comparison(SqlKind.EQUALS, e.operand(0), e.operand(1));
    RexNode none = bind.rex.constant(null);
    return bind.rex.call(bind.typeOf(e), SqlStdOperatorTable.CASE, equal, none, value);
  }

  RexNode caseOf(SqlCall e, List<SqlNode> whens, List<SqlNode> thens, SqlNode otherwise) {
    List<RexNode> conditions = new ArrayList<>();
    List<RexNode> results = new ArrayList<>();
    for (int i = 0; i < whens.size(); i++) {
      conditions.add(expressions.condition(whens.get(i)));
      results.add(expressions.bind(thens.get(i)));
    }
    results.add(otherwise == null ? bind.rex.constant(null) : expressions.bind(otherwise));
    boolean nullable = results.stream().anyMatch(r -> r.getType().isNullable());
    ColumnType type = bind.typeOf(e);
    List<RexNode> aligned = aligned(results, type);
    List<RexNode> operands = new ArrayList<>();
    for (int i = 0; i < conditions.size(); i++) {
      operands.add(conditions.get(i));
      operands.add(aligned.get(i));
    }
    operands.add(aligned.get(aligned.size() - 1));
    return bind.rex.makeCall(MySqlTypes.of(type, nullable), SqlStdOperatorTable.CASE, operands);
  }

  private List<RexNode> aligned(List<RexNode> values, ColumnType type) {
    return values.stream().map(value -> aligned(value, type)).toList();
  }

  /** Cast only when values of the two types are of different classes. */
  private RexNode aligned(RexNode value, ColumnType type) {
    if (MySqlTypes.isNull(value.getType())) {
      return value;
    }
    ColumnType from = MySqlTypes.columnType(value.getType());
    return ColumnAlignment.sameClass(from, type) ? value : bind.rex.cast(value, type);
  }
}
