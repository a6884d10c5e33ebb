package io.polarj.engine.recovery;

import io.polarj.engine.buffer.BufferPool;
import io.polarj.engine.buffer.PendingRedo;
import io.polarj.engine.error.EngineException;
import io.polarj.engine.mtr.Mtr;
import io.polarj.engine.redo.LogWriter;
import io.polarj.engine.redo.RedoFiles;
import io.polarj.pfs.file.FileSystem;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes fuzzy checkpoints: the lowest LSN that could still be needed is the least of the durable
 * LSN (read first: a group below it has its pages listed), the oldest dirty page, recovery's start
 * while redo is pending, and the place of the transaction state written for this checkpoint. Then
 * removes redo that neither recovery nor anybody else needs.
 */
public final class Checkpointer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Checkpointer.class);
  private static final long INTERVAL_NANOS = 1_000_000_000L;

  private final FileSystem fileSystem;
  private final LogWriter log;
  private final RedoFiles files;
  private final BufferPool pool;
  private final PendingRedo pending;
  private final Supplier<Mtr> mtrs;
  private final CheckpointParticipant participant;
  private final RedoRetention retention;
  private final List<LongConsumer> listeners = new CopyOnWriteArrayList<>();
  private volatile Checkpoint current;
  private long stateEndLsn; // end of the state record of the newest checkpoint
  private Thread thread;
  private volatile boolean closed;

  public Checkpointer(
      FileSystem fileSystem,
      LogWriter log,
      RedoFiles files,
      BufferPool pool,
      PendingRedo pending,
      Supplier<Mtr> mtrs,
      CheckpointParticipant participant,
      RedoRetention retention,
      Checkpoint current) {
    this.fileSystem = fileSystem;
    this.log = log;
    this.files = files;
    this.pool = pool;
    this.pending = pending;
    this.mtrs = mtrs;
    this.participant = participant;
    this.retention = retention;
    this.current = current;
  }

  public Checkpoint current() {
    return current;
  }

  /** Called with the checkpoint LSN after each checkpoint. */
  public void addListener(LongConsumer listener) {
    listeners.add(listener);
  }

  public void start() {
    thread = Thread.ofPlatform().daemon().name("checkpointer").start(this::run);
  }

  private void run() {
    while (!closed && log.failure() == null) {
      LockSupport.parkNanos(this, INTERVAL_NANOS);
      if (closed) {
        return;
      }
      try {
        take();
      } catch (RuntimeException e) {
        if (!closed) {
          LOG.error("a checkpoint failed: {}", e.toString());
          log.fail(e);
        }
      }
    }
  }

  /** Take one soon. */
  public void hurry() {
    if (thread != null) {
      LockSupport.unpark(thread);
    }
  }

  /** Takes a checkpoint now and returns its LSN. */
  public synchronized long take() {
    // Looked at in this order: what pends leaves for the flush list, never the other way.
    boolean recovering = !pending.isEmpty();
    long before = log.newestLsn();
    if (before == stateEndLsn && pool.oldestDirtyLsn() == Long.MAX_VALUE) {
      removeRedo();
      return current.lsn(); // nothing has happened since
    }
    participant.writeState(mtrs.get());
    stateEndLsn = log.newestLsn();
    log.waitDurable(stateEndLsn);
    long lsn = Math.min(before, log.durableLsn());
    lsn = Math.min(lsn, pool.oldestDirtyLsn());
    if (recovering) {
      lsn = Math.min(lsn, current.lsn());
    }
    try {
      Checkpoint next =
          current.next(Math.max(lsn, current.lsn()), log.epoch(), participant.payload());
      CheckpointFile.write(fileSystem, next);
      current = next;
    } catch (IOException e) {
      throw new EngineException.StorageFailure(CheckpointFile.PATH + " can not be written", e);
    }
    removeRedo();
    for (LongConsumer listener : listeners) {
      listener.accept(current.lsn());
    }
    return current.lsn();
  }

  private void removeRedo() {
    try {
      files.removeBelow(Math.min(current.lsn(), retention.lsn()));
    } catch (IOException e) {
      throw new EngineException.StorageFailure("old redo files can not be removed", e);
    }
  }

  @Override
  public void close() {
    closed = true;
    hurry();
    try {
      if (thread != null) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
