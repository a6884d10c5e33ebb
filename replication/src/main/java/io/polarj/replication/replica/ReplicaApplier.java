package io.polarj.replication.replica;

import io.polarj.engine.error.EngineException;
import io.polarj.engine.instance.EngineConfig;
import io.polarj.engine.instance.ReplicaEngine;
import io.polarj.engine.recovery.Checkpoint;
import io.polarj.pfs.file.FileSystem;
import io.polarj.platform.clock.Clock;
import java.io.IOException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that reads redo from shared storage and applies it, as far as the primary has
 * announced it as durable, in steps, and tells after each how far it is. It opens the engine when
 * the replica is attached for the first time, or anew when its position is gone, and opens the gate
 * when pages are consistent.
 *
 * <p>Memory: one step's groups while they are applied, and the redo of changes that the primary has
 * not flushed yet, which its checkpoint age bounds.
 */
final class ReplicaApplier implements ReplicaPosition, LinkEvents, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ReplicaApplier.class);

  /** What the applier tells; on its own thread. */
  interface Listener {
    /** The applied LSN is known to everybody who asks. */
    void applied();

    /** The redo or the pages can not be used; attach from the checkpoint. */
    void failed(RuntimeException error);
  }

  private final FileSystem fileSystem;
  private final EngineConfig config;
  private final long stepBytes;
  private final ServingGate gate;
  private final Clock clock;
  private final Listener listener;
  private final AppliedLsn applied = new AppliedLsn();
  private final Thread thread;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition work = lock.newCondition();
  // Guarded by the lock.
  private Attachment wanted;
  private long targetLsn;
  private long releaseLsn;
  private boolean closed;

  private volatile ReplicaInstance instance;
  private volatile Checkpoint start;
  private volatile long announcedLsn;
  private volatile long commitLsn;
  private volatile long behindSinceNanos;
  private volatile boolean behind;
  private volatile long rejoins;
  private volatile String lastError = "";

  // Of the thread.
  private Attachment current;
  private long releasedLsn;
  private long redoFile;

  ReplicaApplier(
      FileSystem fileSystem,
      EngineConfig config,
      long stepBytes,
      ServingGate gate,
      Clock clock,
      Listener listener) {
    this.fileSystem = fileSystem;
    this.config = config;
    this.stepBytes = stepBytes;
    this.gate = gate;
    this.clock = clock;
    this.listener = listener;
    this.thread = Thread.ofPlatform().daemon().name("replica-applier").unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  // Told by the link.

  @Override
  public void attached(Attachment attachment) {
    lock.lock();
    try {
      wanted = attachment;
      work.signal();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void announced(long durableLsn, long newCommitLsn, long newReleaseLsn) {
    if (durableLsn > applied.lsn() && !behind) {
      behindSinceNanos = clock.nanoTime();
      behind = true;
    }
    announcedLsn = durableLsn;
    commitLsn = Math.max(commitLsn, newCommitLsn);
    lock.lock();
    try {
      targetLsn = Math.max(targetLsn, durableLsn);
      releaseLsn = Math.max(releaseLsn, newReleaseLsn);
      work.signal();
    } finally {
      lock.unlock();
    }
  }

  // Asked by anybody.

  @Override
  public long appliedLsn() {
    return applied.lsn();
  }

  @Override
  public long oldestSnapshotLsn() {
    ReplicaInstance now = instance;
    return now == null ? 0 : now.engine().oldestSnapshot();
  }

  @Override
  public long neededLsn() {
    return applied.lsn();
  }

  @Override
  public long clusterIdHigh() {
    Checkpoint known = start;
    return known == null ? 0 : known.clusterIdHigh();
  }

  @Override
  public long clusterIdLow() {
    Checkpoint known = start;
    return known == null ? 0 : known.clusterIdLow();
  }

  boolean awaitApplied(long lsn, long timeoutNanos) throws InterruptedException {
    return applied.await(lsn, timeoutNanos);
  }

  /** The engine in use, or null before the first attachment. */
  ReplicaInstance instance() {
    return instance;
  }

  long announcedLsn() {
    return announcedLsn;
  }

  long commitLsn() {
    return commitLsn;
  }

  /** For how long there has been announced redo that is not applied yet. */
  long lagNanos() {
    return behind ? Math.max(0, clock.nanoTime() - behindSinceNanos) : 0;
  }

  long rejoins() {
    return rejoins;
  }

  String lastError() {
    return lastError;
  }

  // The thread.

  private record Work(Attachment attachment, long targetLsn, long releaseLsn) {}

  private Work await() {
    lock.lock();
    try {
      while (true) {
        if (closed) {
          return null;
        }
        boolean moved =
            instance != null
                && current != null
                && (targetLsn > applied.lsn() && targetLsn > reachedLsn
                    || Math.min(releaseLsn, applied.lsn()) > releasedLsn);
        if (wanted != null || moved) {
          Work next = new Work(wanted, targetLsn, releaseLsn);
          wanted = null;
          return next;
        }
        work.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
  }

  /** The target of the last application: applied may stay below it, in the middle of a group. */
  private long reachedLsn;

  private void run() {
    for (Work next = await(); next != null; next = await()) {
      try {
        if (next.attachment != null) {
          take(next.attachment);
        }
        if (next.releaseLsn > releasedLsn) {
          instance.engine().releaseTo(next.releaseLsn);
          releasedLsn = Math.min(next.releaseLsn, applied.lsn());
        }
        apply(next.targetLsn);
      } catch (RuntimeException e) {
        giveUp(e);
      }
    }
  }

  private void take(Attachment attachment) {
    current = attachment;
    boolean usable =
        instance != null && (attachment.goesOn() || applied.lsn() >= attachment.checkpointLsn());
    if (!usable) {
      if (instance != null) {
        rejoins = rejoins + 1;
        LOG.warn("redo from LSN {} on is gone; starting again from the checkpoint", applied.lsn());
        retire();
      }
      ReplicaEngine engine = ReplicaEngine.open(fileSystem, config);
      start = engine.kernel().startCheckpoint();
      instance = new ReplicaInstance(engine);
      reachedLsn = 0;
      releasedLsn = 0;
      redoFile = -1;
      publish(engine.appliedLsn());
    } else if (!attachment.goesOn()) {
      instance.engine().suspend();
    }
  }

  private void retire() {
    ReplicaInstance old = instance;
    instance = null;
    if (old != null) {
      old.retire();
    }
  }

  private void apply(long targetLsn) {
    ReplicaEngine engine = instance.engine();
    long before = -1;
    long limit = engine.appliedLsn();
    while (true) {
      openGate(engine);
      long at = engine.appliedLsn();
      if (at >= targetLsn || limit >= targetLsn || stopRequested()) {
        break;
      }
      // A group larger than a step: go further until it fits.
      limit = at == before ? limit + stepBytes : at + stepBytes;
      limit = Math.min(limit, targetLsn);
      before = at;
      refreshAtNewFile(limit);
      engine.applyTo(limit);
      publish(engine.appliedLsn());
    }
    reachedLsn = targetLsn;
    if (applied.lsn() >= announcedLsn || reachedLsn >= announcedLsn) {
      behind = false;
    } else {
      behindSinceNanos = clock.nanoTime();
    }
    if (before < 0) {
      listener.applied(); // nothing was, but the primary waits for word
    }
  }

  private boolean stopRequested() {
    lock.lock();
    try {
      return closed || wanted != null;
    } finally {
      lock.unlock();
    }
  }

  private void openGate(ReplicaEngine engine) {
    if (current != null && engine.appliedLsn() >= current.serveLsn() && !gateOpened()) {
      if (!engine.ready()) {
        engine.serve();
      }
      gate.ready(current.generation());
    }
  }

  private boolean gateOpened() {
    return gate.ready() && gate.generation() == current.generation();
  }

  private void publish(long lsn) {
    applied.publish(lsn);
    listener.applied();
  }

  /** The mount may not know the next redo file yet. */
  private void refreshAtNewFile(long limitLsn) {
    long number = limitLsn / start.redoFileBytes();
    if (number == redoFile) {
      return;
    }
    try {
      fileSystem.refresh();
      redoFile = number;
    } catch (IOException e) {
      throw new EngineException.StorageFailure("the mount can not be refreshed", e);
    }
  }

  private void giveUp(RuntimeException e) {
    lastError = e.toString();
    LOG.error(
        "applying redo at LSN {} failed; starting again from the checkpoint", applied.lsn(), e);
    gate.shut();
    current = null;
    rejoins = rejoins + 1;
    retire();
    publish(0);
    listener.failed(e);
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      work.signal();
    } finally {
      lock.unlock();
    }
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    retire();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
