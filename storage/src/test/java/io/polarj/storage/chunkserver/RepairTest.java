package io.polarj.storage.chunkserver;

import static io.polarj.storage.chunkserver.VirtualCluster.CHUNK;
import static io.polarj.storage.chunkserver.VirtualCluster.SECOND;
import static io.polarj.storage.chunkserver.VirtualCluster.page;
import static org.assertj.core.api.Assertions.assertThat;

import io.polarj.storage.protocol.ChunkReport;
import io.polarj.storage.protocol.ReadReply;
import io.polarj.storage.protocol.Status;
import io.polarj.storage.repair.ScrubSettings;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** What fails its checksum comes back from another member, and nothing wrong is ever returned. */
class RepairTest {
  private final VirtualCluster cluster =
      new VirtualCluster(config -> config.withScrub(ScrubSettings.OFF));

  @Test
  void aDamagedSectorOfTheLeaderIsRepairedAndTheReadSucceeds() {
    byte[] page = page(1, 16384);
    cluster.write(65536, page);
    cluster.settle();
    int leader = cluster.leader();
    cluster.rot(leader, 65536 + 5000);
    ReadReply reply = cluster.read(65536, 16384, SECOND / 10);
    assertThat(reply.status()).isEqualTo(Status.OK);
    assertSame(reply.payload(), page);
    cluster.settle();
    assertSame(cluster.raw(leader, 65536, 16384), page);
    assertThat(health(leader)).isEqualTo(new ChunkReport.Health(1, 1, 0, 0, 0, 0));
  }

  @Test
  void everySectorOfABlockMayBeDamaged() {
    byte[] page = page(2, 65536);
    cluster.write(0, page);
    cluster.settle();
    int leader = cluster.leader();
    for (int sector = 0; sector < 16; sector++) {
      cluster.rot(leader, sector * 4096L + 77);
    }
    assertSame(cluster.read(0, 65536, SECOND / 10).payload(), page);
    assertThat(health(leader).repaired()).isEqualTo(16);
  }

  @Test
  void whatTwoMembersHaveLostInPartIsPutTogetherFromBoth() {
    byte[] page = page(3, 16384);
    cluster.write(0, page);
    cluster.settle();
    cluster.rot(cluster.leader(), 0);
    cluster.rot(cluster.leader(), 8192);
    cluster.rot(cluster.follower(0), 0);
    cluster.rot(cluster.follower(1), 8192);
    assertSame(cluster.read(0, 16384, SECOND).payload(), page);
    cluster.settle();
    assertSame(cluster.raw(cluster.leader(), 0, 16384), page);
    assertSame(cluster.raw(cluster.follower(0), 0, 4096), Arrays.copyOf(page, 4096));
  }

  @Test
  void whenNoMemberHasTheSectorTheReadFailsAndTheOthersGoOn() {
    byte[] page = page(4, 16384);
    cluster.write(0, page);
    cluster.settle();
    for (int node = 1; node <= VirtualCluster.NODES; node++) {
      cluster.rot(node, 4096);
    }
    int leader = cluster.leader();
    ReadReply reply = cluster.read(0, 16384, 3 * SECOND);
    assertThat(reply.status()).isEqualTo(Status.CORRUPT);
    assertThat(reply.payload()).isEmpty();
    assertThat(reply.message()).contains("no member");
    assertThat(health(leader).open()).isEqualTo(1);
    assertThat(cluster.read(0, 4096, SECOND).status()).isEqualTo(Status.OK);
    cluster.write(0, page(5, 16384)); // a new write needs nothing of what is lost
    assertSame(cluster.read(0, 16384, SECOND).payload(), page(5, 16384));
    cluster.loop.advance(30 * SECOND);
    assertThat(health(leader).open()).isZero();
  }

  @Test
  void aLogEntryWhosePayloadIsDamagedComesBackFromAMember() {
    for (int i = 0; i < 5; i++) {
      cluster.write(i * 16384L, page(i, 8192));
    }
    int node = cluster.follower(0);
    cluster.loop.advance(SECOND);
    cluster.stop(node);
    cluster.rotLog(node, page(1, 8192), 5000);
    cluster.rotLog(node, page(3, 8192), 77);
    cluster.start(node);
    assertThat(cluster.servers[node].disk().replica(CHUNK).damagedEntries()).isEqualTo(2);
    cluster.loop.advance(5 * SECOND);
    assertThat(cluster.servers[node].disk().replica(CHUNK).damagedEntries()).isZero();
    cluster.settle();
    for (int i = 0; i < 5; i++) {
      assertSame(cluster.raw(node, i * 16384L, 8192), page(i, 8192));
    }
    cluster.stop(node); // what came back was stored again
    cluster.start(node);
    assertThat(cluster.servers[node].disk().replica(CHUNK).damagedEntries()).isZero();
  }

  @Test
  void aReplicaWithALostEntryVotesButDoesNotLead() {
    cluster.write(0, page(1, 8192));
    cluster.write(0, page(2, 8192));
    int node = cluster.follower(0);
    int other = cluster.follower(1);
    int leader = cluster.leader();
    cluster.loop.advance(SECOND);
    cluster.stop(node);
    cluster.stop(other);
    cluster.stop(leader);
    cluster.rotLog(node, page(1, 8192), 100);
    cluster.rotLog(other, page(1, 8192), 100); // nobody has it any more who could give it
    cluster.start(node);
    cluster.start(other);
    cluster.loop.advance(20 * SECOND);
    assertThat(cluster.servers[node].replica(CHUNK).leads()).isFalse();
    assertThat(cluster.servers[other].replica(CHUNK).leads()).isFalse();
    cluster.start(leader);
    cluster.loop.advance(20 * SECOND);
    assertSame(cluster.read(0, 8192, SECOND).payload(), page(2, 8192));
    assertThat(cluster.servers[node].disk().replica(CHUNK).damagedEntries()).isZero();
    assertThat(cluster.servers[other].disk().replica(CHUNK).damagedEntries()).isZero();
  }

  /** Without printing the bytes. */
  private static void assertSame(byte[] found, byte[] expected) {
    assertThat(Arrays.mismatch(found, expected)).isEqualTo(-1);
  }

  private ChunkReport.Health health(int node) {
    return cluster.servers[node].reports().getFirst().health();
  }
}
