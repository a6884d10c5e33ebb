package io.polarj.platform.net;

/** Bytes from a peer that are not a message: the connection they came over is closed. */
public final class MalformedMessageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public MalformedMessageException(String message) {
    super(message);
  }
}
