package io.polarj.storage.chunkserver;

import static io.polarj.storage.chunkserver.VirtualCluster.CHUNK;
import static io.polarj.storage.chunkserver.VirtualCluster.SECOND;
import static io.polarj.storage.chunkserver.VirtualCluster.page;
import static org.assertj.core.api.Assertions.assertThat;

import io.polarj.storage.protocol.DiskState;
import io.polarj.storage.protocol.NodeMetrics;
import io.polarj.storage.repair.ScrubSettings;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** A disk that misbehaves is reported, and stops only when nothing else is safe. */
class DiskStateTest {
  private final VirtualCluster cluster =
      new VirtualCluster(config -> config.withScrub(ScrubSettings.OFF));

  @Test
  void anUnreadableSectorIsRepairedAndTheDiskSaysThatItFails() {
    byte[] page = page(1, 16384);
    cluster.write(0, page);
    cluster.settle();
    int leader = cluster.leader();
    long place = cluster.servers[leader].disk().replica(CHUNK).blocks().placeOf(0);
    cluster.devices[leader].unreadable(place + 4096, 4096);
    byte[] found = cluster.read(0, 16384, SECOND / 10).payload();
    assertThat(Arrays.mismatch(found, page)).isEqualTo(-1);
    assertThat(cluster.servers[leader].diskState()).isEqualTo(DiskState.FAILING);
    NodeMetrics metrics = cluster.servers[leader].metrics();
    assertThat(metrics.readErrors()).isEqualTo(1);
    assertThat(metrics.repairedSectors()).isEqualTo(4); // all that the failed read was to bring
    cluster.settle();
    cluster.loop.advance(12 * SECOND);
    assertThat(cluster.servers[leader].diskState()).isEqualTo(DiskState.HEALTHY);
    assertThat(Arrays.mismatch(cluster.read(0, 16384, SECOND).payload(), page)).isEqualTo(-1);
  }

  @Test
  void aSlowDiskIsReportedAndGoesOnServing() {
    int node = cluster.follower(0);
    cluster.devices[node].delay(SECOND * 6 / 10);
    for (int i = 0; i < 80; i++) {
      cluster.write(i % 16 * 4096L, page(i, 4096));
    }
    assertThat(cluster.servers[node].diskState()).isEqualTo(DiskState.SLOW);
    assertThat(cluster.servers[node].metrics().flush().p50Micros()).isBetween(600_000L, 610_000L);
    assertThat(cluster.servers[cluster.leader()].diskState()).isEqualTo(DiskState.HEALTHY);
    cluster.devices[node].delay(0);
    cluster.loop.advance(15 * SECOND);
    assertThat(cluster.servers[node].diskState()).isEqualTo(DiskState.HEALTHY);
  }

  @Test
  void aSlowDiskHandsItsGroupsToAnotherVoter() {
    int slow = cluster.leader();
    cluster.write(0, page(1, 4096));
    cluster.settle();
    cluster.devices[slow].delay(SECOND * 6 / 10);
    for (int i = 0; i < 40 && cluster.leader() == slow; i++) {
      cluster.writeSlowly(i % 16 * 4096L, page(i, 4096), SECOND / 4);
    }
    cluster.loop.advance(5 * SECOND);
    assertThat(cluster.leader()).isNotEqualTo(slow);
    cluster.write(0, page(7, 4096));
  }

  @Test
  void oneRequestThatHangsIsEnoughToCallADiskSlow() {
    int node = cluster.follower(0);
    cluster.devices[node].delay(60 * SECOND);
    cluster.write(0, page(1, 4096));
    cluster.loop.advance(4 * SECOND);
    assertThat(cluster.servers[node].diskState()).isEqualTo(DiskState.SLOW);
    assertThat(cluster.servers[node].metrics().inFlight()).isPositive();
  }

  @Test
  void aLostFlushStopsTheDiskAndIsNeverTriedAgain() {
    int node = cluster.follower(0);
    cluster.devices[node].failFlushes(true);
    cluster.write(0, page(1, 4096));
    cluster.devices[node].failFlushes(false);
    long flushes = cluster.devices[node].flushes();
    cluster.write(4096, page(2, 4096));
    cluster.loop.advance(20 * SECOND);
    assertThat(cluster.servers[node].diskState()).isEqualTo(DiskState.FAILED);
    assertThat(cluster.devices[node].flushes()).isEqualTo(flushes);
    assertThat(cluster.servers[node].metrics().flushErrors()).isEqualTo(1);
  }

  @Test
  void aDiskThatReadsHardlyAnythingIsGivenUp() {
    for (int block = 0; block < 16; block++) {
      cluster.write(block * 65536L, page(block, 65536));
    }
    cluster.settle();
    int leader = cluster.leader();
    for (int round = 0; round < 5; round++) {
      for (int block = 0; block < 16; block++) {
        var blocks = cluster.servers[leader].disk().replica(CHUNK).blocks();
        cluster.devices[leader].unreadable(blocks.placeOf(block), 65536);
        blocks.read(block * 65536L, 4096, (bytes, error) -> assertThat(bytes).isNull());
        cluster.loop.run();
      }
      cluster.servers[leader].disk().sync(error -> {}); // what was repaired leaves memory
      cluster.loop.run();
    }
    cluster.loop.advance(SECOND / 10);
    assertThat(cluster.servers[leader].diskState()).isEqualTo(DiskState.FAILED);
    assertThat(cluster.servers[leader].disk().failure()).hasMessageContaining("replace it");
  }
}
