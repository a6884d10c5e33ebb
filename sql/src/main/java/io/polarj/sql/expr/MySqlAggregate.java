package io.polarj.sql.expr;

import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.SqlAggFunction;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.type.OperandTypes;
import org.apache.calcite.sql.type.ReturnTypes;
import org.apache.calcite.util.Optionality;

/**
 * An aggregate with MySQL's result type: SUM, AVG, MIN, MAX, GROUP_CONCAT, BIT_AND, BIT_OR,
 * BIT_XOR, STDDEV_POP, STDDEV_SAMP, VAR_POP, VAR_SAMP, ANY_VALUE. COUNT is Calcite's own.
 */
public final class MySqlAggregate extends SqlAggFunction {
  private final String separator;

  /** {@code separator} is GROUP_CONCAT's, else null. */
  public MySqlAggregate(String name, RelDataType type, String separator) {
    super(
        name,
        null,
        kind(name),
        ReturnTypes.explicit(type),
        null,
        OperandTypes.VARIADIC,
        SqlFunctionCategory.USER_DEFINED_FUNCTION,
        false,
        false,
        Optionality.OPTIONAL);
    this.separator = separator;
  }

  private static SqlKind kind(String name) {
    return switch (name) {
      case "SUM" -> SqlKind.SUM;
      case "AVG" -> SqlKind.AVG;
      case "MIN" -> SqlKind.MIN;
      case "MAX" -> SqlKind.MAX;
      case "ANY_VALUE" -> SqlKind.ANY_VALUE;
      default -> SqlKind.OTHER_FUNCTION;
    };
  }

  String separator() {
    return separator;
  }

  @Override
  public boolean equals(Object other) {
    return this == other
        || (super.equals(other)
            && other instanceof MySqlAggregate that
            && java.util.Objects.equals(separator, that.separator));
  }

  @Override
  public int hashCode() {
    return super.hashCode() * 31 + java.util.Objects.hashCode(separator);
  }
}
