package io.polarj.storage.protocol;

import java.util.Objects;

/**
 * What a chunk's replicas remember of their volume for PolarCtrl, so that it can rebuild a lost
 * database from their reports; a ChunkServer itself has no use for it.
 *
 * @param name of the volume; empty for a replica made before labels were kept
 * @param replicas how many the volume is to have of each chunk, 0 when unknown
 */
public record VolumeLabel(String name, int replicas) {
  public static final VolumeLabel UNKNOWN = new VolumeLabel("", 0);

  /** Longer names are refused. */
  public static final int MAX_NAME_BYTES = 256;

  public VolumeLabel {
    Objects.requireNonNull(name, "name");
    if (replicas < 0 || replicas > StorageLimits.MAX_MEMBERS) {
      throw new IllegalArgumentException(replicas + " replicas");
    }
  }
}
