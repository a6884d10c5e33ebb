package io.polarj.engine.btree;

import static io.polarj.engine.page.PageLayout.BODY;
import static io.polarj.engine.page.PageLayout.NEXT;
import static io.polarj.engine.page.PageLayout.NO_PAGE;
import static io.polarj.engine.page.PageLayout.PAGE_BYTES;
import static io.polarj.engine.page.PageLayout.PREVIOUS;
import static io.polarj.engine.page.PageLayout.TYPE;
import static io.polarj.engine.page.PageLayout.TYPE_HEADER;

import io.polarj.engine.error.EngineException;
import io.polarj.engine.mtr.Latch;
import io.polarj.engine.mtr.Mtr;
import io.polarj.engine.mtr.PageRef;
import io.polarj.engine.page.PageId;
import io.polarj.engine.page.PageType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.zip.CRC32C;

/**
 * Long values, each in a chain of pages that only its leaf record refers to. The record keeps {u32
 * bytes, u32 first page, u32 crc32c}; a page of the chain has {u64 index id, u32 bytes in it, u32
 * position} in its type header.
 *
 * <p>A chain is written before its record, in mtrs of its own and from its end, and freed after its
 * record is gone; a crash in between leaves pages that no record refers to: lost room, never a
 * wrong value. {@code TreeCheck} tells which pages are referred to. It is read under the leaf's
 * latch.
 */
final class OverflowChain {
  static final int REFERENCE_BYTES = 12;
  static final int PAGE_DATA = PAGE_BYTES - BODY;
  static final int MAX_VALUE = 64 << 20;
  private static final int LENGTH = TYPE_HEADER + 8;
  private static final int POSITION = TYPE_HEADER + 12;
  private static final int PAGES_PER_MTR = 16;

  private final TreeContext tree;

  OverflowChain(TreeContext tree) {
    this.tree = tree;
  }

  /** Writes the value and returns its reference. When it throws the pages are free again. */
  byte[] write(byte[] value) {
    int pages = (value.length + PAGE_DATA - 1) / PAGE_DATA;
    int next = NO_PAGE;
    try {
      for (int end = pages; end > 0; end -= Math.min(PAGES_PER_MTR, end)) {
        next = writePart(value, Math.max(0, end - PAGES_PER_MTR), end, next);
      }
    } catch (RuntimeException e) {
      if (next != NO_PAGE) {
        freeFrom(next);
      }
      throw e;
    }
    CRC32C crc = new CRC32C();
    crc.update(value);
    return ByteBuffer.allocate(REFERENCE_BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(value.length)
        .putInt(next)
        .putInt((int) crc.getValue())
        .array();
  }

  private int writePart(byte[] value, int from, int to, int next) {
    Mtr mtr = tree.mtrs().begin();
    List<PageRef> pages = new ArrayList<>();
    try {
      for (int i = from; i < to; i++) {
        pages.add(allocate(mtr, pages));
      }
      int first = PageId.pageNo(pages.get(0).pageId());
      for (int i = from; i < to; i++) {
        PageRef page = pages.get(i - from);
        int offset = i * PAGE_DATA;
        int length = Math.min(PAGE_DATA, value.length - offset);
        boolean last = i + 1 == to;
        mtr.putInt(page, PREVIOUS, NO_PAGE);
        mtr.putInt(page, NEXT, last ? next : PageId.pageNo(pages.get(i + 1 - from).pageId()));
        mtr.putLong(page, TYPE_HEADER, tree.indexId());
        mtr.putInt(page, LENGTH, length);
        mtr.putInt(page, POSITION, i);
        mtr.putBytes(page, BODY, value, offset, length);
      }
      mtr.commit();
      return first;
    } finally {
      mtr.close();
    }
  }

  /** When there is no room the pages that the part has already are given back. */
  private PageRef allocate(Mtr mtr, List<PageRef> before) {
    try {
      return mtr.allocate(tree.spaceId(), PageType.OVERFLOW);
    } catch (EngineException.NoSpace e) {
      before.forEach(mtr::free);
      mtr.commit();
      throw e;
    }
  }

  static int length(byte[] reference) {
    return ByteBuffer.wrap(reference).order(ByteOrder.LITTLE_ENDIAN).getInt(0);
  }

  static int first(byte[] reference) {
    return ByteBuffer.wrap(reference).order(ByteOrder.LITTLE_ENDIAN).getInt(4);
  }

  /** The value. {@code pageSeen} is told every page of the chain. */
  byte[] read(Mtr mtr, byte[] reference, IntConsumer pageSeen) {
    int length = length(reference);
    int pageNo = first(reference);
    if (length < 0 || length > MAX_VALUE) {
      throw tree.corrupt(tree.page(pageNo), "overflow chain of " + length + " bytes");
    }
    byte[] value = new byte[length];
    int position = 0;
    for (int at = 0; at < length; position++) {
      long pageId = tree.page(pageNo);
      if (pageNo == NO_PAGE) {
        throw tree.corrupt(pageId, "overflow chain ends after " + at + " of " + length + " bytes");
      }
      PageRef page = mtr.fix(pageId, Latch.SHARED);
      check(page, position, Math.min(PAGE_DATA, length - at));
      int count = page.getInt(LENGTH);
      page.getBytes(BODY, value, at, count);
      pageSeen.accept(pageNo);
      pageNo = page.getInt(NEXT);
      mtr.release(page);
      at += count;
    }
    CRC32C crc = new CRC32C();
    crc.update(value);
    int stored = ByteBuffer.wrap(reference).order(ByteOrder.LITTLE_ENDIAN).getInt(8);
    if ((int) crc.getValue() != stored) {
      throw tree.corrupt(tree.page(first(reference)), "overflow chain fails its checksum");
    }
    return value;
  }

  private void check(PageRef page, int position, int length) {
    if ((page.getShort(TYPE) & 0xffff) != PageType.OVERFLOW.code()
        || page.getLong(TYPE_HEADER) != tree.indexId()
        || page.getInt(POSITION) != position
        || page.getInt(LENGTH) != length) {
      throw tree.corrupt(page.pageId(), "is not page " + position + " of an overflow chain");
    }
  }

  /** Frees a chain that no record refers to any more. */
  void free(byte[] reference) {
    freeFrom(first(reference));
  }

  private void freeFrom(int first) {
    int pageNo = first;
    while (pageNo != NO_PAGE) {
      Mtr mtr = tree.mtrs().begin();
      try {
        List<PageRef> pages = new ArrayList<>();
        // All are latched before the tablespace's header is.
        for (int i = 0; i < PAGES_PER_MTR && pageNo != NO_PAGE; i++) {
          PageRef page = mtr.fix(tree.page(pageNo), Latch.EXCLUSIVE);
          pages.add(page);
          pageNo = page.getInt(NEXT);
        }
        for (PageRef page : pages) {
          mtr.free(page);
        }
        mtr.commit();
      } finally {
        mtr.close();
      }
    }
  }
}
