package io.polarj.sql.validate;

import io.polarj.sql.ast.MySqlOperators;
import io.polarj.sql.error.SqlError;
import java.util.Locale;
import java.util.Map;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.util.SqlShuttle;
import org.apache.calcite.sql.validate.SqlValidatorScope;

/** Gives the names in one clause in full, and validates its subqueries. */
final class NameExpander extends SqlShuttle {
  /** How a clause may name columns of the select list. */
  enum Aliases {
    NONE,
    /** Where FROM has no such column. */
    AFTER_COLUMNS,
    BEFORE_COLUMNS
  }

  private final SelectValidation select;
  private final SqlValidatorScope scope;
  private final Aliases use;
  private final Map<String, SqlNode> aliases;
  private final boolean aggregates;

  /** {@code aliases}: by lower-case name; {@code aggregates}: whether they may stand here. */
  NameExpander(
      SelectValidation select,
      SqlValidatorScope scope,
      Aliases use,
      Map<String, SqlNode> aliases,
      boolean aggregates) {
    this.select = select;
    this.scope = scope;
    this.use = use;
    this.aliases = aliases;
    this.aggregates = aggregates;
  }

  @Override
  public SqlNode visit(SqlIdentifier id) {
    if (id.isStar()) {
      return id;
    }
    SqlNode aliased =
        id.isSimple() && use != Aliases.NONE
            ? aliases.get(id.getSimple().toLowerCase(Locale.ROOT))
            : null;
    if (aliased != null && (use == Aliases.BEFORE_COLUMNS || !select.offers(id))) {
      return aliased;
    }
    return select.resolve(id, scope);
  }

  @Override
  public SqlNode visit(SqlCall call) {
    if (call.getOperator() == MySqlOperators.INSERTED_VALUE
        || call.getOperator() == MySqlOperators.DEFAULT_OF) {
      return call;
    }
    if (call.getKind() == SqlKind.SCALAR_QUERY) {
      // Calcite marks scalar subqueries so; where a query stands tells as much.
      return call.operand(0).accept(this);
    }
    if (Expressions.isQuery(call)) {
      select.validateSubQuery(call, scope);
      return call;
    }
    if (Expressions.isAggregate(call)) {
      if (!aggregates) {
        throw SqlError.INVALID_GROUP_FUNC_USE.with();
      }
      NameExpander argument = new NameExpander(select, scope, Aliases.NONE, Map.of(), false);
      return argument.operands(call);
    }
    return operands(call);
  }

  private SqlNode operands(SqlCall call) {
    CallCopyingArgHandler copy = new CallCopyingArgHandler(call, false);
    call.getOperator().acceptCall(this, call, false, copy);
    SqlCall result = (SqlCall) copy.result();
    return Expressions.function(result) == null ? result : select.resolved(result);
  }
}
