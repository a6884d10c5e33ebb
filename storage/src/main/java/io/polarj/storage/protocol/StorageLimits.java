package io.polarj.storage.protocol;

/** The bounds both sides of the protocol keep. */
public final class StorageLimits {
  /** Unit of alignment of every read and write, and of checksums. */
  public static final int SECTOR_BYTES = 4096;

  /** Unit of allocation on a ChunkServer's disk. */
  public static final int BLOCK_BYTES = 64 * 1024;

  /**
   * The largest single write. Writes up to this size within a chunk are atomic across crashes,
   * because one log entry carries them.
   */
  public static final int MAX_WRITE_BYTES = 1 << 20;

  /** The largest single read. */
  public static final int MAX_READ_BYTES = 1 << 20;

  /** The largest group. */
  public static final int MAX_MEMBERS = 9;

  /** The highest number of a snapshot. */
  public static final int MAX_SNAPSHOT = Integer.MAX_VALUE - 2;

  /** Chunks in one heartbeat. */
  public static final int MAX_REPORTS = 512;

  /** Nodes in one heartbeat reply. */
  public static final int MAX_NODES = 4096;

  /** Bytes of a host name, failure domain or message. */
  public static final int MAX_TEXT_BYTES = 1024;

  private StorageLimits() {}
}
