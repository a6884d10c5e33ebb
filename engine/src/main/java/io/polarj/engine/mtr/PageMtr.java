package io.polarj.engine.mtr;

import io.polarj.engine.buffer.BufferPool;
import io.polarj.engine.buffer.Frame;
import io.polarj.engine.error.EngineException;
import io.polarj.engine.page.OpBuffer;
import io.polarj.engine.page.PageBytes;
import io.polarj.engine.page.PageId;
import io.polarj.engine.page.PageOps;
import io.polarj.engine.page.PageType;
import io.polarj.engine.redo.LogWriter;
import io.polarj.engine.redo.RedoFormat;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * A mini-transaction over the buffer pool. Operations change the page at once and are encoded per
 * page; commit makes one group of them. The order at commit matters: reserve (the end LSN is
 * known), stamp the pages, list them as dirty, publish the group, let go of the latches: a group
 * that can become durable has its pages on the flush list, and nobody sees a page without its LSN.
 *
 * <p>Pages are allocated and freed in mini-transactions of their own ({@link PageAllocator}), so
 * that no one holds a tablespace's header while waiting for other latches; a crash in between
 * leaves a page that nobody uses.
 */
public final class PageMtr implements Mtr {
  private final BufferPool pool;
  private final LogWriter log; // null: reading only
  private final PageAllocator allocator;
  private final List<FixedPage> pages = new ArrayList<>(6);
  private OpBuffer sections;
  private List<FixedPage> freed;
  private boolean ended;

  public PageMtr(BufferPool pool, LogWriter log, PageAllocator allocator) {
    this.pool = pool;
    this.log = log;
    this.allocator = allocator;
  }

  @Override
  public PageRef fix(long pageId, Latch latch) {
    FixedPage held = held(pageId, latch);
    if (held != null) {
      return held;
    }
    return hold(pool.fix(pageId), pageId, latch);
  }

  private FixedPage held(long pageId, Latch latch) {
    if (ended) {
      throw new IllegalStateException("the mini-transaction has ended");
    }
    for (int i = pages.size() - 1; i >= 0; i--) {
      FixedPage page = pages.get(i);
      if (page.pageId == pageId) {
        if (latch == Latch.EXCLUSIVE && page.latch == Latch.SHARED) {
          throw new IllegalStateException(
              "page " + PageId.toString(pageId) + " is held shared; it can not become exclusive");
        }
        return page;
      }
    }
    return null;
  }

  private FixedPage hold(Frame frame, long pageId, Latch latch) {
    long stamp = latch == Latch.SHARED ? frame.latch().readLock() : frame.latch().writeLock();
    try {
      pool.mustBeSound(frame);
    } catch (RuntimeException e) {
      frame.latch().unlock(stamp);
      pool.unfix(frame);
      throw e;
    }
    FixedPage page = new FixedPage(frame, pageId, latch, stamp);
    pages.add(page);
    return page;
  }

  @Override
  public void release(PageRef page) {
    FixedPage fixed = (FixedPage) page;
    if (fixed.changed()) {
      throw new IllegalStateException(
          "page " + PageId.toString(fixed.pageId) + " was changed: it is held to the commit");
    }
    if (!pages.remove(fixed)) {
      throw new IllegalStateException("page " + PageId.toString(fixed.pageId) + " is not held");
    }
    fixed.unlatch();
    pool.unfix(fixed.frame);
  }

  @Override
  public PageRef allocate(int spaceId, PageType type) {
    mustWrite();
    return initialize(allocator.allocate(spaceId), type);
  }

  /** Makes a page of that id anew, whatever it held before; for the allocator and page 0. */
  public PageRef initialize(long pageId, PageType type) {
    mustWrite();
    FixedPage page = held(pageId, Latch.EXCLUSIVE);
    if (page == null) {
      page = hold(pool.fixNew(pageId), pageId, Latch.EXCLUSIVE);
    }
    PageOps.init(page.writable(), pageId, type.code());
    page.ops().put1(PageOps.INIT).put8(pageId).put2(type.code());
    return page;
  }

  @Override
  public void free(PageRef page) {
    FixedPage fixed = (FixedPage) page;
    setType(fixed, PageType.FREE);
    if (freed == null) {
      freed = new ArrayList<>(1);
    }
    freed.add(fixed);
  }

  private OpBuffer change(PageRef page, int offset, int length) {
    PageOps.checkRange(offset, length);
    mustWrite();
    return ((FixedPage) page).ops();
  }

  private void mustWrite() {
    if (log == null) {
      throw new IllegalStateException("a reading mini-transaction can not change anything");
    }
    if (ended) {
      throw new IllegalStateException("the mini-transaction has ended");
    }
  }

  @Override
  public void putByte(PageRef page, int offset, int value) {
    change(page, offset, 1).put1(PageOps.BYTE).put2(offset).put1(value);
    ((FixedPage) page).writable().set(PageBytes.BYTE, offset, (byte) value);
  }

  @Override
  public void putShort(PageRef page, int offset, int value) {
    change(page, offset, 2).put1(PageOps.SHORT).put2(offset).put2(value);
    ((FixedPage) page).writable().set(PageBytes.SHORT, offset, (short) value);
  }

  @Override
  public void putInt(PageRef page, int offset, int value) {
    change(page, offset, 4).put1(PageOps.INT).put2(offset).put4(value);
    ((FixedPage) page).writable().set(PageBytes.INT, offset, value);
  }

