package io.polarj.sql.error;

import io.polarj.engine.error.EngineException;

/** The MySQL error for each way in which the engine can fail. */
public final class EngineErrors {
  private EngineErrors() {}

  /** {@code primary}: where writes go, named to clients of a read-only node; may be empty. */
  public static SqlException toSql(EngineException e, String primary) {
    return switch (e) {
      case EngineException.DuplicateKey d -> of(SqlError.DUP_ENTRY.with(d.key(), d.index()), e);
      case EngineException.LockWaitTimeout t -> of(SqlError.LOCK_WAIT_TIMEOUT.with(), e);
      case EngineException.LockNotAvailable n -> of(SqlError.LOCK_NOWAIT.with(), e);
      case EngineException.Deadlock d -> of(SqlError.DEADLOCK.with(), e);
      case EngineException.Interrupted i -> of(SqlError.QUERY_INTERRUPTED.with(), e);
      case EngineException.ReadOnly r -> of(readOnly(primary), e);
      case EngineException.TableChanged t -> of(SqlError.TABLE_DEF_CHANGED.with(), e);
      case EngineException.SnapshotTooOld s ->
          new SqlException(SqlError.TABLE_DEF_CHANGED, "Snapshot too old: " + e.getMessage(), e);
      case EngineException.NoSuchTable n ->
          new SqlException(
              SqlError.NO_SUCH_TABLE, "Table '" + e.getMessage() + "' doesn't exist", e);
      case EngineException.NoSuchSchema n -> of(SqlError.BAD_DB.with(e.getMessage()), e);
      case EngineException.AlreadyExists a -> of(SqlError.TABLE_EXISTS.with(e.getMessage()), e);
      case EngineException.TooLarge t ->
          new SqlException(SqlError.TOO_BIG_ROWSIZE, e.getMessage(), e);
      case EngineException.NoSpace n -> of(SqlError.DISK_FULL.with(e.getMessage()), e);
      case EngineException.Corruption c -> of(SqlError.CRASHED_TABLE.with(e.getMessage()), e);
      case EngineException.StorageFailure f ->
          new SqlException(SqlError.INTERNAL, "Storage failure: " + e.getMessage(), e);
      case EngineException.NotSupported n -> of(SqlError.NOT_SUPPORTED_YET.with(e.getMessage()), e);
      default -> new SqlException(SqlError.INTERNAL, e.getMessage(), e);
    };
  }

  /** Error 1290 as a read-only node gives it. */
  public static SqlException readOnly(String primary) {
    SqlException plain = SqlError.OPTION_PREVENTS_STATEMENT.with("--read-only");
    return primary.isEmpty()
        ? plain
        : new SqlException(
            SqlError.OPTION_PREVENTS_STATEMENT,
            plain.getMessage() + "; the primary is at " + primary);
  }

  private static SqlException of(SqlException exception, EngineException cause) {
    exception.initCause(cause);
    return exception;
  }
}
