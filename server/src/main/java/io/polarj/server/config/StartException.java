package io.polarj.server.config;

/**
 * A reason not to start, or not to do what was asked for, told to the user as it stands and without
 * a stack trace.
 */
public final class StartException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public StartException(String message) {
    super(message);
  }

  public StartException(String message, Throwable cause) {
    super(message, cause);
  }
}
