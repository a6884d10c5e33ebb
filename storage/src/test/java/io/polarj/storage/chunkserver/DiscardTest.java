package io.polarj.storage.chunkserver;

import static io.polarj.storage.chunkserver.VirtualCluster.CHUNK;
import static io.polarj.storage.chunkserver.VirtualCluster.NODES;
import static io.polarj.storage.chunkserver.VirtualCluster.SECOND;
import static io.polarj.storage.chunkserver.VirtualCluster.page;
import static org.assertj.core.api.Assertions.assertThat;

import io.polarj.storage.protocol.Status;
import io.polarj.storage.raft.RaftSettings;
import io.polarj.storage.repair.ScrubSettings;
import java.util.Arrays;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Discarded blocks read as zeros on every member and are free after the next checkpoint. */
class DiscardTest {
  /** So few entries are kept that a member that was away gets a full copy. */
  private static final RaftSettings SHORT_LOG =
      new RaftSettings(
          150, 1000, 2000, 5, true, 64, 16, 32, false, 2, 1, 128 << 10, 4096, Set.of());

  private final VirtualCluster cluster =
      new VirtualCluster(
          config -> config.withRaft(SHORT_LOG).withScrub(new ScrubSettings(5_000, 1 << 20)));

  @Test
  void discardedBlocksReadAsZerosAndAreFreeAfterACheckpoint() {
    long free = cluster.servers[1].disk().freeBlocks();
    for (int block = 0; block < 4; block++) {
      cluster.write(block * 65536L, page(block, 65536));
    }
    assertThat(cluster.discard(65536, 131072).status()).isEqualTo(Status.OK);
    assertThat(cluster.read(65536, 131072, SECOND / 10).payload()).containsOnly(0);
    same(cluster.read(0, 65536, SECOND / 10).payload(), page(0, 65536));
    same(cluster.read(196608, 65536, SECOND / 10).payload(), page(3, 65536));
    cluster.settle();
    for (int node = 1; node <= NODES; node++) {
      assertThat(cluster.servers[node].disk().freeBlocks()).isEqualTo(free - 2);
      assertThat(cluster.servers[node].reports().getFirst().allocatedBlocks()).isEqualTo(2);
    }
    cluster.write(131072, page(9, 4096)); // the rest of the block stays zero
    assertThat(cluster.read(135168, 61440, SECOND / 10).payload()).containsOnly(0);
    same(cluster.read(131072, 4096, SECOND / 10).payload(), page(9, 4096));
  }

  @Test
  void aDiscardSurvivesARestartOfAllAndComesAgainFromTheLog() {
    cluster.write(0, page(1, 65536));
    cluster.settle();
    assertThat(cluster.discard(0, 65536).status()).isEqualTo(Status.OK);
    cluster.loop.advance(SECOND); // followers hear that it is decided
    for (int node = 1; node <= NODES; node++) {
      cluster.stop(node);
    }
    for (int node = 1; node <= NODES; node++) {
      cluster.start(node);
    }
    cluster.loop.advance(20 * SECOND);
    assertThat(cluster.read(0, 65536, SECOND).payload()).containsOnly(0);
    assertThat(cluster.servers[1].disk().replica(CHUNK).blocks().isAllocated(0)).isFalse();
  }

  @Test
  void aFullCopyDiscardsWhatTheMemberStillHas() {
    for (int block = 0; block < 8; block++) {
      cluster.write(block * 65536L, page(block, 65536));
    }
    cluster.settle();
    int away = cluster.follower(0);
    cluster.stop(away);
    assertThat(cluster.discard(65536, 65536).status()).isEqualTo(Status.OK);
    assertThat(cluster.discard(5 * 65536, 3 * 65536).status()).isEqualTo(Status.OK);
    cluster.write(6 * 65536 + 8192, page(66, 4096));
    for (int i = 0; i < 60; i++) {
      cluster.write(0, page(i, 8192));
    }
    cluster.settle();
    cluster.start(away);
    cluster.loop.advance(60 * SECOND);
    assertThat(cluster.servers[away].replica(CHUNK).status().trimmed()).isGreaterThan(40);
    for (long offset = 0; offset < VirtualCluster.CHUNK_BYTES; offset += 65536) {
      byte[][] found = new byte[1][];
      var blocks = cluster.servers[away].disk().replica(CHUNK).blocks();
      blocks.read(offset, 65536, (bytes, error) -> found[0] = bytes);
      cluster.loop.run();
      same(found[0], cluster.read(offset, 65536, SECOND / 10).payload());
    }
    var health = cluster.servers[cluster.leader()].reports().getFirst().health();
    assertThat(health.divergent()).isZero();
    assertThat(health.passes()).isPositive();
  }

  @Test
  void onlyWholeBlocksOfTheChunkAreDiscarded() {
    assertThat(cluster.discard(4096, 65536).status()).isEqualTo(Status.INVALID);
    assertThat(cluster.discard(0, 4096).status()).isEqualTo(Status.INVALID);
    assertThat(cluster.discard(VirtualCluster.CHUNK_BYTES - 65536, 131072).status())
        .isEqualTo(Status.INVALID);
    assertThat(cluster.discard(0, 0).status()).isEqualTo(Status.INVALID);
  }

  /** Without printing the bytes. */
  private static void same(byte[] found, byte[] expected) {
    assertThat(Arrays.mismatch(found, expected)).isEqualTo(-1);
  }
}
