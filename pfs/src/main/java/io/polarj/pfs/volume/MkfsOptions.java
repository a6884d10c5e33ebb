package io.polarj.pfs.volume;

/**
 * How a volume is formatted. {@code objects}: room for metadata; a file takes two and a long extent
 * list more. {@code force}: format although there is a file system.
 */
public record MkfsOptions(int blockBytes, long journalBytes, int objects, boolean force) {
  /** Sizes that suit a volume of so many bytes. */
  public static MkfsOptions forVolume(long volumeBytes) {
    int block = volumeBytes >= 64L << 30 ? 4 << 20 : volumeBytes >= 1L << 30 ? 1 << 20 : 64 << 10;
    long journal = volumeBytes >= 1L << 30 ? 8L << 20 : 1L << 20;
    int objects = (int) Math.clamp(volumeBytes / (256 << 10), 4096, 1 << 23);
    return new MkfsOptions(block, journal, objects, false);
  }

  public MkfsOptions withForce() {
    return new MkfsOptions(blockBytes, journalBytes, objects, true);
  }
}
