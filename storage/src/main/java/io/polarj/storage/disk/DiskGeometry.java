package io.polarj.storage.disk;

import io.polarj.storage.protocol.StorageLimits;

/**
 * Where everything stands on the disk, in bytes from its start:
 *
 * <pre>
 * superblock A | superblock B | checkpoint A | checkpoint B | WAL | block table (2 slots) | blocks
 * </pre>
 *
 * With a separate log the WAL stands on a device of its own, behind that device's header ({@link
 * WalHeader}), and its offset counts there. Fixed when the disk is formatted and kept in the
 * superblock. All parts are multiples of 4 KiB, the blocks start at a multiple of 64 KiB.
 */
public record DiskGeometry(
    long deviceBytes,
    long checkpointOffset,
    long checkpointAreaBytes,
    long walOffset,
    long walBytes,
    long tableOffset,
    long tablePages,
    long dataOffset,
    long blockCount,
    boolean separateWal) {
  public static final int PAGE_BYTES = 4096;
  public static final int SECTOR_BYTES = StorageLimits.SECTOR_BYTES;
  public static final int BLOCK_BYTES = StorageLimits.BLOCK_BYTES;
  public static final int SECTORS_PER_BLOCK = BLOCK_BYTES / SECTOR_BYTES;
  public static final int DESCRIPTORS_PER_PAGE = 46;
  public static final long SUPERBLOCK_A_OFFSET = 0;
  public static final long SUPERBLOCK_B_OFFSET = 64 * 1024;

  /** The smallest WAL that still holds a few of the largest records. */
  public static final long MIN_WAL_BYTES = 1 << 20;

  public static final long MIN_CHUNK_STATE_BYTES = 64 * 1024;
  private static final long HEAD_BYTES = 128 * 1024;
  private static final int GENERATION_BYTES = 8;

  public DiskGeometry {
    check(
        deviceBytes > 0 && walBytes >= MIN_WAL_BYTES && checkpointAreaBytes > 0 && blockCount > 0,
        "sizes");
    check(blockCount <= Integer.MAX_VALUE - 64, "block count");
    check(
        walBytes % PAGE_BYTES == 0
            && checkpointAreaBytes % PAGE_BYTES == 0
            && walOffset % PAGE_BYTES == 0
            && tableOffset % PAGE_BYTES == 0
            && dataOffset % BLOCK_BYTES == 0,
        "alignment");
    long behindCheckpoints = checkpointOffset + 2 * checkpointAreaBytes;
    check(
        checkpointOffset >= HEAD_BYTES
            && walOffset >= (separateWal ? WalHeader.AREA_OFFSET : behindCheckpoints)
            && tableOffset >= (separateWal ? behindCheckpoints : walOffset + walBytes)
            && tablePages * DESCRIPTORS_PER_PAGE >= blockCount
            && dataOffset >= tableOffset + 2 * tablePages * PAGE_BYTES
            && dataOffset + blockCount * BLOCK_BYTES <= deviceBytes,
        "order of the areas");
  }

  /**
   * The layout for a device.
   *
   * @param chunkStateBytes room in each checkpoint for the state of all chunks together
   */
  public static DiskGeometry of(long deviceBytes, long walBytes, long chunkStateBytes) {
    return of(deviceBytes, walBytes, chunkStateBytes, false);
  }

  /**
   * The layout for a device whose log stands on another one.
   *
   * @param walDeviceBytes size of that other device
   */
  public static DiskGeometry withSeparateWal(
      long deviceBytes, long walDeviceBytes, long chunkStateBytes) {
    long walBytes = (walDeviceBytes - WalHeader.AREA_OFFSET) / PAGE_BYTES * PAGE_BYTES;
    if (walBytes < MIN_WAL_BYTES) {
      throw new IllegalArgumentException(
          "a log device of " + walDeviceBytes + " bytes is too small; give it a larger one");
    }
    return of(deviceBytes, walBytes, chunkStateBytes, true);
  }

  private static DiskGeometry of(
      long deviceBytes, long walBytes, long chunkStateBytes, boolean separateWal) {
    long wal = roundUp(Math.max(walBytes, MIN_WAL_BYTES), PAGE_BYTES);
    long state = roundUp(Math.max(chunkStateBytes, MIN_CHUNK_STATE_BYTES), PAGE_BYTES);
    long walHere = separateWal ? 0 : wal;
    long blocks = (deviceBytes - HEAD_BYTES - 2 * state - walHere) / BLOCK_BYTES;
    while (blocks > 0) {
      long pages = (blocks + DESCRIPTORS_PER_PAGE - 1) / DESCRIPTORS_PER_PAGE;
      long area = roundUp(PAGE_BYTES + pages * GENERATION_BYTES, PAGE_BYTES) + state;
      long walAt = HEAD_BYTES + 2 * area;
      long tableAt = walAt + walHere;
      long dataAt = roundUp(tableAt + 2 * pages * PAGE_BYTES, BLOCK_BYTES);
      long excess = dataAt + blocks * BLOCK_BYTES - deviceBytes;
      if (excess <= 0) {
        return new DiskGeometry(
            deviceBytes,
            HEAD_BYTES,
            area,
            separateWal ? WalHeader.AREA_OFFSET : walAt,
            wal,
            tableAt,
            pages,
            dataAt,
            blocks,
            separateWal);
      }
      blocks -= (excess + BLOCK_BYTES - 1) / BLOCK_BYTES;
    }
    throw new IllegalArgumentException(
        "a disk of "
            + deviceBytes
            + " bytes has no room for a WAL of "
            + wal
            + " bytes and data; give it a larger disk or a smaller WAL");
  }

  public long checkpointArea(long generation) {
    return checkpointOffset + (generation & 1) * checkpointAreaBytes;
  }

  public long tablePage(int page, int slot) {
    return tableOffset + (2L * page + slot) * PAGE_BYTES;
  }

  public long block(int block) {
    return dataOffset + (long) block * BLOCK_BYTES;
  }

  static long roundUp(long value, long unit) {
    return (value + unit - 1) / unit * unit;
  }

  private static void check(boolean holds, String what) {
    if (!holds) {
      throw new IllegalArgumentException("disk geometry: " + what + " cannot be");
    }
  }
}
