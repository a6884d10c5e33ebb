package io.polarj.engine.btree;

import io.polarj.engine.error.EngineException;
import io.polarj.engine.mtr.Latch;
import io.polarj.engine.mtr.LogicalType;
import io.polarj.engine.mtr.Mtr;
import io.polarj.engine.mtr.MtrSource;
import io.polarj.engine.mtr.PageRef;
import io.polarj.engine.page.PageId;
import io.polarj.engine.page.PageLayout;
import io.polarj.engine.page.PageType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Pages in memory behind the {@link Mtr} interface, strict about its rules: changes need the
 * exclusive latch, released pages are not touched, shared does not become exclusive. It keeps the
 * operations of every committed group, so that a test can replay them and compare.
 */
final class MemoryPages implements MtrSource {
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** A change of one page, applied to its bytes. */
  interface Operation {
    void apply(MemorySegment page);
  }

  private record Logged(long pageId, Operation operation) {}

  private static final class Frame {
    final MemorySegment memory = MemorySegment.ofArray(new long[PageLayout.PAGE_BYTES / 8]);
    final ReentrantReadWriteLock latch = new ReentrantReadWriteLock();
  }

  private final Map<Long, Frame> frames = new ConcurrentHashMap<>();
  private final ConcurrentSkipListSet<Integer> freePages = new ConcurrentSkipListSet<>();
  private final AtomicInteger nextPage = new AtomicInteger(1);
  private final List<Logged> log = new ArrayList<>();
  private long lsn;
  private int structureChanges;
  private volatile Runnable onFix = () -> {};
  private volatile int pageLimit = Integer.MAX_VALUE;
  private final boolean logging;

  MemoryPages(boolean logging) {
    this.logging = logging;
  }

  void limitPages(int pages) {
    pageLimit = pages;
  }

  /** Runs whenever a page that the mtr does not hold yet is fixed. */
  void onFix(Runnable action) {
    onFix = action;
  }

  int pagesInUse() {
    return nextPage.get() - 1 - freePages.size();
  }

  synchronized int structureChanges() {
    return structureChanges;
  }

  synchronized long loggedOperations() {
    return log.size();
  }

  /** Applies the log to empty pages and returns the ids of those that differ from what is here. */
  synchronized List<String> replayDifferences() {
    Map<Long, MemorySegment> replayed = new LinkedHashMap<>();
    for (Logged logged : log) {
      logged.operation.apply(
          replayed.computeIfAbsent(
              logged.pageId, id -> MemorySegment.ofArray(new long[PageLayout.PAGE_BYTES / 8])));
    }
    List<String> differences = new ArrayList<>();
    frames.forEach((pageId, frame) -> {
      MemorySegment other = replayed.get(pageId);
      if (other == null || frame.memory.mismatch(other) >= 0) {
        differences.add(PageId.toString(pageId));
      }
    });
    return differences;
  }

  @Override
  public Mtr begin() {
    return new MemoryMtr();
  }

  private static final class MemoryPage implements PageRef {
    final long pageId;
    final Frame frame;
    final Latch latch;
    boolean held = true;
    boolean changed;

    MemoryPage(long pageId, Frame frame, Latch latch) {
      this.pageId = pageId;
      this.frame = frame;
      this.latch = latch;
    }

    MemorySegment readable() {
      if (!held) {
        throw new IllegalStateException(PageId.toString(pageId) + " was released");
      }
      return frame.memory;
    }

    @Override
    public long pageId() {
      return pageId;
    }

    @Override
    public MemorySegment memory() {
      return readable().asReadOnly();
    }

    @Override
    public long lsn() {
      return getLong(PageLayout.LSN);
    }

    @Override
    public int getByte(int offset) {
      return readable().get(ValueLayout.JAVA_BYTE, offset);
    }

    @Override
    public int getShort(int offset) {
      return readable().get(SHORT, offset);
    }

    @Override
    public int getInt(int offset) {
      return readable().get(INT, offset);
    }

    @Override
    public long getLong(int offset) {
      return readable().get(LONG, offset);
    }

    @Override
    public void getBytes(int offset, byte[] target, int targetOffset, int length) {
      MemorySegment.copy(readable(), ValueLayout.JAVA_BYTE, offset, target, targetOffset, length);
    }

    @Override
    public Latch latch() {
      return latch;
    }
  }

  private final class MemoryMtr implements Mtr {
    private final Map<Long, MemoryPage> held = new LinkedHashMap<>();
    private final Map<MemoryPage, Boolean> freed = new IdentityHashMap<>();
    private final List<Logged> operations = new ArrayList<>();
    private boolean ended;
    private boolean structure;

    private void live() {
      if (ended) {
        throw new IllegalStateException("the mtr has ended");
      }
    }

    @Override
    public PageRef fix(long pageId, Latch latch) {
      live();
      MemoryPage page = held.get(pageId);
      if (page != null) {
        if (latch == Latch.EXCLUSIVE && page.latch == Latch.SHARED) {
          throw new IllegalStateException("shared latch can not become exclusive");
        }
        return page;
      }
      onFix.run();
      Frame frame = frames.get(pageId);
      if (frame == null) {
        throw new EngineException.Corruption("no page " + PageId.toString(pageId));
      }
      if (latch == Latch.SHARED) {
        frame.latch.readLock().lock();
      } else {
        frame.latch.writeLock().lock();
      }
      page = new MemoryPage(pageId, frame, latch);
      held.put(pageId, page);
      return page;
    }

