// The content of a verified page: every 4 KiB block says where it belongs, which version it is, and
// proves it.
package io.polarj.server.trial;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * A page is written by one request and has one version; its blocks carry magic, volume address,
 * version, a filler that follows from both, and a CRC32C. Zeros are version 0: never written.
 */
final class Page {
  static final int BLOCK_BYTES = 4096;
  static final int BLOCKS = 4;
  static final int BYTES = BLOCKS * BLOCK_BYTES;
  private static final long MAGIC = 0x504A_5452_4941_4C31L;
  private static final int CRC_AT = BLOCK_BYTES - 4;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;

  /** Bytes that nobody wrote, or parts of two writes. */
  static final class BadPageException extends Exception {
    private static final long serialVersionUID = 1;

    BadPageException(String message) {
      super(message);
    }
  }

  private Page() {}

  static void fill(MemorySegment page, long address, long version) {
    for (int block = 0; block < BLOCKS; block++) {
      long at = (long) block * BLOCK_BYTES;
      long state = (address + at) * 0x9E37_79B9_7F4A_7C15L ^ version;
      page.set(LONG, at, MAGIC);
      page.set(LONG, at + 8, address + at);
      page.set(LONG, at + 16, version);
      for (int i = 24; i < CRC_AT - 7; i += 8) {
        state = state * 6_364_136_223_846_793_005L + 1_442_695_040_888_963_407L;
        page.set(LONG, at + i, state);
      }
      page.set(INT, at + CRC_AT - 4, 0);
      page.set(INT, at + CRC_AT, crc(page, at));
    }
  }

  /** The version of a page that was read, if it is wholly of that version. */
  static long version(MemorySegment page, long address) throws BadPageException {
    long version = blockVersion(page, 0, address);
    for (int block = 1; block < BLOCKS; block++) {
      long other = blockVersion(page, block, address);
      if (other != version) {
        throw new BadPageException(
            "torn: block 0 has version " + version + ", block " + block + " version " + other);
      }
    }
    return version;
  }

  private static long blockVersion(MemorySegment page, int block, long address)
      throws BadPageException {
    long at = (long) block * BLOCK_BYTES;
    if (page.get(LONG, at) == 0 && page.get(LONG, at + 16) == 0) {
      if (page.asSlice(at, BLOCK_BYTES).mismatch(ZEROS) >= 0) {
        throw new BadPageException("block " + block + " is zero in part");
      }
      return 0;
    }
    if (page.get(LONG, at) != MAGIC || page.get(INT, at + CRC_AT) != crc(page, at)) {
      throw new BadPageException("block " + block + " has a wrong checksum");
    }
    if (page.get(LONG, at + 8) != address + at) {
      throw new BadPageException(
          "block " + block + " belongs to address " + page.get(LONG, at + 8));
    }
    return page.get(LONG, at + 16);
  }

  private static final MemorySegment ZEROS = MemorySegment.ofArray(new byte[BLOCK_BYTES]);

  private static int crc(MemorySegment page, long at) {
    ByteBuffer bytes = page.asSlice(at, CRC_AT).asByteBuffer();
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }
}
