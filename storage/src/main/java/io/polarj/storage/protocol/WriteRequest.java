package io.polarj.storage.protocol;

import java.util.Objects;

/**
 * Writes the payload at an offset of a chunk; offset and length are multiples of 4096 and at most
 * {@link StorageLimits#MAX_WRITE_BYTES} are written. Answered by {@link WriteReply}.
 *
 * @param epoch the volume's fencing epoch under which the sender writes (S6)
 * @param clientId names the sending PolarSwitch incarnation: never reused after a restart
 * @param sequence counts this client's writes to this chunk from 1; a retry keeps its sequence (S7)
 * @param oldestPending the lowest sequence of this client on this chunk that has had no final
 *     answer when this was sent, so {@code <= sequence}; the chunk forgets and refuses everything
 *     below it. A client does not send a write that overlaps one of its own which has no answer yet
 * @param snapshot the newest snapshot number this client has heard of: the write is in none up to
 *     it
 */
public record WriteRequest(
    ChunkId chunk,
    long epoch,
    long clientId,
    long sequence,
    long oldestPending,
    long offset,
    byte[] payload,
    int snapshot)
    implements StorageMessage {
  /** By a client that has heard of no snapshot. */
  public WriteRequest(
      ChunkId chunk,
      long epoch,
      long clientId,
      long sequence,
      long oldestPending,
      long offset,
      byte[] payload) {
    this(chunk, epoch, clientId, sequence, oldestPending, offset, payload, 0);
  }

  public WriteRequest {
    Objects.requireNonNull(chunk, "chunk");
    Objects.requireNonNull(payload, "payload");
    if (sequence < 1 || oldestPending < 1 || oldestPending > sequence) {
      throw new IllegalArgumentException(
          "sequence " + sequence + ", oldest pending " + oldestPending);
    }
    if (snapshot < 0 || snapshot > StorageLimits.MAX_SNAPSHOT) {
      throw new IllegalArgumentException("snapshot " + snapshot);
    }
  }
}
