package io.polarj.engine.page;

import io.polarj.engine.error.EngineException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The operations that change a page, and their redo encoding. A mini-transaction applies each
 * through the same methods as recovery and replicas, so redo can not differ from what was done.
 * Encoded operations are little-endian: u8 code, then
 *
 * <pre>
 *  1 byte   u16 offset, u8        5 bytes  u16 offset, u16 length, bytes
 *  2 short  u16 offset, u16       6 move   u16 target, u16 source, u16 length
 *  3 int    u16 offset, u32       7 fill   u16 offset, u16 length, u8
 *  4 long   u16 offset, u64       8 init   u64 page id, u16 type
 *                                 9 type   u16 type
 *                                10 stamp  u16 offset (the group's end LSN)
 * </pre>
 *
 * A length or offset of 16384 does not occur: nothing below {@link PageLayout#PREVIOUS} can be
 * written.
 */
public final class PageOps {
  public static final int BYTE = 1;
  public static final int SHORT = 2;
  public static final int INT = 3;
  public static final int LONG = 4;
  public static final int BYTES = 5;
  public static final int MOVE = 6;
  public static final int FILL = 7;
  public static final int INIT = 8;
  public static final int TYPE = 9;
  public static final int STAMP = 10;

  private PageOps() {}

  /** Throws when the range is not one that operations may change. */
  public static void checkRange(int offset, int length) {
    if (offset < PageLayout.PREVIOUS || length < 0 || offset + length > PageLayout.PAGE_BYTES) {
      throw new IllegalArgumentException(
          "bytes " + offset + " to " + (offset + length) + " of a page can not be changed");
    }
  }

  public static void init(MemorySegment page, long pageId, int type) {
    page.fill((byte) 0);
    page.set(PageBytes.SHORT, PageLayout.MAGIC, (short) PageLayout.MAGIC_VALUE);
    page.set(PageBytes.SHORT, PageLayout.TYPE, (short) type);
    page.set(PageBytes.INT, PageLayout.SPACE, PageId.space(pageId));
    page.set(PageBytes.INT, PageLayout.PAGE_NO, PageId.pageNo(pageId));
    page.set(PageBytes.INT, PageLayout.PREVIOUS, PageLayout.NO_PAGE);
    page.set(PageBytes.INT, PageLayout.NEXT, PageLayout.NO_PAGE);
  }

  public static void move(MemorySegment page, int target, int source, int length) {
    MemorySegment.copy(page, source, page, target, length);
  }

  /** Whether the page's whole content is made by these operations: they begin with init. */
  public static boolean beginsWithInit(byte[] ops, int offset, int length) {
    return length > 0 && ops[offset] == INIT;
  }

  /**
   * Applies a group's operations on one page and sets its LSN. Throws {@code Corruption} when they
   * are not well-formed; the page's content is undefined then.
   */
  public static void apply(MemorySegment page, byte[] ops, int offset, int length, long endLsn) {
    ByteBuffer in = ByteBuffer.wrap(ops, offset, length).order(ByteOrder.LITTLE_ENDIAN);
    try {
      while (in.hasRemaining()) {
        applyOne(page, in, endLsn);
      }
    } catch (java.nio.BufferUnderflowException | IllegalArgumentException e) {
      throw new EngineException.Corruption(
          "redo ending at LSN " + endLsn + " holds a malformed page operation: " + e);
    }
    PageBytes.setLsn(page, endLsn);
  }

  private static void applyOne(MemorySegment page, ByteBuffer in, long endLsn) {
    int code = in.get();
    switch (code) {
      case BYTE -> page.set(PageBytes.BYTE, offset(in, 1), in.get());
      case SHORT -> page.set(PageBytes.SHORT, offset(in, 2), in.getShort());
      case INT -> page.set(PageBytes.INT, offset(in, 4), in.getInt());
      case LONG -> page.set(PageBytes.LONG, offset(in, 8), in.getLong());
      case BYTES -> {
        int at = in.getShort() & 0xffff;
        int length = in.getShort() & 0xffff;
        checkRange(at, length);
        if (length > in.remaining()) {
          throw new IllegalArgumentException("bytes operation of " + length + " is cut off");
        }
        MemorySegment.copy(
            MemorySegment.ofArray(in.array()), in.arrayOffset() + in.position(), page, at, length);
        in.position(in.position() + length);
      }
      case MOVE -> {
        int target = in.getShort() & 0xffff;
        int source = in.getShort() & 0xffff;
        int length = in.getShort() & 0xffff;
        checkRange(target, length);
        checkRange(source, length);
        move(page, target, source, length);
      }
      case FILL -> {
        int at = in.getShort() & 0xffff;
        int length = in.getShort() & 0xffff;
        checkRange(at, length);
        page.asSlice(at, length).fill(in.get());
      }
      case INIT -> {
        long pageId = in.getLong();
        init(page, pageId, in.getShort());
      }
      case TYPE -> page.set(PageBytes.SHORT, PageLayout.TYPE, in.getShort());
      case STAMP -> page.set(PageBytes.LONG, offset(in, 8), endLsn);
      default -> throw new IllegalArgumentException("operation code " + code);
    }
  }

  private static int offset(ByteBuffer in, int length) {
    int offset = in.getShort() & 0xffff;
    checkRange(offset, length);
    return offset;
  }
}
