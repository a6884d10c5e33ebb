package io.polarj.storage.protocol;

import java.util.Objects;

/**
 * Reads a 4096-aligned range of a chunk, at most {@link StorageLimits#MAX_READ_BYTES}. Answered by
 * {@link ReadReply}, by the leader only: the answer has every write acknowledged before the request
 * was sent (S2).
 *
 * @param snapshot whose view is wanted, 0 for what the chunk holds now
 */
public record ReadRequest(ChunkId chunk, long requestId, long offset, int length, int snapshot)
    implements StorageMessage {
  /** Of what the chunk holds now. */
  public ReadRequest(ChunkId chunk, long requestId, long offset, int length) {
    this(chunk, requestId, offset, length, 0);
  }

  public ReadRequest {
    Objects.requireNonNull(chunk, "chunk");
    if (snapshot < 0 || snapshot > StorageLimits.MAX_SNAPSHOT) {
      throw new IllegalArgumentException("snapshot " + snapshot);
    }
  }
}
