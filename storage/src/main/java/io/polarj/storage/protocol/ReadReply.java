package io.polarj.storage.protocol;

import java.util.Objects;

/**
 * The bytes, all of them or (for any status but OK) none.
 *
 * @param snapshot as in {@link WriteReply}: what was read may be newer than that snapshot
 */
public record ReadReply(
    ChunkId chunk,
    long requestId,
    Status status,
    int leaderHint,
    byte[] payload,
    String message,
    int snapshot)
    implements StorageMessage {
  public ReadReply(
      ChunkId chunk,
      long requestId,
      Status status,
      int leaderHint,
      byte[] payload,
      String message) {
    this(chunk, requestId, status, leaderHint, payload, message, 0);
  }

  public ReadReply {
    Objects.requireNonNull(chunk, "chunk");
    Objects.requireNonNull(status, "status");
    Objects.requireNonNull(payload, "payload");
    Objects.requireNonNull(message, "message");
  }
}
