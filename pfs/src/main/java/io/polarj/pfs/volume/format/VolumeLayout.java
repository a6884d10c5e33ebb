package io.polarj.pfs.volume.format;

/**
 * Where things stand on a volume; computed once by mkfs and kept in the superblock. In bytes from
 * the start:
 *
 * <pre>
 * 0        superblock, 4 KiB; its copy at 4096
 * 8192     anchor, two alternating slots of 4 KiB
 * 16384    paxos file: 256 KiB, the lock blocks of 32 hosts
 * 1 MiB    journal: a ring of 4 KiB blocks
 * then     homes of the metadata objects, {@link MetadataObject#BYTES} each
 * then     data blocks, numbered from 0, each blockBytes
 * </pre>
 */
public record VolumeLayout(
    int blockBytes, long journalOffset, long journalBytes, long objectsOffset, int objectCount) {
  public static final int SECTOR = 4096;
  public static final long SUPERBLOCK = 0;
  public static final long SUPERBLOCK_COPY = SECTOR;
  public static final long ANCHOR = 2L * SECTOR;
  private static final long FIRST_MIB = 1 << 20;

  public VolumeLayout {
    if (blockBytes < 16384 || Integer.bitCount(blockBytes) != 1) {
      throw new IllegalArgumentException(
          "block size " + blockBytes + " is not a power of two of at least 16384");
    }
    if (journalOffset % SECTOR != 0
        || journalBytes % SECTOR != 0
        || journalBytes < 16L * SECTOR
        || objectsOffset % SECTOR != 0
        || objectsOffset < journalOffset + journalBytes
        || objectCount < MetadataObject.PER_SECTOR
        || objectCount % MetadataObject.PER_SECTOR != 0) {
      throw new IllegalArgumentException("volume layout does not fit together");
    }
  }

  /** Places the regions one after another. */
  public static VolumeLayout of(int blockBytes, long journalBytes, int objectCount) {
    int objects = Math.ceilDiv(objectCount, MetadataObject.PER_SECTOR) * MetadataObject.PER_SECTOR;
    return new VolumeLayout(blockBytes, FIRST_MIB, journalBytes, FIRST_MIB + journalBytes, objects);
  }

  /** The volume offset of an object's home sector. */
  public long sectorOfObject(int objectNo) {
    return objectsOffset + (long) (objectNo / MetadataObject.PER_SECTOR) * SECTOR;
  }

  /**
   * The first data block's offset: aligned to the block size, so that pages never straddle chunks.
   */
  public long dataOffset() {
    long end = objectsOffset + (long) objectCount / MetadataObject.PER_SECTOR * SECTOR;
    return Math.ceilDiv(end, (long) blockBytes) * blockBytes;
  }

  public long offsetOfBlock(int block) {
    return dataOffset() + (long) block * blockBytes;
  }

  /** How many data blocks a volume of that size has. */
  public int blocksOf(long volumeBytes) {
    return (int)
        Math.clamp((volumeBytes - dataOffset()) / blockBytes, 0, (long) Integer.MAX_VALUE - 8);
  }
}
