package io.polarj.storage.protocol;

import java.util.Objects;

/**
 * Gives the blocks of a range back: it reads as zeros afterwards, like one that was never written.
 * Offset and length are multiples of {@link StorageLimits#BLOCK_BYTES}. Numbered, fenced and
 * ordered like a {@link WriteRequest}, of which it takes the place, and answered by {@link
 * WriteReply}.
 *
 * @param snapshot as in {@link WriteRequest}
 */
public record DiscardRequest(
    ChunkId chunk,
    long epoch,
    long clientId,
    long sequence,
    long oldestPending,
    long offset,
    int length,
    int snapshot)
    implements StorageMessage {
  /** By a client that has heard of no snapshot. */
  public DiscardRequest(
      ChunkId chunk,
      long epoch,
      long clientId,
      long sequence,
      long oldestPending,
      long offset,
      int length) {
    this(chunk, epoch, clientId, sequence, oldestPending, offset, length, 0);
  }

  public DiscardRequest {
    Objects.requireNonNull(chunk, "chunk");
    if (sequence < 1 || oldestPending < 1 || oldestPending > sequence) {
      throw new IllegalArgumentException(
          "sequence " + sequence + ", oldest pending " + oldestPending);
    }
    if (snapshot < 0 || snapshot > StorageLimits.MAX_SNAPSHOT) {
      throw new IllegalArgumentException("snapshot " + snapshot);
    }
  }
}
