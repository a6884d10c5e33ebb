package io.polarj.engine.buffer;

import io.polarj.engine.redo.LogWriter;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The background thread that writes dirty pages: all out while more of the pool is dirty than the
 * target or the oldest change is further back in the log than half of what is allowed; otherwise a
 * batch now and then, so that an idle engine becomes clean.
 */
public final class Flusher implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Flusher.class);
  private static final long TICK_NANOS = 50_000_000L;
  private static final int IDLE_TICKS = 4;

  private final BufferPool pool;
  private final PageWriter writer;
  private final LogWriter log;
  private final long targetAge;
  private final int targetDirty;
  private final Thread thread;
  private volatile boolean closed;

  public Flusher(
      BufferPool pool, PageWriter writer, LogWriter log, long maxCheckpointAge, int dirtyPercent) {
    this.pool = pool;
    this.writer = writer;
    this.log = log;
    this.targetAge = maxCheckpointAge / 2;
    this.targetDirty = Math.max(1, (int) ((long) pool.frameCount() * dirtyPercent / 100));
    this.thread = Thread.ofPlatform().daemon().name("page-flusher").start(this::run);
  }

  private void run() {
    for (int tick = 1; !closed && log.failure() == null; tick++) {
      try {
        boolean pressed = pool.dirtyCount() > targetDirty;
        long belowLsn = pressed ? Long.MAX_VALUE : log.newestLsn() - targetAge;
        int written = writer.writeOldest(belowLsn);
        if (written == 0) {
          if (tick % IDLE_TICKS == 0) {
            writer.writeOldest(Long.MAX_VALUE);
          }
          LockSupport.parkNanos(this, TICK_NANOS);
        }
      } catch (RuntimeException e) {
        if (!closed) {
          LOG.error("flushing failed: {}", e.toString());
          log.fail(e);
        }
      }
    }
  }

  /** Begin flushing now instead of at the next tick. */
  public void hurry() {
    LockSupport.unpark(thread);
  }

  /** Writes all pages that were dirtied below the LSN. */
  public void flushBelow(long lsn) {
    while (!closed && log.failure() == null && pool.oldestDirtyLsn() < lsn) {
      if (writer.writeOldest(lsn) == 0) {
        LockSupport.parkNanos(this, 1_000_000L); // others hold or write what is left
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    writer.stop();
    hurry();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
