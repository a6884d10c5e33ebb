package io.polarj.replication.primary;

import io.polarj.engine.error.EngineException;
import io.polarj.engine.instance.PrimaryEngine;
import io.polarj.engine.recovery.Checkpoint;
import io.polarj.platform.loop.EventLoop;
import io.polarj.platform.net.Address;
import io.polarj.platform.net.Network;
import io.polarj.replication.ReplicationSettings;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Replication on the primary: joins an {@link Announcer} with the engine. The engine asks for its
 * bounds from many threads and gets what the announcer published last.
 *
 * <p>Stop in this order: the engine, then this; while the engine flushes its last pages, replicas
 * still follow.
 */
public final class PrimaryReplication implements AutoCloseable {
  private static final long ANSWER_SECONDS = 5;

  private final EventLoop loop;
  private final Announcer announcer;
  private final AtomicBoolean announcing = new AtomicBoolean();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition moved = lock.newCondition();
  private volatile ReplicationBounds bounds = ReplicationBounds.HOLD;
  private volatile int waiters;
  private volatile boolean closed;

  private record EngineLog(PrimaryEngine engine, Checkpoint opened) implements PrimaryLog {
    @Override
    public long epoch() {
      return opened.epoch();
    }

    @Override
    public long clusterIdHigh() {
      return opened.clusterIdHigh();
    }

    @Override
    public long clusterIdLow() {
      return opened.clusterIdLow();
    }

    @Override
    public long durableLsn() {
      return engine.kernel().durableLsn();
    }

    @Override
    public long commitLsn() {
      return Math.max(0, engine.durableCommitLsn());
    }

    @Override
    public long checkpointLsn() {
      return engine.kernel().checkpointLsn();
    }
  }

  private PrimaryReplication(
      PrimaryEngine engine, EventLoop loop, ReplicationSettings settings, String sqlAddress) {
    this.loop = loop;
    announcer =
        new Announcer(
            loop,
            new EngineLog(engine, engine.kernel().checkpoint()),
            settings,
            sqlAddress,
            this::publish);
  }

  /**
   * Starts.
   *
   * @param engine opened with {@code openHeld} if the volume may have replicas, which read on under
   *     a lease of the primary before; just created otherwise
   * @param network bound to {@code loop}
   * @param listen where replicas attach
   * @param sqlAddress where clients reach this primary, told to the replicas
   * @param replicasMayExist false for a volume that was made just now; if true, nothing is flushed
   *     or purged until the leases of the primary before have ended
   */
  public static PrimaryReplication start(
      PrimaryEngine engine,
      Network network,
      EventLoop loop,
      Address listen,
      String sqlAddress,
      boolean replicasMayExist,
      ReplicationSettings settings) {
    PrimaryReplication replication = new PrimaryReplication(engine, loop, settings, sqlAddress);
    engine.flushBound(() -> replication.bounds.flushLsn());
    engine.redoRetention(() -> replication.bounds.retainLsn());
    engine.purgeBound(() -> replication.bounds.purgeLsn());
    engine.definitionBarrier(replication::awaitDefinition);
    engine.onDurable(_ -> replication.durable());
    loop.execute(() -> replication.announcer.start(replicasMayExist));
    network.listen(listen, replication.announcer::onMessage);
    return replication;
  }

  /** By the log's thread; many become one. */
  private void durable() {
    if (!closed && announcing.compareAndSet(false, true)) {
      loop.execute(() -> {
        announcing.set(false);
        announcer.durableMoved();
      });
    }
  }

  private void publish(ReplicationBounds next) {
    bounds = next;
    if (waiters > 0) {
      lock.lock();
      try {
        moved.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  public ReplicationBounds bounds() {
    return bounds;
  }

  /**
   * Waits until every live replica has applied redo up to the LSN, or lost its lease and has
   * stopped answering; false when that took too long. After a start nobody knows the replicas
   * before their leases could have ended.
   */
  public boolean awaitReplicas(long lsn, long timeoutNanos) throws InterruptedException {
    lock.lock();
    try {
      waiters++;
      long left = timeoutNanos;
      while (bounds.appliedLsn() < lsn && left > 0) {
        left = moved.awaitNanos(left);
      }
      return bounds.appliedLsn() >= lsn;
    } finally {
      waiters--;
      lock.unlock();
    }
  }

  /**
   * Returns when no replica answers from a catalog older than the LSN (R6): each live one has
   * applied redo up to there, or will serve only once it has, and a dead one has lost its lease. A
   * lease ends some time after its replica has stopped to answer or to make progress, so this is
   * not asked to give up.
   */
  private void awaitDefinition(long lsn) {
    boolean interrupted = false;
    lock.lock();
    try {
      waiters++;
      while (bounds.flushLsn() < lsn) {
        if (closed) {
          throw new EngineException.NotServing(
              "the change is durable, but this primary stopped before every replica had taken it");
        }
        try {
          moved.await();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      waiters--;
      lock.unlock();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Who is attached now. */
  public List<AttachedReplica> replicas() {
    CompletableFuture<List<AttachedReplica>> asked = new CompletableFuture<>();
    loop.execute(() -> asked.complete(announcer.replicas()));
    try {
      return asked.get(ANSWER_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while asking for the replicas", e);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("the loop of replication does not answer", e);
    }
  }

  /** The bounds stay where they are: close the engine first. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      moved.signalAll();
    } finally {
      lock.unlock();
    }
    loop.execute(announcer::stop);
  }
}
