package io.polarj.polarctrl.state;

import io.polarj.storage.protocol.ChunkId;
import java.util.Objects;

/**
 * A replica that its group does without, to be deleted when its node is there.
 *
 * @param upToGeneration replicas of newer generations are not meant
 */
public record Leftover(ChunkId chunk, int node, long upToGeneration) {
  public Leftover {
    Objects.requireNonNull(chunk, "chunk");
  }
}
