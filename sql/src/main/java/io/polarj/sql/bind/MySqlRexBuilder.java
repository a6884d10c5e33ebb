package io.polarj.sql.bind;

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
    RelDataType type = MySqlTypes.ofConstant(value, typeFactory);
    return switch (value) {
      case null -> makeNullLiteral(type);
      case Boolean bool -> makeLiteral(bool, type, SqlTypeName.BOOLEAN);
      case Long number -> makeLiteral(BigDecimal.valueOf(number), type, SqlTypeName.DECIMAL);
      case BigDecimal number -> makeLiteral(number, type, SqlTypeName.DECIMAL);
      case Double number -> makeLiteral(number, type, SqlTypeName.DOUBLE);
      case byte[] bytes -> makeLiteral(new ByteString(bytes), type, SqlTypeName.BINARY);
      default ->
          makeLiteral(
              new NlsString((String) value, "UTF-8", type.getCollation()), type, SqlTypeName.CHAR);
    };
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
