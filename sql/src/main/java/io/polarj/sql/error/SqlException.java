package io.polarj.sql.error;

/** An error that the client is told, as MySQL would tell it. */
public final class SqlException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final SqlError error;
  private final String sqlState;

  public SqlException(SqlError error, String message) {
    this(error, error.sqlState(), message, null);
  }

  public SqlException(SqlError error, String message, Throwable cause) {
    this(error, error.sqlState(), message, cause);
  }

  /** With a SQLSTATE of its own, where drivers act on the state. */
  public SqlException(SqlError error, String sqlState, String message, Throwable cause) {
    super(message, cause);
    this.error = error;
    this.sqlState = sqlState;
  }

  public SqlError error() {
    return error;
  }

  public int code() {
    return error.code();
  }

  public String sqlState() {
    return sqlState;
  }
}
