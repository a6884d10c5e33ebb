package io.polarj.storage.protocol;

import java.util.Objects;

/** The end of a control request. {@code leaderHint} is 0 when unknown. */
public record ControlReply(
    long requestId, int node, ChunkId chunk, Status status, int leaderHint, String message)
    implements StorageMessage {
  public ControlReply {
    Objects.requireNonNull(chunk, "chunk");
    Objects.requireNonNull(status, "status");
    Objects.requireNonNull(message, "message");
  }
}
