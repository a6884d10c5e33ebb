package io.polarj.replication.replica;

import static io.polarj.replication.replica.SimWorld.MILLI;
import static org.assertj.core.api.Assertions.assertThat;

import io.polarj.platform.sim.SimNetworkFaults;
import io.polarj.replication.ReplicationSettings;
import io.polarj.replication.primary.AttachedReplica;
import org.junit.jupiter.api.Test;

/** The announcer and the link against each other, one property at a time. */
class LeaseProtocolTest {
  private static final ReplicationSettings SETTINGS = ReplicationSettings.defaults();

  private static SimWorld serving(int replicas) {
    SimWorld world = new SimWorld(1, SETTINGS);
    for (int i = 0; i < replicas; i++) {
      world.addReplica(0);
    }
    world.run(500 * MILLI);
    assertThat(world.allServe()).isTrue();
    return world;
  }

  @Test
  void durableRedoIsAnnouncedAtOnceAndAcknowledgedWhenApplied() {
    SimWorld world = serving(2);
    world.replicas.forEach(replica -> replica.slowNanos = 0);
    world.primary.write(100);
    world.run(2 * MILLI);
    assertThat(world.allServe()).isTrue();
    world.run(MILLI);
    assertThat(world.primary.bounds.flushLsn()).isEqualTo(world.volume.durable);
  }

  @Test
  void announcementsAreCoalescedUnderLoad() {
    SimWorld world = serving(1);
    SimReplica replica = world.replicas.getFirst();
    int before = replica.announced.size();
    for (int i = 0; i < 1000; i++) {
      world.primary.write(1);
      world.run(10_000);
    }
    world.run(20 * MILLI);
    assertThat(replica.applied).isEqualTo(world.volume.durable);
    // 10 ms of commits every 10 microseconds; one round trip takes 0.1 to 0.4 ms.
    assertThat(replica.announced.size() - before).isBetween(5, 150);
  }

  @Test
  void lostAnnouncementIsMadeUpForByTheNextHeartbeat() {
    SimWorld world = serving(1);
    world.fabric.faults(new SimNetworkFaults(50_000, 200_000, 1, 0, 0, 0));
    world.primary.write(100);
    world.run(5 * MILLI);
    assertThat(world.allServe()).isFalse();
    world.fabric.faults(SimNetworkFaults.NONE);
    world.run((2 * SETTINGS.heartbeatMillis()) * MILLI);
    assertThat(world.allServe()).isTrue();
  }

  @Test
  void flushBoundIsTheLowestAppliedLsnOfTheLiveReplicas() {
    SimWorld world = serving(2);
    SimReplica slow = world.replicas.getFirst();
    slow.stuck = true;
    world.primary.write(5000);
    world.run(500 * MILLI);
    assertThat(slow.applied).isLessThan(world.volume.durable);
    assertThat(world.primary.bounds.flushLsn()).isEqualTo(slow.applied);
    assertThat(world.volume.flushed).isEqualTo(slow.applied);
  }

  @Test
  void deadReplicaHoldsThePrimaryBackOnlyUntilItsLeaseHasEnded() {
    SimWorld world = serving(2);
    SimReplica dead = world.replicas.getFirst();
    dead.kill();
    world.replicas.remove(dead);
    world.primary.write(5000);
    world.run((SETTINGS.leaseMillis() - 500) * MILLI);
    assertThat(world.primary.bounds.flushLsn()).isEqualTo(dead.applied);
    assertThat(world.primary.bounds.retainLsn()).isEqualTo(dead.applied);
    world.run((500 + SETTINGS.leaseMarginMillis() + 2 * SETTINGS.heartbeatMillis()) * MILLI);
    assertThat(world.primary.bounds.flushLsn()).isEqualTo(world.volume.durable);
    assertThat(world.primary.bounds.retainLsn()).isEqualTo(world.volume.durable);
    assertThat(world.primary.announcer.replicas()).hasSize(1);
  }

  @Test
  void replicaStopsAnsweringBeforeThePrimaryActsHoweverItsClockDrifts() {
    for (int drift : new int[] {-20, 0, 20}) {
      SimWorld world = new SimWorld(drift, SETTINGS);
      SimReplica replica = world.addReplica(drift);
      world.run(1000 * MILLI);
      assertThat(replica.gate.open()).isTrue();
      replica.read();
      world.cut(replica);
      long closed = 0;
      long acted = 0;
      for (int i = 0; acted == 0 && i < 10_000; i++) {
        world.primary.write(1);
        world.run(MILLI);
        if (closed == 0 && !replica.gate.open()) {
          closed = world.scheduler.nowNanos();
        }
        if (world.volume.flushed > replica.applied) {
          acted = world.scheduler.nowNanos();
        }
      }
      assertThat(closed).as("drift %s", drift).isPositive();
      assertThat(acted).as("drift %s", drift).isGreaterThan(closed);
    }
  }

