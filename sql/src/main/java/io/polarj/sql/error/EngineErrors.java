package io.polarj.sql.error;

import io.polarj.engine.error.EngineException;

/** The engine's errors as MySQL clients know them. */
public final class EngineErrors {
  private EngineErrors() {}

  /** {@code table}: the table that was written, for a duplicate key; may be empty. */
  public static SqlException translated(EngineException e, String table, String primaryAddress) {
    return switch (e) {
      case EngineException.DuplicateKey duplicate ->
          error(
              e,
              SqlError.DUP_ENTRY,
              duplicate.key(),
              table.isEmpty() ? duplicate.index() : table + "." + duplicate.index());
      case EngineException.LockWaitTimeout timeout -> error(e, SqlError.LOCK_WAIT_TIMEOUT);
      case EngineException.LockNotAvailable taken -> error(e, SqlError.LOCK_NOWAIT);
      case EngineException.Deadlock deadlock -> error(e, SqlError.DEADLOCK);
      case EngineException.Interrupted interrupted -> error(e, SqlError.QUERY_INTERRUPTED);
      case EngineException.ReadOnly readOnly -> readOnly(e, primaryAddress);
      case EngineException.TableChanged changed -> error(e, SqlError.TABLE_DEF_CHANGED);
      case EngineException.SnapshotTooOld old ->
          new SqlException(
              SqlError.TABLE_DEF_CHANGED,
              "The rows this transaction's snapshot needs are gone ("
                  + old.getMessage()
                  + "); retry transaction",
              e);
      case EngineException.NoSuchTable missing -> {
        int dot = missing.getMessage().indexOf('.');
        yield error(
            e,
            SqlError.NO_SUCH_TABLE,
            missing.getMessage().substring(0, Math.max(0, dot)),
            missing.getMessage().substring(dot + 1));
      }
      case EngineException.NoSuchSchema missing -> error(e, SqlError.BAD_DB, missing.getMessage());
      case EngineException.AlreadyExists exists ->
          error(e, SqlError.TABLE_EXISTS, exists.getMessage());
      case EngineException.TooLarge large ->
          new SqlException(
              SqlError.TOO_BIG_ROWSIZE, "Row size too large. " + large.getMessage(), e);
      case EngineException.NoSpace full -> error(e, SqlError.DISK_FULL, full.getMessage());
      case EngineException.Corruption corruption ->
          new SqlException(SqlError.CRASHED_TABLE, corruption.getMessage(), e);
      case EngineException.StorageFailure failure ->
          new SqlException(SqlError.INTERNAL, "Storage failure: " + failure.getMessage(), e);
      case EngineException.NotServing silent ->
          // a state of class 08 makes drivers with several hosts go to the next
          new SqlException(
              SqlError.SERVER_SHUTDOWN,
              "08S01",
              "This node does not answer now: " + silent.getMessage() + "; use another node",
              e);
      case EngineException.NotSupported unsupported ->
          error(e, SqlError.NOT_SUPPORTED_YET, unsupported.getMessage());
      default -> error(e, SqlError.INTERNAL, e.getMessage());
    };
  }

  /** A write on a node that is not the primary. */
  public static SqlException readOnly(Throwable cause, String primaryAddress) {
    String message = SqlError.OPTION_PREVENTS_STATEMENT.with("--read-only").getMessage();
    return new SqlException(
        SqlError.OPTION_PREVENTS_STATEMENT,
        primaryAddress.isEmpty() ? message : message + "; the primary is " + primaryAddress,
        cause);
  }

  private static SqlException error(EngineException cause, SqlError error, Object... arguments) {
    return new SqlException(error, error.with(arguments).getMessage(), cause);
  }
}
