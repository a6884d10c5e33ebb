package io.polarj.polarctrl.protocol;

import java.util.Objects;

/**
 * A volume.
 *
 * @param sizeBytes usable now; a multiple of {@code chunkBytes}
 * @param targetBytes what it grows to while chunks are being made, else {@code sizeBytes}
 * @param epoch the newest fencing epoch handed out, 0 before the first
 * @param writer who holds it, empty when nobody ever did or it was released
 */
public record VolumeInfo(
    long id,
    String name,
    long sizeBytes,
    long targetBytes,
    long chunkBytes,
    int replicas,
    long epoch,
    String writer) {
  public VolumeInfo {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(writer, "writer");
  }

  /** Whether every chunk it was asked to have is there. */
  public boolean complete() {
    return sizeBytes == targetBytes;
  }

  public int chunks() {
    return (int) (sizeBytes / chunkBytes);
  }
}
