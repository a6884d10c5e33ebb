package io.polarj.engine.mtr;

import java.lang.foreign.MemorySegment;

/**
 * A page that an mtr has fixed and latched. Reading needs either latch. Valid until released or
 * until the mtr commits. Offsets are bytes in the page; values are little-endian.
 */
public interface PageRef {
  long pageId();

  /** The page's 16 KiB. Read only: changes go through {@link Mtr}. */
  MemorySegment memory();

  long lsn();

  int getByte(int offset);

  int getShort(int offset);

  int getInt(int offset);

  long getLong(int offset);

  void getBytes(int offset, byte[] target, int targetOffset, int length);

  Latch latch();
}
