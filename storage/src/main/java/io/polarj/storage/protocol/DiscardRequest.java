package io.polarj.storage.protocol;

import java.util.Objects;

/**
 * Gives the blocks of a range back: it reads as zeros afterwards, like one that was never written.
 * Offset and length are multiples of {@link StorageLimits#BLOCK_BYTES}. Numbered, fenced and
 * ordered like a {@link WriteRequest}, of which it takes the place, and answered by {@link
 * WriteReply}.
 */
public record DiscardRequest(
    ChunkId chunk,
    long epoch,
    long clientId,
    long sequence,
    long oldestPending,
    long offset,
    int length)
    implements StorageMessage {
  public DiscardRequest {
    Objects.requireNonNull(chunk, "chunk");
    if (sequence < 1 || oldestPending < 1 || oldestPending > sequence) {
      throw new IllegalArgumentException(
          "sequence " + sequence + ", oldest pending " + oldestPending);
    }
  }
}
