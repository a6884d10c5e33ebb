package io.polarj.sql.validate;

import io.polarj.engine.schema.Collation;
import io.polarj.engine.schema.ColumnType;
import io.polarj.engine.schema.TypeKind;
import io.polarj.sql.ast.CastType;
import io.polarj.sql.ast.MySqlOperators;
import io.polarj.sql.error.SqlError;
import io.polarj.sql.expr.MySqlFunction;
import io.polarj.sql.session.SessionContext;
import io.polarj.sql.type.Collations;
import io.polarj.sql.type.MySqlType;
import io.polarj.sql.type.MySqlTypes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlDataTypeSpec;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.fun.SqlCase;

/**
 * MySQL's types of the calls in a validated tree, from those of their operands. One statement's.
 */
final class ExpressionTypes {
  private static final Collation DEFAULT = Collation.UTF8MB4_0900_AI_CI;
  private static final int GROUP_CONCAT_LENGTH = 1 << 20;
  private final MySqlValidator validator;
  private final SessionContext session;

  ExpressionTypes(MySqlValidator validator, SessionContext session) {
    this.validator = validator;
    this.session = session;
  }

  private RelDataType type(SqlNode node) {
    return validator.typeOf(node);
  }

  private ColumnType column(SqlNode node) {
    return MySqlTypes.columnType(type(node));
  }

  RelDataType of(SqlCall call) {
    if (call instanceof SqlCase node) {
      List<SqlNode> results = new ArrayList<>(node.getThenOperands().getList());
      results.add(node.getElseOperand());
      return common(results);
    }
    return switch (call.getKind()) {
      case PLUS, MINUS, TIMES, DIVIDE, MOD -> arithmetic(call);
      case MINUS_PREFIX -> computed(negated(call.operand(0)));
      case CAST -> computed(cast(call));
      case AND,
          OR,
          NOT,
          EQUALS,
          NOT_EQUALS,
          LESS_THAN,
          LESS_THAN_OR_EQUAL,
          GREATER_THAN,
          GREATER_THAN_OR_EQUAL,
          LIKE,
          BETWEEN,
          IN,
          NOT_IN,
          SOME,
          ALL ->
          MySqlType.truth(true);
      case IS_NOT_DISTINCT_FROM,
          EXISTS,
          IS_NULL,
          IS_NOT_NULL,
          IS_TRUE,
          IS_NOT_TRUE,
          IS_FALSE,
          IS_NOT_FALSE ->
          MySqlType.truth(false);
      default -> Expressions.function(call) == null ? operator(call) : function(call);
    };
  }

  private static RelDataType computed(ColumnType type) {
    return MySqlTypes.of(type, true);
  }

  private RelDataType operator(SqlCall call) {
    String name = call.getOperator().getName();
    return switch (name) {
      case "XOR", "REGEXP", "NOT REGEXP" -> MySqlType.truth(true);
      case "DIV" -> computed(Arithmetic.result(name, type(call.operand(0)), type(call.operand(1))));
      case "BINARY" -> computed(MySqlTypes.binary(4L * MySqlTypes.length(column(call.operand(0)))));
      case "COLLATE" -> collated(call);
      case "@" -> computed(valueType(session.userVariable(Expressions.text(call.operand(0)))));
      case "@@" -> computed(valueType(session.systemVariable(variable(call))));
      case "INTERVAL" -> throw SqlError.WRONG_USAGE.with("INTERVAL", "expression");
      default -> {
        if (call.getOperator() == MySqlOperators.INSERTED_VALUE
            || call.getOperator() == MySqlOperators.DEFAULT_OF
            || MySqlFunction.find(Expressions.libraryName(name)) == null) {
          yield validator.untyped();
        }
        yield library(Expressions.libraryName(name), call.getOperandList());
      }
    };
  }

  private RelDataType library(String function, List<SqlNode> arguments) {
    List<ColumnType> types = arguments.stream().map(this::column).toList();
    return computed(MySqlFunction.find(function).def().type().infer(types));
  }

  private static String variable(SqlCall call) {
    String name = Expressions.text(call.operand(0)).toLowerCase(Locale.ROOT);
    return name.substring(name.lastIndexOf('.') + 1);
  }

  private static ColumnType valueType(Object value) {
    return value == null ? MySqlTypes.string(255, DEFAULT) : MySqlTypes.ofClass(value.getClass());
  }

  private RelDataType function(SqlCall call) {
    String name = Expressions.function(call);
    if (Expressions.isAggregate(call)) {
      return aggregate(name, call);
    }
    return switch (name) {
      case "IF" -> common(call.getOperandList().subList(1, 3));
      case "IFNULL", "COALESCE" -> common(call.getOperandList());
      case "NULLIF" -> computed(local(column(call.operand(0))));
      case "ISNULL" -> MySqlType.truth(false);
      case "MOD" -> arithmetic(call);
      case "DATE_ADD", "ADDDATE", "DATE_SUB", "SUBDATE" ->
          Expressions.isInterval(call.operand(1))
              ? shifted(call.operand(0), call.operand(1))
              : computed(shifted(column(call.operand(0)), "DAY"));
      case "TIMESTAMPADD" ->
          computed(shifted(column(call.operand(2)), Expressions.text(call.operand(0))));
      default -> library(name, call.getOperandList());
    };
  }

