package io.polarj.sql.ast;

import io.polarj.engine.api.LockMode;
import io.polarj.engine.api.LockWait;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;

/** FOR UPDATE, FOR SHARE, LOCK IN SHARE MODE with what to do about a conflict. */
public record LockClause(LockMode mode, LockWait onConflict) {
  /** The clause of a call of {@link MySqlOperators#LOCKED}. */
  public static LockClause of(SqlCall locked) {
    return new LockClause(
        symbol(locked.operand(1), LockMode.class), symbol(locked.operand(2), LockWait.class));
  }

  private static <E extends Enum<E>> E symbol(SqlNode node, Class<E> type) {
    return ((SqlLiteral) node).getValueAs(type);
  }
}
