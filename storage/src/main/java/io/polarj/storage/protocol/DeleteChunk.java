package io.polarj.storage.protocol;

import java.util.Objects;

/**
 * Drops the receiver's replica and frees its blocks. OK also when there is none, or only one of a
 * newer generation, which stays.
 *
 * @param upToGeneration the newest generation that is to go
 */
public record DeleteChunk(long requestId, ChunkId chunk, long upToGeneration)
    implements StorageMessage {
  public DeleteChunk {
    Objects.requireNonNull(chunk, "chunk");
  }

  /** Drops the replica whatever its generation. */
  public DeleteChunk(long requestId, ChunkId chunk) {
    this(requestId, chunk, Long.MAX_VALUE);
  }
}
