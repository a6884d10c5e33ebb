package io.polarj.storage.protocol;

/**
 * Names a chunk for ever: the volume and the chunk's number in it. Bytes {@code [index × chunk
 * size, (index + 1) × chunk size)} of the volume live there.
 */
public record ChunkId(long volume, int index) implements Comparable<ChunkId> {
  /** Bytes of an encoded chunk id. */
  public static final int ENCODED_BYTES = 12;

  public ChunkId {
    if (volume < 0 || index < 0) {
      throw new IllegalArgumentException("chunk " + volume + "." + index + ": negative number");
    }
  }

  @Override
  public int compareTo(ChunkId other) {
    int byVolume = Long.compare(volume, other.volume);
    return byVolume != 0 ? byVolume : Integer.compare(index, other.index);
  }

  @Override
  public String toString() {
    return volume + "." + index;
  }
}
