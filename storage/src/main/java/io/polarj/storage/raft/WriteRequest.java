package io.polarj.storage.raft;

/**
 * A client's write of a 4096-aligned range of at most {@link #MAX_BYTES}.
 *
 * @param epoch the fencing epoch the client holds
 */
public record WriteRequest(RequestId request, long epoch, long offset, byte[] payload) {
  public static final int MAX_BYTES = 1 << 20;
  public static final int ALIGNMENT = 4096;
}
