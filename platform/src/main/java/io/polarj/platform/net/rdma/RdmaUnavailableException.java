package io.polarj.platform.net.rdma;

/** RDMA was asked for and cannot be had here; the message names what is missing, in one line. */
public final class RdmaUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public RdmaUnavailableException(String missing) {
    super("net.transport = rdma cannot be used here: " + missing);
  }

  RdmaUnavailableException(String missing, Throwable cause) {
    super("net.transport = rdma cannot be used here: " + missing, cause);
  }
}
