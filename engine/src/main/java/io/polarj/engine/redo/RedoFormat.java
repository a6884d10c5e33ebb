package io.polarj.engine.redo;

/**
 * The redo stream. It is a sequence of 4 KiB blocks; an LSN is the byte offset in it, headers
 * included. A <i>position</i> counts payload bytes only: reserving space is one atomic addition of
 * positions, and {@link #lsn} maps it to the LSN. Positions of groups are multiples of 8.
 *
 * <pre>
 * block    0 u32 crc32c of bytes 4..4095
 *          4 u32 magic and version 0x504A5201
 *          8 u64 block LSN (of its byte 0)
 *         16 u64 epoch: grows with every start of a writer
 *         24 u32 bytes used, header included
 *         28 u32 zero
 *         32 payload
 * group    0 u32 length, header and padding to 8 included
 *          4 u32 crc32c of bytes 8..length, then of the length field
 *          8 sections, each u32 kind, u32 length of what follows:
 *            1 page              u64 page id, page operations
 *            2 logical           u32 type, payload
 *            3 structure change  u64 index id
 * </pre>
 */
public final class RedoFormat {
  public static final int BLOCK_BYTES = 4096;
  public static final int BLOCK_HEADER = 32;
  public static final int PAYLOAD_BYTES = BLOCK_BYTES - BLOCK_HEADER;
  public static final int BLOCK_CRC = 0;
  public static final int BLOCK_MAGIC = 4;
  public static final int BLOCK_LSN = 8;
  public static final int BLOCK_EPOCH = 16;
  public static final int BLOCK_USED = 24;
  public static final int MAGIC_VALUE = 0x504A5201;
  public static final int GROUP_HEADER = 8;
  public static final int SECTION_HEADER = 8;
  public static final int PAGE_SECTION = 1;
  public static final int LOGICAL_SECTION = 2;
  public static final int STRUCTURE_SECTION = 3;

  /** Where the redo files are. */
  static final String DIRECTORY = "/redo";

  /** No group is longer. */
  public static final int MAX_GROUP_BYTES = 2 << 20;

  /** Where a new stream begins: 0 is left to mean "no LSN". */
  public static final long FIRST_LSN = BLOCK_HEADER;

  private RedoFormat() {}

  public static long lsn(long position) {
    return position / PAYLOAD_BYTES * BLOCK_BYTES + BLOCK_HEADER + position % PAYLOAD_BYTES;
  }

  /** The position of an LSN that points to payload. */
  public static long position(long lsn) {
    long inBlock = lsn % BLOCK_BYTES;
    if (inBlock < BLOCK_HEADER) {
      throw new IllegalArgumentException("LSN " + lsn + " points into a block header");
    }
    return lsn / BLOCK_BYTES * PAYLOAD_BYTES + inBlock - BLOCK_HEADER;
  }

  static String fileName(long number) {
    return path("redo-%012d".formatted(number));
  }

  /** What file {@code number} is called when nobody needs its redo any more. */
  static String spareName(long number) {
    return path("spare-%012d".formatted(number));
  }

  static String path(String name) {
    return DIRECTORY + "/" + name;
  }
}
