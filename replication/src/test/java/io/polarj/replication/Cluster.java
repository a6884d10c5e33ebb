package io.polarj.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.polarj.engine.api.Engine;
import io.polarj.engine.api.IsolationLevel;
import io.polarj.engine.api.Transaction;
import io.polarj.engine.error.EngineException;
import io.polarj.engine.instance.EngineConfig;
import io.polarj.engine.instance.PrimaryEngine;
import io.polarj.pfs.local.LocalFileSystem;
import io.polarj.platform.loop.IdleMode;
import io.polarj.platform.loop.ThreadLoop;
import io.polarj.platform.net.Address;
import io.polarj.platform.net.InProcessHub;
import io.polarj.platform.net.InProcessNetwork;
import io.polarj.replication.primary.PrimaryReplication;
import io.polarj.replication.replica.ReplicaLink;
import io.polarj.replication.replica.ReplicaNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** A primary and replicas in this JVM, all over one directory. */
final class Cluster implements AutoCloseable {
  static final Address PRIMARY = new Address("primary", 1);
  static final long LONG_NANOS = TimeUnit.SECONDS.toNanos(60);

  private final Path directory;
  private final ReplicationSettings settings;
  private final InProcessHub hub = new InProcessHub();
  private final List<Replica> replicas = new ArrayList<>();
  private long nodeIds;
  private PrimaryEngine engine;
  private PrimaryReplication replication;
  private ThreadLoop loop;
  private InProcessNetwork network;
  private LocalFileSystem files;

  /** A replica with all that is its own. */
  record Replica(ReplicaNode node, ThreadLoop loop, InProcessNetwork network, ReadOnlyGuard files)
      implements AutoCloseable {
    Engine engine() {
      return node.engine();
    }

    /** Asks until the replica refuses to answer; returns why. */
    String awaitRefusal() {
      while (true) {
        try {
          begin(engine()).rollback();
          Thread.onSpinWait();
        } catch (EngineException.NotServing e) {
          return e.getMessage();
        }
      }
    }

    /** As a crash: nobody is told. */
    void kill() throws IOException {
      node.abandon();
      end();
    }

    @Override
    public void close() throws IOException {
      node.close();
      end();
    }

    private void end() throws IOException {
      network.close();
      loop.close();
      files.close();
    }
  }

  Cluster(Path directory, ReplicationSettings settings) throws IOException {
    this.directory = directory;
    this.settings = settings;
    files = new LocalFileSystem(directory, false);
    startPrimary(PrimaryEngine.create(files, EngineConfig.small()), false);
  }

  private void startPrimary(PrimaryEngine started, boolean replicasMayExist) {
    engine = started;
    loop = ThreadLoop.start("primary", IdleMode.BLOCK);
    network = new InProcessNetwork(hub, loop);
    replication =
        PrimaryReplication.start(
            engine, network, loop, PRIMARY, "primary:3306", replicasMayExist, settings);
  }

  PrimaryEngine primary() {
    return engine;
  }

  PrimaryReplication replication() {
    return replication;
  }

  /** Kills or stops the primary and starts it again over the same directory. */
  void restartPrimary(boolean crash) throws IOException {
    restartPrimary(crash, () -> {});
  }

  /** The same, with something done while there is no primary. */
  void restartPrimary(boolean crash, Runnable meanwhile) throws IOException {
    stopPrimary(crash);
    meanwhile.run();
    files = new LocalFileSystem(directory, false);
    startPrimary(PrimaryEngine.openHeld(files, EngineConfig.small()), true);
  }

  private void stopPrimary(boolean crash) throws IOException {
    if (crash) {
      engine.abandon();
    } else {
      engine.close();
    }
    replication.close();
    network.close();
    loop.close();
    files.close();
  }

  Replica replica() throws Exception {
    return replica(ReadOnlyGuard::new);
  }

  /** Adds a replica and waits until it serves. */
  Replica replica(Function<LocalFileSystem, ReadOnlyGuard> mount) throws Exception {
    long id = ++nodeIds;
    ReadOnlyGuard guard = mount.apply(new LocalFileSystem(directory, false));
    ThreadLoop own = ThreadLoop.start("replica-" + id, IdleMode.BLOCK);
    InProcessNetwork ownNetwork = new InProcessNetwork(hub, own);
    ReplicaNode node =
        ReplicaNode.start(
            guard,
            ownNetwork,
            own,
            () -> PRIMARY,
            new ReplicaLink.Identity(id, "replica-" + id, "replica-" + id + ":3306"),
            // Pages come and go: what is read from storage needs its pending redo.
            EngineConfig.small().withBufferPoolBytes(1 << 20),
            settings);
    Replica replica = new Replica(node, own, ownNetwork, guard);
    replicas.add(replica);
    assertThat(node.awaitServing(LONG_NANOS)).as("%s", node.status()).isTrue();
    return replica;
  }

  void forget(Replica replica) {
    replicas.remove(replica);
  }

  /** Returns when the replica has everything that is committed now. */
  void catchUp(Replica replica) throws InterruptedException {
    engine.kernel().waitDurable(engine.kernel().newestLsn());
    long lsn = engine.kernel().durableLsn();
    assertThat(replica.node().awaitApplied(lsn, LONG_NANOS))
        .as("%s waits for %s", replica.node().status(), lsn)
        .isTrue();
  }

  static Transaction begin(Engine engine) {
    return engine.begin(IsolationLevel.REPEATABLE_READ, false);
  }

  @Override
  public void close() throws Exception {
    for (Replica replica : replicas) {
      replica.close();
      assertThat(replica.files().attempts()).as("attempts of a replica to write (R2)").isZero();
    }
    stopPrimary(false);
  }
}
