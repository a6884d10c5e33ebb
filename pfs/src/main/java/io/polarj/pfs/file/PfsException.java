package io.polarj.pfs.file;

import java.io.IOException;

/** A file operation that failed, with its POSIX error and a message that names the path. */
public final class PfsException extends IOException {
  private static final long serialVersionUID = 1L;
  private final Errno errno;
  private final String reason;

  public PfsException(Errno errno, String message) {
    super(errno + ": " + message);
    this.errno = errno;
    this.reason = message;
  }

  public PfsException(Errno errno, String message, Throwable cause) {
    super(errno + ": " + message, cause);
    this.errno = errno;
    this.reason = message;
  }

  /** The message without the error's name. */
  public String reason() {
    return reason;
  }

  public Errno errno() {
    return errno;
  }
}
