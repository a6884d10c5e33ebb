package io.polarj.replication.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.polarj.engine.error.EngineException;
import io.polarj.platform.net.Address;
import io.polarj.platform.random.RandomStream;
import io.polarj.platform.sim.SimFabric;
import io.polarj.platform.sim.SimLoop;
import io.polarj.platform.sim.SimNetwork;
import io.polarj.replication.ReplicationSettings;
import java.util.ArrayList;
import java.util.List;

/** The production link and gate of a replica; applying and readers are modelled. */
final class SimReplica implements ReplicaPosition, LinkEvents {
  final long nodeId;
  final Address address;
  final SimLoop loop;
  final SimNetwork network;
  final ServingGate gate;
  final ReplicaLink link;
  final List<Reader> readers = new ArrayList<>();
  final List<Long> announced = new ArrayList<>();
  private final SimVolume volume;
  private final RandomStream random;
  long applied;
  boolean begun;
  boolean stuck;
  long slowNanos = 3_000_000;
  long target;
  long release;
  int generations;
  int rejoins;
  private Attachment attachment;
  private boolean applying;

  /** A reader that began in a generation at a snapshot. */
  record Reader(long generation, long snapshot) {}

  SimReplica(
      long nodeId,
      SimVolume volume,
      SimLoop loop,
      SimFabric fabric,
      ReplicationSettings settings,
      RandomStream random) {
    this.nodeId = nodeId;
    this.volume = volume;
    this.loop = loop;
    this.random = random;
    address = new Address("replica-" + nodeId, 1);
    network = fabric.network(loop, address);
    gate = new ServingGate(loop.clock());
    link =
        new ReplicaLink(
            loop,
            network,
            () -> SimPrimary.ADDRESS,
            settings,
            new ReplicaLink.Identity(nodeId, "r" + nodeId, "r:3306"),
            this,
            gate,
            this);
    loop.execute(link::start);
  }

  void kill() {
    loop.kill();
    network.close();
    readers.clear();
  }

  @Override
  public long appliedLsn() {
    return applied;
  }

  @Override
  public long oldestSnapshotLsn() {
    long oldest = applied;
    for (Reader reader : readers) {
      oldest = Math.min(oldest, reader.snapshot);
    }
    return oldest;
  }

  @Override
  public long neededLsn() {
    return applied;
  }

  @Override
  public long clusterIdHigh() {
    return begun ? 7 : 0;
  }

  @Override
  public long clusterIdLow() {
    return begun ? 8 : 0;
  }

  @Override
  public void attached(Attachment next) {
    attachment = next;
    if (!next.goesOn()) {
      generations++;
      if (!begun || applied < next.checkpointLsn()) {
        rejoins += begun ? 1 : 0;
        applied = volume.checkpoint;
        begun = true;
      }
    }
    apply();
  }

  @Override
  public void announced(long durableLsn, long commitLsn, long releaseLsn) {
    announced.add(durableLsn);
    target = Math.max(target, durableLsn);
    release = Math.max(release, releaseLsn);
    apply();
  }

  private void apply() {
    openGate();
    if (applying || stuck || !begun || applied >= target) {
      return;
    }
    applying = true;
    loop.schedule(
        random.nextLong(1 + slowNanos),
        () -> {
          applying = false;
          if (applied < volume.removed) {
            assertThat(gate.leaseHeld()).as("redo is kept while the lease runs (E4)").isFalse();
            begun = false;
            applied = 0;
            link.rejoin();
            return;
          }
          if (!stuck) {
            applied = Math.min(target, applied + 1 + random.nextLong(400));
            openGate();
            link.appliedMoved();
            apply();
          }
        });
  }

  private void openGate() {
    if (attachment != null && begun && applied >= attachment.serveLsn()) {
      gate.ready(attachment.generation());
    }
  }

  /** A reader begins, if the gate lets it. */
  void read() {
    if (gate.open()) {
      readers.add(new Reader(gate.enter(), applied));
    }
  }

  /** What every answer given now would be worth (R3, R5, R7). */
  void checkAnswers(String when, boolean purgeWaits) {
    if (loop.dead()) {
      return;
    }
    for (Reader reader : readers) {
      if (answers(reader)) {
        assertThat(volume.flushed)
            .as("R3/R7: pages flushed, replica %s answers at its applied LSN, %s", nodeId, when)
            .isLessThanOrEqualTo(applied);
        if (purgeWaits) {
          assertThat(volume.purged)
              .as("R5: versions purged, replica %s answers from its snapshot, %s", nodeId, when)
              .isLessThanOrEqualTo(reader.snapshot);
        }
      }
    }
    if (gate.open()) {
      assertThat(volume.flushed)
          .as("R3/R7: pages flushed, replica %s lets readers in, %s", nodeId, when)
          .isLessThanOrEqualTo(applied);
    }
    assertThat(release).as("release is below what is flushed").isLessThanOrEqualTo(volume.flushed);
  }

  private boolean answers(Reader reader) {
    try {
      gate.check(reader.generation);
      return true;
    } catch (EngineException.NotServing e) {
      return false;
    }
  }
}
