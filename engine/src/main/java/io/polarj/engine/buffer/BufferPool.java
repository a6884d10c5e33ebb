package io.polarj.engine.buffer;

import io.polarj.engine.error.EngineException;
import io.polarj.engine.page.PageBytes;
import io.polarj.engine.page.PageId;
import io.polarj.engine.page.PageLayout;
import io.polarj.engine.page.PageOps;
import io.polarj.engine.page.PageType;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * Pages in memory. A hit takes no lock; a page that several ask for is read once, by the one whose
 * frame entered the page table, while the others wait for the frame's latch. What is read is
 * verified, and redo that waits for the page is applied before anybody sees it.
 *
 * <p>On a primary dirty pages are written by {@link PageWriter}; a replica has none and never
 * writes (R2).
 */
public final class BufferPool implements AutoCloseable {
  private static final int QUICK_SCAN = 128;
  private static final int EVICTION_BATCH = 32;
  private static final long EXHAUSTED_NANOS = 30_000_000_000L;
  private static final int REPLICA_READ_ATTEMPTS = 20;

  private final Arena arena = Arena.ofShared();
  private final Frame[] frames;
  private final PageTable table;
  private final Lru lru;
  private final FlushList flushList = new FlushList();
  private final ConcurrentLinkedQueue<Frame> free = new ConcurrentLinkedQueue<>();
  private final Tablespaces tablespaces;
  private final PendingRedo pending;
  private final long recoveryLsn;
  private final LongAdder reads = new LongAdder();
  private final LongAdder requests = new LongAdder();
  private volatile PageWriter writer;

  /**
   * {@code recoveryLsn}: on a primary, where the pending redo begins (its pages become dirty as of
   * there); 0 on a replica, whose pages stay clean and whose pending redo stays.
   */
  public BufferPool(
      int frameCount, Tablespaces tablespaces, PendingRedo pending, long recoveryLsn) {
    this.tablespaces = tablespaces;
    this.pending = pending;
    this.recoveryLsn = recoveryLsn;
    this.table = new PageTable(frameCount);
    this.lru = new Lru(frameCount);
    this.frames = new Frame[frameCount];
    MemorySegment memory = arena.allocate((long) frameCount * PageLayout.PAGE_BYTES, 4096);
    for (int i = 0; i < frameCount; i++) {
      frames[i] =
          new Frame(memory.asSlice((long) i * PageLayout.PAGE_BYTES, PageLayout.PAGE_BYTES));
      free.add(frames[i]);
    }
  }

  /** Lets dirty pages be written; without one they stay. */
  public void writer(PageWriter pageWriter) {
    writer = pageWriter;
  }

  FlushList flushList() {
    return flushList;
  }

  public int frameCount() {
    return frames.length;
  }

  public int dirtyCount() {
    return flushList.count();
  }

  /** From where redo is needed for the dirty pages; {@code Long.MAX_VALUE} when all are clean. */
  public long oldestDirtyLsn() {
    return flushList.oldestLsn();
  }

  /** Pages read from storage. */
  public long reads() {
    return reads.sum();
  }

  /** Pages asked for. */
  public long requests() {
    return requests.sum();
  }

  /**
   * Fixes the page, reading it if needed. The caller latches the frame, then looks at {@link
   * #mustBeSound}.
   */
  public Frame fix(long pageId) {
    requests.increment();
    return fix(pageId, true);
  }

  /**
   * Fixes a page whose content the caller is about to make with {@link PageOps#init}: it is not
   * read.
   */
  public Frame fixNew(long pageId) {
    requests.increment();
    return fix(pageId, pending.of(pageId) != null);
  }

  private Frame fix(long pageId, boolean read) {
    while (true) {
      Frame frame = fixCached(table.find(pageId), pageId);
      if (frame == null) {
        frame = fixCached(table.findSurely(pageId), pageId);
      }
      if (frame == null) {
        frame = bringIn(pageId, read);
      }
      if (frame != null) {
        return frame;
      }
      Thread.onSpinWait();
    }
  }

  private Frame fixCached(Frame frame, long pageId) {
    if (frame == null || !frame.tryFix()) {
      return null;
    }
    if (frame.pageId != pageId) {
      frame.unfix();
      return null;
    }
    lru.touch(frame);
    return frame;
  }

  /** The page's frame, fixed, when it is in the pool; else null. Reads nothing. */
  public Frame fixIfCached(long pageId) {
    while (true) {
      Frame frame = table.findSurely(pageId);
      if (frame == null) {
        return null;
      }
      if (frame.tryFix()) {
        if (frame.pageId == pageId) {
          return frame;
        }
        frame.unfix();
      }
      Thread.onSpinWait();
    }
  }

  public void unfix(Frame frame) {
    frame.unfix();
  }

  /** To be asked once the fixed frame is latched: throws when the page could not be read. */
  public void mustBeSound(Frame frame) {
    RuntimeException error = frame.loadError;
    if (error != null) {
      throw error;
    }
  }

  /** The exclusively latched page was left half changed: nobody may read or write it any more. */
  public void condemn(Frame frame, RuntimeException error) {
    frame.loadError = error;
  }

  /** The exclusively latched page was changed by a group that begins at that LSN. */
  public void dirtied(Frame frame, long startLsn) {
    flushList.dirtied(frame, startLsn);
  }

  /** Applies a change to a cached page, exclusively latched, unless it has it already. */
  public void applyTo(Frame frame, PendingRedo.Change change) {
    if (frame.loadError == null && change.endLsn() > PageBytes.lsn(frame.memory)) {
      PageOps.apply(
          frame.memory, change.bytes(), change.offset(), change.length(), change.endLsn());
    }
  }