    @Override
    public void release(PageRef ref) {
      live();
      MemoryPage page = (MemoryPage) ref;
      if (page.changed || held.remove(page.pageId) == null) {
        throw new IllegalStateException("page is changed or not held");
      }
      unlatch(page);
    }

    private void unlatch(MemoryPage page) {
      page.held = false;
      if (page.latch == Latch.SHARED) {
        page.frame.latch.readLock().unlock();
      } else {
        page.frame.latch.writeLock().unlock();
      }
    }

    @Override
    public PageRef allocate(int spaceId, PageType type) {
      live();
      Integer pageNo = freePages.pollFirst();
      if (pageNo == null) {
        if (nextPage.get() > pageLimit) {
          throw new EngineException.NoSpace("all " + pageLimit + " pages are in use", null);
        }
        pageNo = nextPage.getAndIncrement();
      }
      long pageId = PageId.of(spaceId, pageNo);
      frames.computeIfAbsent(pageId, id -> new Frame());
      MemoryPage page = (MemoryPage) fix(pageId, Latch.EXCLUSIVE);
      int number = pageNo;
      change(
          page,
          memory -> {
            memory.fill((byte) 0);
            memory.set(SHORT, PageLayout.TYPE, (short) type.code());
            memory.set(INT, PageLayout.SPACE, spaceId);
            memory.set(INT, PageLayout.PAGE_NO, number);
          });
      return page;
    }

    @Override
    public void free(PageRef ref) {
      live();
      MemoryPage page = (MemoryPage) ref;
      change(page, memory -> memory.set(SHORT, PageLayout.TYPE, (short) PageType.FREE.code()));
      freed.put(page, true);
    }

    private void change(PageRef ref, Operation operation) {
      live();
      MemoryPage page = (MemoryPage) ref;
      if (page.latch != Latch.EXCLUSIVE || !page.held || freed.containsKey(page)) {
        throw new IllegalStateException("a change needs a held page and the exclusive latch");
      }
      page.changed = true;
      operation.apply(page.frame.memory);
      operations.add(new Logged(page.pageId, operation));
    }

    private void bounds(int offset, int length) {
      if (offset < PageLayout.PREVIOUS || length < 0 || offset + length > PageLayout.PAGE_BYTES) {
        throw new IllegalArgumentException("offset " + offset + ", length " + length);
      }
    }

    @Override
    public void putByte(PageRef page, int offset, int value) {
      bounds(offset, 1);
      change(page, memory -> memory.set(ValueLayout.JAVA_BYTE, offset, (byte) value));
    }

    @Override
    public void putShort(PageRef page, int offset, int value) {
      bounds(offset, 2);
      change(page, memory -> memory.set(SHORT, offset, (short) value));
    }

    @Override
    public void putInt(PageRef page, int offset, int value) {
      bounds(offset, 4);
      change(page, memory -> memory.set(INT, offset, value));
    }

    @Override
    public void putLong(PageRef page, int offset, long value) {
      bounds(offset, 8);
      change(page, memory -> memory.set(LONG, offset, value));
    }

    @Override
    public void putBytes(PageRef page, int offset, byte[] source, int sourceOffset, int length) {
      bounds(offset, length);
      byte[] bytes = new byte[length];
      System.arraycopy(source, sourceOffset, bytes, 0, length);
      change(
          page,
          memory ->
              MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, offset, bytes.length));
    }

    @Override
    public void move(PageRef page, int targetOffset, int sourceOffset, int length) {
      bounds(targetOffset, length);
      bounds(sourceOffset, length);
      change(
          page, memory -> MemorySegment.copy(memory, sourceOffset, memory, targetOffset, length));
    }

    @Override
    public void fill(PageRef page, int offset, int length, int value) {
      bounds(offset, length);
      change(page, memory -> memory.asSlice(offset, length).fill((byte) value));
    }

    @Override
    public void setType(PageRef page, PageType type) {
      change(page, memory -> memory.set(SHORT, PageLayout.TYPE, (short) type.code()));
    }

    @Override
    public void stampLsn(PageRef page, int offset) {
      throw new UnsupportedOperationException("trees do not stamp LSNs");
    }

    @Override
    public void structureChange(long indexId) {
      live();
      structure = true;
    }

    @Override
    public void logical(LogicalType type, byte[] payload) {
      live();
    }

    @Override
    public long commit() {
      live();
      ended = true;
      long end = 0;
      if (!operations.isEmpty()) {
        synchronized (MemoryPages.this) {
          lsn += operations.size();
          end = lsn;
          if (logging) {
            log.addAll(operations);
          }
          if (structure) {
            structureChanges++;
          }
        }
      }
      held.values().forEach(this::unlatch);
      freed.keySet().forEach(page -> freePages.add(PageId.pageNo(page.pageId)));
      return end;
    }

    @Override
    public void close() {
      if (ended) {
        return;
      }
      boolean changed = !operations.isEmpty();
      commit();
      if (changed) {
        throw new IllegalStateException("a change was left in the middle");
      }
    }
  }
}
