package io.polarj.sql.bind;

import io.polarj.engine.schema.Collation;
import io.polarj.engine.schema.ColumnType;
import io.polarj.sql.type.MySqlType;
import io.polarj.sql.type.MySqlTypes;
import java.math.BigDecimal;
import java.util.List;
import org.apache.calcite.avatica.util.ByteString;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.util.NlsString;

/** Makes literals and calls with MySQL types. */
final class MySqlRexBuilder extends RexBuilder {
  MySqlRexBuilder(RelDataTypeFactory types) {
    super(types);
  }

  RexNode constant(Object value) {
    return switch (value) {
      case null -> makeNullLiteral(typeFactory.createSqlType(SqlTypeName.NULL));
      case Boolean bool -> makeLiteral(bool, MySqlType.truth(false), SqlTypeName.BOOLEAN);
      case Long number ->
          makeLiteral(
              BigDecimal.valueOf(number),
              MySqlTypes.of(MySqlTypes.BIGINT, false),
              SqlTypeName.DECIMAL);
      case BigDecimal number ->
          makeLiteral(number, MySqlTypes.of(typeOf(number), false), SqlTypeName.DECIMAL);
      case Double number ->
          makeLiteral(number, MySqlTypes.of(MySqlTypes.DOUBLE, false), SqlTypeName.DOUBLE);
      case byte[] bytes ->
          makeLiteral(
              new ByteString(bytes),
              MySqlTypes.of(MySqlTypes.binary(bytes.length), false),
              SqlTypeName.BINARY);
      case String text -> string(text);
      default -> throw new IllegalArgumentException("no literal of " + value.getClass());
    };
  }

  /** Of integers above the range of long, those of 64 bits are unsigned numbers. */
  private static ColumnType typeOf(BigDecimal number) {
    return number.scale() == 0
            && number.signum() > 0
            && number.toBigInteger().bitLength() == Long.SIZE
        ? MySqlTypes.UNSIGNED_BIGINT
        : MySqlTypes.decimal(number.precision(), number.scale());
  }

  private RexNode string(String text) {
    int length = text.codePointCount(0, text.length());
    RelDataType type =
        MySqlTypes.of(MySqlTypes.string(length, Collation.UTF8MB4_0900_AI_CI), false);
    return makeLiteral(new NlsString(text, "UTF-8", type.getCollation()), type, SqlTypeName.CHAR);
  }

  RexNode call(ColumnType type, SqlOperator operator, RexNode... operands) {
    return makeCall(MySqlTypes.of(type, true), operator, List.of(operands));
  }

  /** A condition; it is never unknown when no operand can be NULL. */
  RexNode truth(SqlOperator operator, List<RexNode> operands) {
    boolean nullable = operands.stream().anyMatch(o -> o.getType().isNullable());
    return makeCall(MySqlType.truth(nullable), operator, operands);
  }

  RexNode truth(SqlOperator operator, RexNode... operands) {
    return truth(operator, List.of(operands));
  }

  RexNode cast(RexNode value, ColumnType type) {
    return makeCall(MySqlTypes.of(type, true), SqlStdOperatorTable.CAST, List.of(value));
  }
}
