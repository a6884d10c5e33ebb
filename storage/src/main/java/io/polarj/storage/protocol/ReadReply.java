package io.polarj.storage.protocol;

import java.util.Objects;

/** The bytes, all of them or (for any status but OK) none. */
public record ReadReply(
    ChunkId chunk, long requestId, Status status, int leaderHint, byte[] payload, String message)
    implements StorageMessage {
  public ReadReply {
    Objects.requireNonNull(chunk, "chunk");
    Objects.requireNonNull(status, "status");
    Objects.requireNonNull(payload, "payload");
    Objects.requireNonNull(message, "message");
  }
}