  @Test
  void replicaThatLostItsLeaseServesAgainOnceItHasCaughtUpAndOldReadersDoNot() {
    SimWorld world = serving(1);
    SimReplica replica = world.replicas.getFirst();
    long generation = replica.gate.enter();
    world.cut(replica);
    world.primary.write(100_000);
    world.run((SETTINGS.actNanos() / MILLI + 1000) * MILLI);
    assertThat(replica.gate.open()).isFalse();
    assertThat(world.primary.announcer.replicas()).isEmpty();
    world.fabric.unblockAll();
    world.run(6000 * MILLI);
    assertThat(world.allServe()).isTrue();
    assertThat(replica.gate.generation()).isGreaterThan(generation);
    assertThat(replica.rejoins).isEqualTo(1);
  }

  @Test
  void shortSilenceIsNoReasonToBeginAnew() {
    SimWorld world = serving(1);
    SimReplica replica = world.replicas.getFirst();
    long generation = replica.gate.enter();
    world.fabric.block(SimPrimary.ADDRESS, replica.address);
    world.run((SETTINGS.silenceMillis() + 300) * MILLI);
    world.fabric.unblockAll();
    world.run(3000 * MILLI);
    assertThat(replica.gate.open()).isTrue();
    assertThat(replica.gate.generation()).isEqualTo(generation);
  }

  @Test
  void restartedPrimaryHoldsEverythingUntilOldLeasesHaveEndedAndReplicasGoOn() {
    SimWorld world = serving(2);
    SimReplica lost = world.replicas.getFirst();
    SimReplica replica = world.replicas.get(1);
    long generation = replica.gate.enter();
    world.cut(lost);
    world.primary.kill();
    world.startPrimary(0, true);
    world.primary.write(5000);
    world.run((SETTINGS.leaseMillis() - 100) * MILLI);
    assertThat(world.volume.flushed).isLessThan(world.volume.durable - 4000);
    assertThat(replica.gate.generation()).isEqualTo(generation);
    assertThat(replica.gate.open()).isTrue();
    assertThat(replica.applied).isEqualTo(world.volume.durable);
    world.run(1000 * MILLI);
    assertThat(lost.gate.open()).isFalse();
    assertThat(world.volume.flushed).isEqualTo(world.volume.durable);
    world.fabric.unblockAll();
    world.run(6000 * MILLI);
    assertThat(world.allServe()).isTrue();
  }

  @Test
  void replicaWithoutProgressGetsNoRenewalAndDoesNotStallThePrimary() {
    SimWorld world = new SimWorld(1, SETTINGS.withLimits(1000, 1L << 30));
    SimReplica replica = world.addReplica(0);
    world.run(500 * MILLI);
    replica.stuck = true;
    long stuckAt = replica.applied;
    for (int i = 0; i < 60; i++) {
      world.primary.write(100);
      world.run(100 * MILLI);
    }
    assertThat(world.volume.flushed).isGreaterThan(stuckAt);
    assertThat(replica.generations).isGreaterThan(1);
    replica.stuck = false;
    world.primary.write(100);
    world.run(10_000 * MILLI);
    assertThat(world.allServe()).isTrue();
  }

  @Test
  void replicaTooFarBehindGetsNoRenewal() {
    SimWorld world = new SimWorld(1, SETTINGS.withLimits(60_000, 1L << 20));
    SimReplica replica = world.addReplica(0);
    world.run(500 * MILLI);
    replica.slowNanos = 1000 * MILLI;
    world.primary.write(2L << 20);
    world.run((SETTINGS.actNanos() / MILLI + 1000) * MILLI);
    assertThat(world.volume.flushed).isEqualTo(world.volume.durable);
    // It has lost its lease and begun again where the primary's checkpoint is.
    assertThat(replica.generations).isEqualTo(2);
    assertThat(replica.rejoins).isEqualTo(1);
  }

  @Test
  void purgeWaitsForTheOldestReaderOfAReplicaUnlessToldNotTo() {
    for (boolean hold : new boolean[] {true, false}) {
      SimWorld world = new SimWorld(1, SETTINGS.withSnapshotsHoldPurge(hold));
      SimReplica replica = world.addReplica(0);
      world.run(500 * MILLI);
      replica.read();
      long snapshot = replica.oldestSnapshotLsn();
      world.primary.write(1000);
      world.run(1000 * MILLI);
      assertThat(world.volume.purged).isEqualTo(hold ? snapshot : world.volume.durable);
      replica.readers.clear();
      world.run(1000 * MILLI);
      assertThat(world.volume.purged).isEqualTo(world.volume.durable);
    }
  }

  @Test
  void replicaThatLeavesIsForgottenAtOnce() {
    SimWorld world = serving(1);
    SimReplica replica = world.replicas.getFirst();
    replica.loop.execute(replica.link::stop);
    world.primary.write(1000);
    world.run(2 * MILLI);
    assertThat(replica.gate.open()).isFalse();
    assertThat(world.volume.flushed).isEqualTo(world.volume.durable);
  }

  @Test
  void statusTellsHowFarEachReplicaIs() {
    SimWorld world = serving(1);
    world.replicas.getFirst().stuck = true;
    world.primary.write(1000);
    world.run(10 * MILLI);
    AttachedReplica view = world.primary.announcer.replicas().getFirst();
    assertThat(view.name()).isEqualTo("r1");
    assertThat(view.lagBytes()).isEqualTo(1000);
    assertThat(view.leaseRemainingMillis()).isPositive();
  }
}
