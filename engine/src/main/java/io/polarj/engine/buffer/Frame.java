package io.polarj.engine.buffer;

import io.polarj.engine.page.PageId;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.StampedLock;

/**
 * A page-sized piece of the buffer pool. {@code fixes}: how many hold it; -1 while it is free or
 * being given to another page. The content is guarded by {@code latch}; a frame is only latched
 * while fixed.
 */
public final class Frame {
  private static final VarHandle FIXES;

  static {
    try {
      FIXES = MethodHandles.lookup().findVarHandle(Frame.class, "fixes", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  final MemorySegment memory;
  final MemorySegment readOnly;
  final StampedLock latch = new StampedLock();
  volatile long pageId = PageId.NONE;
  private volatile int fixes = -1;

  /** Chain of the page table; written under the chain's lock. */
  volatile Frame hashNext;

  /** Why the page can not be used; set under the exclusive latch. */
  volatile RuntimeException loadError;

  // Guarded by the Lru's lock.
  Frame lruPrevious;
  Frame lruNext;
  boolean inLru;
  volatile boolean old;
  volatile long tick;
  volatile long firstUseNanos;

  // Guarded by the FlushList's lock; oldestLsn may be read without.
  Frame flushPrevious;
  Frame flushNext;
  volatile long oldestLsn;
  boolean flushing;
  long nextOldestLsn;

  Frame(MemorySegment memory) {
    this.memory = memory;
    this.readOnly = memory.asReadOnly();
  }

  /** The page's bytes; to be written by mini-transactions and the applier alone. */
  public MemorySegment memory() {
    return memory;
  }

  public MemorySegment readOnlyMemory() {
    return readOnly;
  }

  public StampedLock latch() {
    return latch;
  }

  public long pageId() {
    return pageId;
  }

  boolean tryFix() {
    int count = fixes;
    while (count >= 0) {
      int seen = (int) FIXES.compareAndExchange(this, count, count + 1);
      if (seen == count) {
        return true;
      }
      count = seen;
    }
    return false;
  }

  void unfix() {
    FIXES.getAndAdd(this, -1);
  }

  boolean isFixed() {
    return fixes > 0;
  }

  /** Takes a frame that nobody holds, so that nobody can. */
  boolean tryTake() {
    return fixes == 0 && FIXES.compareAndSet(this, 0, -1);
  }

  /** Ends {@link #tryTake}, or makes a new page's frame known, with that many fixes. */
  void open(int count) {
    fixes = count;
  }

  boolean dirty() {
    return oldestLsn != 0;
  }
}