  // Numbers and dates

  private RelDataType arithmetic(SqlCall call) {
    SqlNode left = call.operand(0);
    SqlNode right = call.operand(1);
    boolean sum = call.getKind() == SqlKind.PLUS;
    if (Expressions.isInterval(right) && (sum || call.getKind() == SqlKind.MINUS)) {
      return shifted(left, (SqlCall) right);
    }
    if (Expressions.isInterval(left) && sum) {
      return shifted(right, (SqlCall) left);
    }
    String operator =
        switch (call.getKind()) {
          case PLUS -> "+";
          case MINUS -> "-";
          case TIMES -> "*";
          case DIVIDE -> "/";
          default -> "MOD";
        };
    return computed(Arithmetic.result(operator, type(left), type(right)));
  }

  private ColumnType negated(SqlNode operand) {
    ColumnType numeric = Arithmetic.numeric(type(operand), type(operand));
    return MySqlTypes.isInteger(numeric) ? MySqlTypes.BIGINT : numeric;
  }

  private RelDataType shifted(SqlNode date, SqlCall interval) {
    return computed(shifted(column(date), Expressions.text(interval.operand(1))));
  }

  private static ColumnType shifted(ColumnType date, String unit) {
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
      default -> MySqlTypes.string(29, DEFAULT);
    };
  }

  // Strings, casts and choices

  private ColumnType cast(SqlCall call) {
    SqlDataTypeSpec spec = call.operand(1);
    ColumnType type = ((CastType) spec.getTypeNameSpec()).type();
    if (type.length() != -1) {
      return type;
    }
    int length = MySqlTypes.length(column(call.operand(0)));
    return type.kind() == TypeKind.VARBINARY
        ? MySqlTypes.binary(length)
        : MySqlTypes.string(length, type.collation());
  }

  private RelDataType collated(SqlCall call) {
    Collation collation = Collations.byName(Expressions.text(call.operand(1)));
    ColumnType type = column(call.operand(0));
    boolean member = type.kind() == TypeKind.ENUM || type.kind() == TypeKind.SET;
    ColumnType collated =
        MySqlTypes.isString(type) && !MySqlTypes.isBinary(type)
            ? new ColumnType(
                member ? TypeKind.VARCHAR : type.kind(),
                false,
                MySqlTypes.length(type),
                0,
                collation,
                List.of())
            : MySqlTypes.string(MySqlTypes.length(type), collation);
    return MySqlTypes.of(collated, type(call.operand(0)).isNullable());
  }

  private RelDataType common(List<SqlNode> values) {
    RelDataType type = MySqlTypes.union(values.stream().map(this::type).toList());
    return MySqlTypes.of(local(MySqlTypes.columnType(type)), type.isNullable());
  }

  /** A computed TIMESTAMP is a DATETIME in the session's time zone. */
  private static ColumnType local(ColumnType type) {
    return type.kind() == TypeKind.TIMESTAMP
        ? MySqlTypes.temporal(TypeKind.DATETIME, type.scale())
        : type;
  }

  // Aggregates

  private RelDataType aggregate(String name, SqlCall call) {
    if (name.equals("COUNT")) {
      return MySqlTypes.of(MySqlTypes.BIGINT, false);
    }
    List<SqlNode> arguments =
        call.getOperandList().stream().filter(a -> !(a instanceof SqlNodeList)).toList();
    return MySqlTypes.of(aggregate(name, arguments.get(0)), !name.startsWith("BIT_"));
  }

  private ColumnType aggregate(String name, SqlNode argument) {
    ColumnType type = column(argument);
    ColumnType number =
        MySqlTypes.isNull(type(argument)) ? MySqlTypes.DOUBLE : Arithmetic.numeric(type);
    boolean exact = number.kind() != TypeKind.DOUBLE;
    return switch (name) {
      case "SUM" ->
          exact
              ? MySqlTypes.decimal(MySqlTypes.digits(number) + 22, MySqlTypes.scale(number))
              : MySqlTypes.DOUBLE;
      case "AVG" ->
          exact
              ? MySqlTypes.decimal(MySqlTypes.digits(number) + 4, MySqlTypes.scale(number) + 4)
              : MySqlTypes.DOUBLE;
      case "GROUP_CONCAT" ->
          MySqlTypes.isBinary(type) && type != MySqlTypes.NULL
              ? MySqlTypes.binary(GROUP_CONCAT_LENGTH)
              : MySqlTypes.string(
                  GROUP_CONCAT_LENGTH, MySqlTypes.isString(type) ? type.collation() : DEFAULT);
      case "BIT_AND", "BIT_OR", "BIT_XOR" -> MySqlTypes.UNSIGNED_BIGINT;
      case "MIN", "MAX", "ANY_VALUE" -> type;
      default -> MySqlTypes.DOUBLE;
    };
  }
}
