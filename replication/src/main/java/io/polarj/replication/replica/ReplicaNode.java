package io.polarj.replication.replica;

import io.polarj.engine.api.Engine;
import io.polarj.engine.instance.EngineConfig;
import io.polarj.pfs.file.FileSystem;
import io.polarj.platform.loop.EventLoop;
import io.polarj.platform.net.Address;
import io.polarj.platform.net.Network;
import io.polarj.replication.ReplicationSettings;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A replica: keeps itself attached to the primary and up to date, and gives a read-only {@link
 * Engine} that answers while the lease runs. Writes nothing (R2): the mount it gets is read-only.
 * Any thread.
 */
public final class ReplicaNode implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ReplicaNode.class);
  private static final long STATUS_SECONDS = 5;

  private final EventLoop loop;
  private final ServingGate gate;
  private final ReplicaApplier applier;
  private final ReplicaLink link;
  private final LeasedEngine engine;
  private final AtomicBoolean reporting = new AtomicBoolean();
  private final AtomicBoolean closed = new AtomicBoolean();

  private ReplicaNode(
      FileSystem fileSystem,
      Network network,
      EventLoop loop,
      Supplier<Address> primary,
      ReplicaLink.Identity identity,
      EngineConfig config,
      ReplicationSettings settings) {
    this.loop = loop;
    gate = new ServingGate(loop.clock());
    applier =
        new ReplicaApplier(
            fileSystem,
            config,
            settings.applyStepBytes(),
            gate,
            loop.clock(),
            new ReplicaApplier.Listener() {
              @Override
              public void applied() {
                if (reporting.compareAndSet(false, true)) {
                  loop.execute(ReplicaNode.this::report);
                }
              }

              @Override
              public void failed(RuntimeException error) {
                loop.execute(() -> link().rejoin());
              }
            });
    link = new ReplicaLink(loop, network, primary, settings, identity, applier, gate, applier);
    engine = new LeasedEngine(gate, applier, this::close);
  }

  private ReplicaLink link() {
    return link;
  }

  private void report() {
    reporting.set(false); // before reading: what moves from now on is reported again
    link.appliedMoved();
  }

  /**
   * Starts; returns at once. {@code network} is bound to {@code loop}, {@code primary} tells where
   * the primary's {@code PrimaryReplication} listens now (null: not known yet).
   */
  public static ReplicaNode start(
      FileSystem readOnlyMount,
      Network network,
      EventLoop loop,
      Supplier<Address> primary,
      ReplicaLink.Identity identity,
      EngineConfig config,
      ReplicationSettings settings) {
    if (!readOnlyMount.readOnly()) {
      throw new IllegalArgumentException("a replica needs a read-only mount (R2)");
    }
    ReplicaNode node =
        new ReplicaNode(readOnlyMount, network, loop, primary, identity, config, settings);
    node.applier.start();
    loop.execute(node.link::start);
    return node;
  }

  /** Read-only; throws {@code NotServing} while the replica may not answer. */
  public Engine engine() {
    return engine;
  }

  /** Whether readers are answered now. */
  public boolean serving() {
    return gate.open();
  }

  /** Waits until readers are answered; false when that took too long. */
  public boolean awaitServing(long timeoutNanos) throws InterruptedException {
    return gate.awaitOpen(timeoutNanos);
  }

  public long appliedLsn() {
    return applier.appliedLsn();
  }

  /** Where the newest commit that the primary has announced ended. */
  public long announcedCommitLsn() {
    return applier.commitLsn();
  }

  /**
   * Waits until redo up to the LSN is applied here; false when that took too long. For reads that
   * must see a certain commit.
   */
  public boolean awaitApplied(long lsn, long timeoutNanos) throws InterruptedException {
    return applier.awaitApplied(lsn, timeoutNanos);
  }

  public ReplicaStatus status() {
    CompletableFuture<ReplicaLink.View> asked = new CompletableFuture<>();
    loop.execute(() -> asked.complete(link.view()));
    ReplicaLink.View view;
    try {
      view = asked.get(STATUS_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while asking for the status", e);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("the replica's loop does not answer", e);
    }
    long applied = applier.appliedLsn();
    long durable = Math.max(applied, applier.announcedLsn());
    return new ReplicaStatus(
        gate.open(),
        view.attached(),
        view.primaryAddress(),
        view.primarySqlAddress(),
        view.epoch(),
        view.replicaId(),
        applied,
        durable,
        applier.commitLsn(),
        durable - applied,
        applier.lagNanos() / 1_000_000L,
        gate.leaseRemainingNanos() / 1_000_000L,
        view.attachments(),
        applier.rejoins(),
        view.refusal().isEmpty() ? applier.lastError() : view.refusal());
  }

  /** Stops answering, leaves the primary, and stops. Open transactions get errors. */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    gate.shut();
    CompletableFuture<Void> left = new CompletableFuture<>();
    loop.execute(() -> {
      link.stop();
      left.complete(null);
    });
    try {
      left.get(STATUS_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("the replica's loop does not answer; the primary will find out by the lease");
    }
    applier.close();
  }

  /** Stops without a word to the primary, as a crash would; for tests. */
  public void abandon() {
    if (closed.compareAndSet(false, true)) {
      gate.shut();
      loop.execute(link::abandon);
      applier.close();
    }
  }
}
