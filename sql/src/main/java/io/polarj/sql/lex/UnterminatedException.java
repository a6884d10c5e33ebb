package io.polarj.sql.lex;

/**
 * A quoted token that does not end, or whose digits are none; {@code offset} is where it starts.
 */
public final class UnterminatedException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final int offset;

  UnterminatedException(int offset) {
    super("token does not end", null, false, false);
    this.offset = offset;
  }

  UnterminatedException(int offset, Throwable cause) {
    super("not a number", cause, false, false);
    this.offset = offset;
  }

  public int offset() {
    return offset;
  }
}
