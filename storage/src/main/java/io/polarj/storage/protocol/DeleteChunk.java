package io.polarj.storage.protocol;

import java.util.Objects;

/** Drops the receiver's replica and frees its blocks. OK also when there is none. */
public record DeleteChunk(long requestId, ChunkId chunk) implements StorageMessage {
  public DeleteChunk {
    Objects.requireNonNull(chunk, "chunk");
  }
}
