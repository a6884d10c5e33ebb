package io.polarj.sql.validate;

import io.polarj.sql.ast.MySqlOperators;
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;

/** Looks into expressions as written. */
public final class Expressions {
  static final Set<String> AGGREGATES =
      Set.of(
          "COUNT",
          "SUM",
          "AVG",
          "MIN",
          "MAX",
          "GROUP_CONCAT",
          "BIT_AND",
          "BIT_OR",
          "BIT_XOR",
          "STD",
          "STDDEV",
          "STDDEV_POP",
          "STDDEV_SAMP",
          "VARIANCE",
          "VAR_POP",
          "VAR_SAMP",
          "ANY_VALUE");

  private Expressions() {}

  /** The name in upper case of the function that is called, or null for other expressions. */
  public static String function(SqlNode node) {
    return node instanceof SqlCall call
            && call.getOperator() instanceof SqlFunction function
            && call.getKind() != SqlKind.CAST
        ? function.getName().toUpperCase(Locale.ROOT)
        : null;
  }

  /** The function of the library that an operator stands for, or its own name. */
  public static String libraryName(String operator) {
    return switch (operator) {
      case "||" -> "CONCAT";
      case "->" -> "JSON_EXTRACT";
      case "->>" -> "JSON_UNQUOTE";
      default -> operator;
    };
  }

  public static boolean isQuery(SqlNode node) {
    return node.isA(SqlKind.QUERY);
  }

  public static boolean isInterval(SqlNode node) {
    return node instanceof SqlCall call && call.getOperator() == MySqlOperators.INTERVAL;
  }

  public static boolean isStar(SqlNode node) {
    return node instanceof SqlIdentifier identifier && identifier.isStar();
  }

  public static boolean isAggregate(SqlNode node) {
    String name = function(node);
    return name != null && AGGREGATES.contains(name);
  }

  /** Whether an aggregate of this query is in it; those of subqueries are their own. */
  public static boolean hasAggregate(SqlNode node) {
    return isAggregate(node) || children(node).stream().anyMatch(Expressions::hasAggregate);
  }

  public static boolean hasSubQuery(SqlNode node) {
    return isQuery(node) || children(node).stream().anyMatch(Expressions::hasSubQuery);
  }

  /** Whether a column is named in it. */
  static boolean hasColumn(SqlNode node) {
    return node instanceof SqlIdentifier
        || children(node).stream().anyMatch(Expressions::hasColumn);
  }

  private static List<SqlNode> children(SqlNode node) {
    if (isQuery(node)) {
      return List.of();
    }
    return switch (node) {
      case SqlCall call -> call.getOperandList().stream().filter(Objects::nonNull).toList();
      case SqlNodeList list -> list.getList();
      default -> List.of();
    };
  }

  /** Null, Boolean, Long, BigDecimal, Double, String or byte[]. */
  public static Object constant(SqlLiteral literal) {
    return switch (literal.getTypeName()) {
      case NULL -> null;
      case BOOLEAN -> literal.getValueAs(Boolean.class);
      case DECIMAL -> number(literal.getValueAs(BigDecimal.class));
      case DOUBLE -> literal.getValueAs(BigDecimal.class).doubleValue();
      case BINARY -> literal.getValueAs(byte[].class);
      case CHAR -> literal.getValueAs(String.class);
      default -> throw new IllegalArgumentException("literal " + literal.getTypeName());
    };
  }

  private static Object number(BigDecimal number) {
    return number.scale() == 0 && number.toBigInteger().bitLength() < Long.SIZE
        ? (Object) number.longValue()
        : number;
  }

  public static String text(SqlNode literal) {
    return (String) constant((SqlLiteral) literal);
  }
}
