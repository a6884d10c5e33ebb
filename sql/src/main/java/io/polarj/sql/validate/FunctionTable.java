package io.polarj.sql.validate;

import io.polarj.sql.error.SqlError;
import io.polarj.sql.expr.MySqlFunction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlOperatorTable;
import org.apache.calcite.sql.SqlSyntax;
import org.apache.calcite.sql.type.OperandTypes;
import org.apache.calcite.sql.type.SqlOperandCountRanges;
import org.apache.calcite.sql.validate.SqlNameMatcher;

/**
 * The functions that statements can call, by upper-case name: those of the library, those that the
 * binder makes other expressions of, and the aggregates.
 */
final class FunctionTable implements SqlOperatorTable {
  static final FunctionTable INSTANCE = new FunctionTable();
  private final Map<String, SqlFunction> bound = new HashMap<>();

  private FunctionTable() {
    bound("IF", 3, 3);
    bound("IFNULL", 2, 2);
    bound("COALESCE", 1, -1);
    bound("NULLIF", 2, 2);
    bound("ISNULL", 1, 1);
    bound("MOD", 2, 2);
    bound("DATE_ADD", 2, 2);
    bound("ADDDATE", 2, 2);
    bound("DATE_SUB", 2, 2);
    bound("SUBDATE", 2, 2);
    bound("TIMESTAMPADD", 3, 3);
    Expressions.AGGREGATES.forEach(name -> bound(name, 1, 1));
    bound("COUNT", 1, -1);
    bound("GROUP_CONCAT", 1, -1);
  }

  private void bound(String name, int min, int max) {
    bound.put(
        name,
        new SqlFunction(
            name,
            SqlKind.OTHER_FUNCTION,
            null,
            null,
            OperandTypes.variadic(SqlOperandCountRanges.between(min, max)),
            SqlFunctionCategory.USER_DEFINED_FUNCTION));
  }

  private SqlFunction find(String name) {
    String upper = name.toUpperCase(Locale.ROOT);
    SqlFunction function = bound.get(upper);
    return function == null ? MySqlFunction.find(upper) : function;
  }

  @Override
  public void lookupOperatorOverloads(
      SqlIdentifier name,
      SqlFunctionCategory category,
      SqlSyntax syntax,
      List<SqlOperator> found,
      SqlNameMatcher names) {
    SqlFunction function = name.isSimple() ? find(name.getSimple()) : null;
    if (function != null) {
      found.add(function);
    }
  }

  @Override
  public List<SqlOperator> getOperatorList() {
    return List.copyOf(bound.values());
  }

  /** The call of a function that there is, with as many arguments as it takes. */
  SqlCall resolved(SqlCall call, String schema) {
    String name = Expressions.function(call);
    SqlFunction function = find(name);
    if (function == null) {
      throw SqlError.SP_DOES_NOT_EXIST.with(
          "FUNCTION", (schema == null ? "" : schema + ".") + name);
    }
    List<SqlNode> arguments = new ArrayList<>(call.getOperandList());
    // What GROUP_CONCAT has after its arguments.
    arguments.removeIf(a -> a instanceof SqlNodeList || a.getKind() == SqlKind.SEPARATOR);
    if (!function.getOperandCountRange().isValidCount(arguments.size())) {
      throw SqlError.WRONG_PARAMCOUNT_TO_NATIVE_FCT.with(name);
    }
    return call.getOperator() instanceof MySqlFunction
        ? call
        : function.createCall(
            call.getFunctionQuantifier(),
            call.getParserPosition(),
            call.getOperandList().toArray(new SqlNode[0]));
  }
}
