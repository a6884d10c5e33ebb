package io.polarj.storage.raft;

/**
 * A client's write of a 4096-aligned range of at most {@link #MAX_BYTES}.
 *
 * @param epoch the fencing epoch the client holds
 * @param snapshot the newest snapshot that the client knows to have begun: the write is not in it
 */
public record WriteRequest(
    RequestId request, long epoch, long offset, byte[] payload, int snapshot) {
  public static final int MAX_BYTES = 1 << 20;
  public static final int ALIGNMENT = 4096;

  /** By a client that knows of no snapshot. */
  public WriteRequest(RequestId request, long epoch, long offset, byte[] payload) {
    this(request, epoch, offset, payload, 0);
  }
}
