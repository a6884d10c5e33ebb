package io.polarj.engine.buffer;

import io.polarj.engine.error.EngineException;
import io.polarj.engine.page.PageBytes;
import io.polarj.engine.page.PageId;
import io.polarj.engine.page.PageLayout;
import io.polarj.engine.redo.LogWriter;
import io.polarj.pfs.file.PolarFile;
import io.polarj.platform.disk.IoCallback;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * Writes dirty pages. A page is copied under a shared latch together with its LSN (a frozen copy);
 * the copy is written once redo is durable up to that LSN (E1) and every live replica has applied
 * it (R3), however much the page changes meanwhile. A page leaves the flush list when its copy is
 * durable. Any thread; the background flusher may wait for replicas, an evicting thread does not.
 */
public final class PageWriter implements AutoCloseable {
  public static final int BATCH = 64;
  private static final int SHARED_STAGINGS = 2;
  private static final long LATCH_WAIT_MILLIS = 10;
  private static final long BOUND_POLL_NANOS = 500_000;

  private record Copy(Frame frame, long pageId, long lsn, MemorySegment bytes) {}

  private final BufferPool pool;
  private final FlushList flushList;
  private final Tablespaces tablespaces;
  private final LogWriter log;
  private final FlushBound bound;
  private final Arena arena = Arena.ofShared();
  private final BlockingQueue<MemorySegment> stagings = new ArrayBlockingQueue<>(SHARED_STAGINGS);
  private final MemorySegment backgroundStaging;
  private final LongAdder pagesWritten = new LongAdder();
  private volatile boolean closed;

  public PageWriter(BufferPool pool, Tablespaces tablespaces, LogWriter log, FlushBound bound) {
    this.pool = pool;
    this.flushList = pool.flushList();
    this.tablespaces = tablespaces;
    this.log = log;
    this.bound = bound;
    this.backgroundStaging = staging();
    for (int i = 0; i < SHARED_STAGINGS; i++) {
      stagings.add(staging());
    }
  }

  private MemorySegment staging() {
    return arena.allocate((long) BATCH * PageLayout.PAGE_BYTES, 4096);
  }

  public long pagesWritten() {
    return pagesWritten.sum();
  }

  /**
   * Writes the oldest dirty pages that were dirtied below the LSN, at most a batch, waiting for
   * replicas where it must; returns how many. One background thread.
   */
  synchronized int writeOldest(long belowLsn) {
    List<Frame> fixed = new ArrayList<>(BATCH);
    flushList.collect(fixed, BATCH, belowLsn);
    return write(fixed, backgroundStaging, true);
  }

  /** For eviction: writes those of the pages that may be written at once; returns how many. */
  int writeNow(List<Frame> frames) {
    List<Frame> fixed = new ArrayList<>(frames.size());
    for (Frame frame : frames) {
      if (frame.tryFix()) {
        fixed.add(frame);
      }
    }
    MemorySegment staging = takeStaging();
    try {
      return write(fixed, staging, false);
    } finally {
      stagings.add(staging);
    }
  }

  private MemorySegment takeStaging() {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return stagings.take();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private int write(List<Frame> fixed, MemorySegment staging, boolean mayWait) {
    List<Copy> copies = new ArrayList<>(fixed.size());
    long newest = 0;
    for (Frame frame : fixed) {
      Copy copy =
          freeze(
              frame,
              staging.asSlice((long) copies.size() * PageLayout.PAGE_BYTES, PageLayout.PAGE_BYTES),
              mayWait);
      if (copy == null) {
        pool.unfix(frame);
      } else {
        copies.add(copy);
        newest = Math.max(newest, copy.lsn);
      }
    }
    int count = 0;
    List<Copy> waiting = copies;
    try {
      log.waitDurable(newest);
      while (!waiting.isEmpty()) {
        long limit = bound.lsn();
        List<Copy> ready = new ArrayList<>();
        List<Copy> later = new ArrayList<>();
        for (Copy copy : waiting) {
          (copy.lsn <= limit ? ready : later).add(copy);
        }
        waiting = later;
        writeCopies(ready);
        count += ready.size();
        if (!mayWait || closed || log.failure() != null) {
          break;
        }
        if (ready.isEmpty()) {
          LockSupport.parkNanos(this, BOUND_POLL_NANOS);
        }
      }
    } finally {
      for (Copy copy : waiting) {
        end(copy, false);
      }
    }
    return count;
  }

  private Copy freeze(Frame frame, MemorySegment target, boolean mayWait) {
    long stamp;
    try {
      stamp =
          mayWait
              ? frame.latch.tryReadLock(LATCH_WAIT_MILLIS, TimeUnit.MILLISECONDS)
              : frame.latch.tryReadLock();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
    if (stamp == 0) {
      return null;
    }
    try {
      if (frame.loadError != null || !flushList.beginFlush(frame)) {
        return null;
      }
      target.copyFrom(frame.memory);
      return new Copy(frame, frame.pageId, PageBytes.lsn(target), target);
    } finally {
      frame.latch.unlockRead(stamp);
    }
  }

  private void end(Copy copy, boolean written) {
    flushList.endFlush(copy.frame, written);
    pool.unfix(copy.frame);
  }

  /** Writes and syncs; the copies are ended either way. */
  private void writeCopies(List<Copy> copies) {
    if (copies.isEmpty()) {
      return;
    }
    boolean written = false;
    try {
      Map<Integer, PolarFile> files = new LinkedHashMap<>();
      CountDownLatch left = new CountDownLatch(copies.size());
      List<IOException> errors = new ArrayList<>();
      for (Copy copy : copies) {
        submit(
            copy,
            files,
            error -> {
              if (error != null && !tablespaces.isDropped(PageId.space(copy.pageId))) {
                synchronized (errors) {
                  errors.add(error);
                }
              }
              left.countDown();
            });
      }
      awaitAll(left);
      synchronized (errors) {
        if (!errors.isEmpty()) {
          throw errors.getFirst();
        }
      }
      sync(files);
      written = true;
      pagesWritten.add(copies.size());
    } catch (IOException e) {
      log.fail(e);
      throw new EngineException.StorageFailure(
          "pages can not be written; the engine has stopped; restart it when storage works", e);
    } finally {
      for (Copy copy : copies) {
        end(copy, written);
      }
    }
  }

  private void submit(Copy copy, Map<Integer, PolarFile> files, IoCallback done) {
    int space = PageId.space(copy.pageId);
    int pageNo = PageId.pageNo(copy.pageId);
    try {
      if (tablespaces.isDropped(space)) {
        done.completed(null);
        return;
      }
      PageBytes.seal(copy.bytes);
      Tablespace tablespace = tablespaces.of(space);
      tablespace.ensurePages(pageNo + 1);
      files.put(space, tablespace.file());
    } catch (EngineException e) {
      done.completed(new IOException(e));
      return;
    }
    long offset = Integer.toUnsignedLong(pageNo) * PageLayout.PAGE_BYTES;
    files.get(space).writeAsync(offset, copy.bytes, done);
  }

  private void sync(Map<Integer, PolarFile> files) throws IOException {
    for (Map.Entry<Integer, PolarFile> entry : files.entrySet()) {
      try {
        entry.getValue().sync();
      } catch (IOException e) {
        if (!tablespaces.isDropped(entry.getKey())) {
          throw e;
        }
      }
    }
  }

  private static void awaitAll(CountDownLatch left) {
    boolean interrupted = false;
    while (true) {
      try {
        left.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Lets a waiting background write give up. */
  public void stop() {
    closed = true;
  }

  @Override
  public void close() {
    stop();
    arena.close();
  }
}
