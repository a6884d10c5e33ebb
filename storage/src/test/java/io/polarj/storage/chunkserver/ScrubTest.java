package io.polarj.storage.chunkserver;

import static io.polarj.storage.chunkserver.VirtualCluster.CHUNK;
import static io.polarj.storage.chunkserver.VirtualCluster.NODES;
import static io.polarj.storage.chunkserver.VirtualCluster.SECOND;
import static io.polarj.storage.chunkserver.VirtualCluster.page;
import static org.assertj.core.api.Assertions.assertThat;

import io.polarj.storage.protocol.ChunkReport;
import io.polarj.storage.repair.ScrubSettings;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** What nobody reads is verified and compared all the same. */
class ScrubTest {
  private final VirtualCluster cluster =
      new VirtualCluster(config -> config.withScrub(new ScrubSettings(5_000, 1 << 20)));

  @Test
  void damageOnEveryNodeIsFoundAndRepairedWithoutAnyRead() {
    for (int block = 0; block < 9; block++) {
      cluster.write(block * 65536L, page(block, 65536));
    }
    cluster.settle();
    for (int block = 0; block < 9; block++) {
      cluster.rot(1 + block % NODES, block * 65536L + 9000);
    }
    cluster.loop.advance(12 * SECOND);
    cluster.settle();
    for (int node = 1; node <= NODES; node++) {
      assertThat(health(node).damaged()).isEqualTo(3);
      assertThat(health(node).repaired()).isEqualTo(3);
      assertThat(health(node).open()).isZero();
      assertThat(health(node).passes()).isGreaterThanOrEqualTo(2);
      assertThat(health(node).scrubbed()).isGreaterThanOrEqualTo(18);
      assertThat(health(node).divergent()).isZero();
      for (int block = 0; block < 9; block++) {
        byte[] found = cluster.raw(node, block * 65536L, 65536);
        assertThat(Arrays.mismatch(found, page(block, 65536))).isEqualTo(-1);
      }
    }
  }

  @Test
  void intactBlocksThatDifferAreToldAndNotOverwritten() {
    cluster.write(0, page(1, 8192));
    cluster.write(65536, page(2, 8192));
    cluster.settle();
    int other = cluster.follower(0);
    byte[] wrong = page(3, 4096);
    cluster.servers[other].disk().replica(CHUNK).blocks().write(4096, wrong, error -> {});
    cluster.settle();
    cluster.loop.advance(12 * SECOND);
    assertThat(health(cluster.leader()).divergent()).isEqualTo(1);
    assertThat(Arrays.mismatch(cluster.raw(other, 4096, 4096), wrong)).isEqualTo(-1);
    assertThat(health(other).damaged()).isZero();
    cluster.write(4096, page(4, 4096)); // makes them equal again
    cluster.loop.advance(12 * SECOND);
    assertThat(health(cluster.leader()).divergent()).isZero();
  }

  @Test
  void aMemberThatIsOnlyBehindIsNotTakenForDivergent() {
    cluster.write(0, page(1, 8192));
    cluster.settle();
    int away = cluster.follower(0);
    cluster.stop(away);
    for (int i = 2; i < 40; i++) {
      cluster.write(0, page(i, 8192));
    }
    cluster.start(away);
    for (int i = 40; i < 80; i++) {
      cluster.write(i % 3 * 4096L, page(i, 8192));
    }
    cluster.loop.advance(20 * SECOND);
    for (int node = 1; node <= NODES; node++) {
      assertThat(health(node).divergent()).isZero();
      assertThat(health(node).damaged()).isZero();
      assertThat(health(node).passes()).isPositive();
    }
  }

  @Test
  void aPassTakesItsPeriodWhileClientsAreServedAndTheLimitHoldsWhenTheyRest() {
    for (int block = 0; block < 16; block++) {
      cluster.write(block * 65536L, page(block, 65536));
    }
    int leader = cluster.leader();
    cluster.loop.advance(5 * SECOND); // a new pass has begun meanwhile and found sixteen blocks
    long before = cluster.servers[leader].scrubber().scrubbed();
    for (int i = 0; i < 10; i++) {
      cluster.read(0, 4096, SECOND / 10);
    }
    assertThat(cluster.servers[leader].scrubber().scrubbed() - before).isLessThanOrEqualTo(16);
    long begun = cluster.servers[leader].scrubber().passes();
    cluster.loop.advance(50 * SECOND);
    long passes = cluster.servers[leader].scrubber().passes() - begun;
    assertThat(passes).isBetween(9L, 10L);
  }

  private ChunkReport.Health health(int node) {
    return cluster.servers[node].reports().getFirst().health();
  }
}
