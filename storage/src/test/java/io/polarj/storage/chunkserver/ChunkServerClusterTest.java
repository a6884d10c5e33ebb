package io.polarj.storage.chunkserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.polarj.platform.random.RandomStream;
import io.polarj.storage.protocol.DiskState;
import io.polarj.storage.protocol.NodeHeartbeat;
import io.polarj.storage.protocol.ReadReply;
import io.polarj.storage.protocol.Status;
import io.polarj.storage.protocol.WriteReply;
import java.nio.file.Path;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three ChunkServers on real files: writes, reads, kills, restarts. */
class ChunkServerClusterTest {
  private static final int PAGE = 16384;
  @TempDir Path directory;
  private final TreeMap<Long, byte[]> model = new TreeMap<>();

  @Test
  void whatWasAcknowledgedIsReadAfterTheLeaderWasKilledAndAfterAllWere() throws Exception {
    try (RealCluster cluster = new RealCluster(directory, 11)) {
      cluster.createChunk();
      RandomStream random = new RandomStream(4711);
      write(cluster, random, 150);
      check(cluster);

      int killed = cluster.leader();
      cluster.kill(killed);
      write(cluster, random, 60);
      check(cluster);

      cluster.start(killed);
      write(cluster, random, 60);
      int other = killed % 3 + 1;
      cluster.kill(other); // now the one that came back is needed for the majority
      write(cluster, random, 30);
      check(cluster);

      for (int node = 1; node <= 3; node++) {
        if (node != other) {
          cluster.kill(node);
        }
      }
      for (int node = 1; node <= 3; node++) {
        cluster.start(node);
      }
      check(cluster);
      write(cluster, random, 20);
      check(cluster);
    }
  }

  @Test
  void aDeposedEpochCanNotWriteAndTheFenceSurvivesRestartOfAll() throws Exception {
    try (RealCluster cluster = new RealCluster(directory, 12)) {
      cluster.createChunk();
      byte[] old = new byte[PAGE];
      assertThat(cluster.write(1, 0, old).status()).isEqualTo(Status.OK);
      assertThat(cluster.fence(2).status()).isEqualTo(Status.OK);
      assertThat(cluster.write(1, 0, old).status()).isEqualTo(Status.STALE_EPOCH);
      for (int node = 1; node <= 3; node++) {
        cluster.kill(node);
      }
      for (int node = 1; node <= 3; node++) {
        cluster.start(node);
      }
      WriteReply refused = cluster.write(1, 0, old);
      assertThat(refused.status()).isEqualTo(Status.STALE_EPOCH);
      assertThat(refused.newestEpoch()).isEqualTo(2);
      assertThat(cluster.write(2, 0, old).status()).isEqualTo(Status.OK);
    }
  }

  @Test
  void rangesOutsideTheChunkAreRefusedAndUnwrittenBytesAreZero() throws Exception {
    try (RealCluster cluster = new RealCluster(directory, 13)) {
      cluster.createChunk();
      assertThat(cluster.write(1, RealCluster.CHUNK_BYTES, new byte[4096]).status())
          .isEqualTo(Status.INVALID);
      assertThat(cluster.write(1, 100, new byte[4096]).status()).isEqualTo(Status.INVALID);
      assertThat(cluster.read(4096, 4096).payload()).containsOnly(0);
    }
  }

  @Test
  void heartbeatsTellPolarCtrlOfDiskAndChunks() throws Exception {
    try (RealCluster cluster = new RealCluster(directory, 14)) {
      cluster.createChunk();
      cluster.write(1, 0, new byte[PAGE]);
      NodeHeartbeat heartbeat;
      do {
        heartbeat = cluster.heartbeats.poll(20, TimeUnit.SECONDS);
        assertThat(heartbeat).isNotNull();
      } while (heartbeat.reports().isEmpty()
          || heartbeat.reports().getFirst().allocatedBlocks() == 0);
      assertThat(heartbeat.clusterId()).isEqualTo(RealCluster.CLUSTER);
      assertThat(heartbeat.disk()).isEqualTo(DiskState.HEALTHY);
      assertThat(heartbeat.reports().getFirst().chunk()).isEqualTo(RealCluster.CHUNK);
      assertThat(heartbeat.freeBlocks()).isLessThan(heartbeat.totalBlocks());
    }
  }

  private void write(RealCluster cluster, RandomStream random, int count) throws Exception {
    for (int i = 0; i < count; i++) {
      long offset = random.nextInt(96) * (long) PAGE;
      byte[] page = new byte[PAGE];
      for (int at = 0; at < PAGE; at += 8) {
        page[at] = (byte) random.nextInt(256);
      }
      WriteReply reply = cluster.write(1, offset, page);
      assertThat(reply.status()).as(reply.message()).isEqualTo(Status.OK);
      model.put(offset, page);
    }
  }

  private void check(RealCluster cluster) throws Exception {
    for (var page : model.entrySet()) {
      ReadReply reply = cluster.read(page.getKey(), PAGE);
      assertThat(reply.status()).as(reply.message()).isEqualTo(Status.OK);
      assertThat(reply.payload()).isEqualTo(page.getValue());
    }
  }
}