  @Override
  public void putLong(PageRef page, int offset, long value) {
    change(page, offset, 8).put1(PageOps.LONG).put2(offset).put8(value);
    ((FixedPage) page).writable().set(PageBytes.LONG, offset, value);
  }

  @Override
  public void putBytes(PageRef page, int offset, byte[] source, int sourceOffset, int length) {
    java.util.Objects.checkFromIndexSize(sourceOffset, length, source.length);
    change(page, offset, length)
        .put1(PageOps.BYTES)
        .put2(offset)
        .put2(length)
        .put(source, sourceOffset, length);
    MemorySegment.copy(
        source, sourceOffset, ((FixedPage) page).writable(), ValueLayout.JAVA_BYTE, offset, length);
  }

  @Override
  public void move(PageRef page, int targetOffset, int sourceOffset, int length) {
    PageOps.checkRange(sourceOffset, length);
    change(page, targetOffset, length)
        .put1(PageOps.MOVE)
        .put2(targetOffset)
        .put2(sourceOffset)
        .put2(length);
    PageOps.move(((FixedPage) page).writable(), targetOffset, sourceOffset, length);
  }

  @Override
  public void fill(PageRef page, int offset, int length, int value) {
    change(page, offset, length).put1(PageOps.FILL).put2(offset).put2(length).put1(value);
    ((FixedPage) page).writable().asSlice(offset, length).fill((byte) value);
  }

  @Override
  public void setType(PageRef page, PageType type) {
    mustWrite();
    ((FixedPage) page).ops().put1(PageOps.TYPE).put2(type.code());
    ((FixedPage) page)
        .writable()
        .set(PageBytes.SHORT, io.polarj.engine.page.PageLayout.TYPE, (short) type.code());
  }

  @Override
  public void stampLsn(PageRef page, int offset) {
    change(page, offset, 8);
    FixedPage fixed = (FixedPage) page;
    if (fixed.stamps == null) {
      fixed.stamps = new int[2];
    } else if (fixed.stampCount == fixed.stamps.length) {
      fixed.stamps = java.util.Arrays.copyOf(fixed.stamps, fixed.stampCount * 2);
    }
    fixed.stamps[fixed.stampCount++] = offset;
  }

  @Override
  public void structureChange(long indexId) {
    mustWrite();
    sections().put4(RedoFormat.STRUCTURE_SECTION).put4(8).put8(indexId);
  }

  @Override
  public void logical(LogicalType type, byte[] payload) {
    mustWrite();
    sections()
        .put4(RedoFormat.LOGICAL_SECTION)
        .put4(payload.length + 4)
        .put4(type.code())
        .put(payload, 0, payload.length);
  }

  private OpBuffer sections() {
    if (sections == null) {
      sections = new OpBuffer().put8(0); // the group's header
    }
    return sections;
  }

  @Override
  public long commit() {
    if (ended) {
      throw new IllegalStateException("the mini-transaction has ended already");
    }
    long endLsn = 0;
    try {
      OpBuffer group = log == null ? null : assemble();
      if (group != null) {
        endLsn = write(group);
      }
    } finally {
      ended = true;
      for (int i = pages.size() - 1; i >= 0; i--) {
        FixedPage page = pages.get(i);
        page.unlatch();
        pool.unfix(page.frame);
      }
    }
    if (freed != null) {
      for (FixedPage page : freed) {
        allocator.free(page.pageId);
      }
    }
    return endLsn;
  }

  @Override
  public void close() {
    if (ended) {
      return;
    }
    boolean changed = sections != null;
    for (FixedPage page : pages) {
      changed |= page.changed();
    }
    if (!changed) {
      commit();
      return;
    }
    IllegalStateException cause =
        new IllegalStateException("an error left a change of pages in the middle");
    RuntimeException error =
        new EngineException.StorageFailure(
            "the engine has stopped in the middle of a change; restart it to recover", cause);
    // First, so that a page which is let go of is never written.
    log.fail(cause);
    ended = true;
    for (int i = pages.size() - 1; i >= 0; i--) {
      FixedPage page = pages.get(i);
      if (page.changed()) {
        pool.condemn(page.frame, error);
      }
      page.unlatch();
      pool.unfix(page.frame);
    }
  }

  private OpBuffer assemble() {
    for (FixedPage page : pages) {
      if (!page.changed()) {
        continue;
      }
      for (int i = 0; i < page.stampCount; i++) {
        page.ops.put1(PageOps.STAMP).put2(page.stamps[i]);
      }
      sections()
          .put4(RedoFormat.PAGE_SECTION)
          .put4(page.ops.length() + 8)
          .put8(page.pageId)
          .put(page.ops.bytes(), 0, page.ops.length());
    }
    if (sections != null) {
      sections.padTo8();
    }
    return sections;
  }

  private long write(OpBuffer group) {
    int length = group.length();
    io.polarj.engine.redo.RedoGroup.seal(group.bytes(), length);
    long position = log.reserve(length);
    long startLsn = RedoFormat.lsn(position);
    long endLsn = RedoFormat.lsn(position + length);
    for (FixedPage page : pages) {
      if (page.changed()) {
        for (int i = 0; i < page.stampCount; i++) {
          page.writable().set(PageBytes.LONG, page.stamps[i], endLsn);
        }
        PageBytes.setLsn(page.writable(), endLsn);
        pool.dirtied(page.frame, startLsn);
      }
    }
    log.publish(position, group.bytes(), length);
    return endLsn;
  }
}
