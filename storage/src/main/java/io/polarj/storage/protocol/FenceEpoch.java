package io.polarj.storage.protocol;

import java.util.Objects;

/**
 * From the OK on, the chunk refuses every write of an epoch older than this one, whoever leads it
 * (S6). Goes to the leader, which replicates it like a write. Answered by {@link ControlReply}.
 */
public record FenceEpoch(long requestId, ChunkId chunk, long epoch) implements StorageMessage {
  public FenceEpoch {
    Objects.requireNonNull(chunk, "chunk");
  }
}