  private Frame bringIn(long pageId, boolean read) {
    Frame fresh = obtainFrame();
    fresh.loadError = null;
    long stamp = fresh.latch.writeLock();
    Frame present = table.insert(pageId, fresh);
    if (present != null) {
      fresh.latch.unlockWrite(stamp);
      free.add(fresh);
      return fixCached(present, pageId);
    }
    try {
      if (read) {
        load(fresh, pageId);
      } else {
        PageOps.init(fresh.memory, pageId, PageType.FREE.code());
      }
      lru.add(fresh);
      return fresh;
    } catch (RuntimeException | Error e) {
      fresh.loadError = e instanceof RuntimeException known ? known : new IllegalStateException(e);
      table.remove(fresh, pageId);
      fresh.pageId = PageId.NONE;
      lru.add(fresh); // it is found there when those who wait for it have let go
      fresh.unfix();
      throw e;
    } finally {
      fresh.latch.unlockWrite(stamp);
    }
  }

  private void load(Frame frame, long pageId) {
    List<PendingRedo.Change> changes = pending.of(pageId);
    int first = 0;
    boolean made = false;
    if (changes != null) {
      for (int i = changes.size() - 1; i >= 0 && !made; i--) {
        if (changes.get(i).isInit()) {
          first = i;
          made = true;
        }
      }
    }
    if (!made) {
      readVerified(frame, pageId);
    } else {
      frame.memory.fill((byte) 0);
    }
    if (changes == null) {
      return;
    }
    boolean applied = false;
    for (PendingRedo.Change change : changes.subList(first, changes.size())) {
      if (change.endLsn() > PageBytes.lsn(frame.memory)) {
        PageOps.apply(
            frame.memory, change.bytes(), change.offset(), change.length(), change.endLsn());
        applied = true;
      }
    }
    if (recoveryLsn != 0) {
      if (applied) {
        flushList.dirtied(frame, recoveryLsn);
      }
      pending.remove(pageId);
    }
  }

  private void readVerified(Frame frame, long pageId) {
    Tablespace space = tablespaces.of(PageId.space(pageId));
    long offset = Integer.toUnsignedLong(PageId.pageNo(pageId)) * PageLayout.PAGE_BYTES;
    int attempts = recoveryLsn != 0 ? 1 : REPLICA_READ_ATTEMPTS;
    for (int attempt = 1; ; attempt++) {
      String defect;
      try {
        reads.increment();
        int count = space.file().read(offset, frame.memory);
        defect =
            count < PageLayout.PAGE_BYTES
                ? "it is beyond the end of the file (" + space.file().size() + " bytes)"
                : PageBytes.defect(frame.memory, pageId);
        if (defect == null) {
          return;
        }
        if (attempt < attempts) {
          // The primary may be writing the page or growing the file at this moment.
          tablespaces.refresh();
          LockSupport.parkNanos(1_000_000L);
          continue;
        }
      } catch (IOException e) {
        throw new EngineException.StorageFailure(
            "page " + PageId.toString(pageId) + " of " + space.path() + " can not be read", e);
      }
      throw new EngineException.Corruption(
          "page " + PageId.toString(pageId) + " of " + space.path() + ": " + defect);
    }
  }

  private Frame obtainFrame() {
    long begin = 0;
    List<Frame> dirty = new ArrayList<>();
    for (int round = 0; ; round++) {
      Frame frame = free.poll();
      if (frame != null) {
        return frame;
      }
      dirty.clear();
      int steps = round == 0 ? Math.min(QUICK_SCAN, frames.length) : frames.length;
      frame = lru.takeVictim(steps, dirty, EVICTION_BATCH);
      if (frame != null) {
        long pageId = frame.pageId;
        if (pageId != PageId.NONE) {
          table.remove(frame, pageId);
          frame.pageId = PageId.NONE;
        }
        return frame;
      }
      PageWriter pageWriter = writer;
      if (pageWriter != null && !dirty.isEmpty() && pageWriter.writeNow(dirty) > 0) {
        continue;
      }
      if (begin == 0) {
        begin = System.nanoTime();
      } else if (System.nanoTime() - begin > EXHAUSTED_NANOS) {
        throw new EngineException.NoSpace(
            "all " + frames.length + " pages of the buffer pool are in use: enlarge the pool",
            null);
      }
      LockSupport.parkNanos(100_000L);
    }
  }

  /**
   * Drops a tablespace from memory: its pages are not written any more. Waits for nobody; a page
   * that is still held goes when it is evicted. {@code unlink}: removes the file too.
   */
  public void dropSpace(int spaceId, boolean unlink) {
    Tablespace space = tablespaces.forget(spaceId);
    pending.removeIf(pageId -> PageId.space(pageId) == spaceId);
    for (Frame frame : frames) {
      long pageId = frame.pageId;
      if (pageId == PageId.NONE || PageId.space(pageId) != spaceId || !frame.tryTake()) {
        continue;
      }
      if (frame.pageId != pageId) {
        frame.open(0);
        continue;
      }
      flushList.discard(frame);
      lru.remove(frame);
      table.remove(frame, pageId);
      frame.pageId = PageId.NONE;
      free.add(frame);
    }
    if (unlink) {
      tablespaces.unlink(spaceId);
    }
    if (space != null) {
      Tablespaces.closeFile(space);
    }
  }

  /** Nobody may hold a page any more. */
  @Override
  public void close() {
    arena.close();
  }
}
