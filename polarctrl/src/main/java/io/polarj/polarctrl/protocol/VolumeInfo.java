package io.polarj.polarctrl.protocol;

import java.util.Objects;

/**
 * A volume.
 *
 * @param sizeBytes usable now; a multiple of {@code chunkBytes}
 * @param targetBytes what it grows to while chunks are being made, else {@code sizeBytes}
 * @param epoch the newest fencing epoch handed out, 0 before the first
 * @param writer who holds it, empty when nobody ever did or it was released
 * @param snapshot the newest number of a snapshot that was begun, 0 before the first
 * @param parent the volume that it was cloned from, 0 for none
 * @param parentSnapshot the snapshot of that one which it began as
 */
public record VolumeInfo(
    long id,
    String name,
    long sizeBytes,
    long targetBytes,
    long chunkBytes,
    int replicas,
    long epoch,
    String writer,
    int snapshot,
    long parent,
    int parentSnapshot) {
  /** A volume that was never cloned, and of which no snapshot was taken. */
  public VolumeInfo(
      long id,
      String name,
      long sizeBytes,
      long targetBytes,
      long chunkBytes,
      int replicas,
      long epoch,
      String writer) {
    this(id, name, sizeBytes, targetBytes, chunkBytes, replicas, epoch, writer, 0, 0, 0);
  }

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
