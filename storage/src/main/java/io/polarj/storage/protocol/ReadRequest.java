package io.polarj.storage.protocol;

import java.util.Objects;

/**
 * Reads a 4096-aligned range of a chunk, at most {@link StorageLimits#MAX_READ_BYTES}. Answered by
 * {@link ReadReply}, by the leader only: the answer has every write acknowledged before the request
 * was sent (S2).
 */
public record ReadRequest(ChunkId chunk, long requestId, long offset, int length)
    implements StorageMessage {
  public ReadRequest {
    Objects.requireNonNull(chunk, "chunk");
  }
}
