package io.polarj.storage.chunkserver;

import static io.polarj.storage.chunkserver.VirtualCluster.CHUNK;
import static io.polarj.storage.chunkserver.VirtualCluster.NODES;
import static io.polarj.storage.chunkserver.VirtualCluster.SECOND;
import static io.polarj.storage.chunkserver.VirtualCluster.page;
import static org.assertj.core.api.Assertions.assertThat;

import io.polarj.storage.protocol.ChangeSnapshots;
import io.polarj.storage.protocol.ChangeSnapshots.Action;
import io.polarj.storage.protocol.ControlReply;
import io.polarj.storage.protocol.ReadReply;
import io.polarj.storage.protocol.ReadRequest;
import io.polarj.storage.protocol.Status;
import io.polarj.storage.protocol.WriteReply;
import io.polarj.storage.protocol.WriteRequest;
import io.polarj.storage.raft.RaftSettings;
import io.polarj.storage.repair.ScrubSettings;
import java.util.Arrays;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Snapshots of one chunk: what they show, for how long, and what they cost. */
class SnapshotTest {
  private static final RaftSettings SHORT_LOG =
      new RaftSettings(
          150, 1000, 2000, 5, true, 64, 16, 32, false, 2, 1, 128 << 10, 4096, Set.of());

  private final VirtualCluster cluster =
      new VirtualCluster(
          config -> config.withRaft(SHORT_LOG).withScrub(new ScrubSettings(5_000, 1 << 20)));
  private long sequence = 10_000;

  @Test
  void aSnapshotShowsWhatWasThereWhenItWasTakenAndNothingLater() {
    cluster.write(0, page(1, 65536));
    cluster.write(65536, page(2, 8192));
    assertThat(change(Action.TAKE, 1)).isEqualTo(Status.OK);
    cluster.write(4096, page(3, 4096)); // one sector of a block that the snapshot shows
    cluster.write(65536 + 8192, page(4, 4096));
    cluster.write(3 * 65536, page(5, 65536));
    assertThat(cluster.discard(0, 65536).status()).isEqualTo(Status.OK);
    same(snapshot(1, 0, 65536), page(1, 65536));
    same(snapshot(1, 65536, 8192), page(2, 8192));
    assertThat(snapshot(1, 65536 + 8192, 4096)).containsOnly(0);
    assertThat(snapshot(1, 3 * 65536, 65536)).containsOnly(0);
    assertThat(cluster.read(0, 65536, SECOND / 10).payload()).containsOnly(0);
    same(cluster.read(65536, 8192, SECOND / 10).payload(), page(2, 8192));
    same(cluster.read(65536 + 8192, 4096, SECOND / 10).payload(), page(4, 4096));
  }

  @Test
  void aWriteThatKnowsANewerSnapshotBeginsItsEraFirst() {
    cluster.write(0, page(1, 4096));
    WriteReply reply = write(0, page(2, 4096), 1);
    assertThat(reply.status()).isEqualTo(Status.OK);
    assertThat(reply.snapshot()).isEqualTo(1);
    WriteReply late = write(8192, page(3, 4096), 0); // knows of none: still after the snapshot
    assertThat(late.snapshot()).isEqualTo(1);
    same(snapshot(1, 0, 4096), page(1, 4096));
    assertThat(snapshot(1, 8192, 4096)).containsOnly(0);
    assertThat(change(Action.TAKE, 1)).isEqualTo(Status.OK); // it is taken already
    same(snapshot(1, 0, 4096), page(1, 4096));
  }

  @Test
  void snapshotsSurviveARestartOfAllMembers() {
    cluster.write(0, page(1, 65536));
    assertThat(change(Action.TAKE, 1)).isEqualTo(Status.OK);
    cluster.write(0, page(2, 4096));
    assertThat(change(Action.TAKE, 2)).isEqualTo(Status.OK);
    cluster.write(0, page(3, 4096));
    for (int round = 0; round < 2; round++) {
      cluster.loop.advance(SECOND);
      for (int node = 1; node <= NODES; node++) {
        cluster.stop(node);
      }
      for (int node = 1; node <= NODES; node++) {
        cluster.start(node);
      }
      cluster.loop.advance(20 * SECOND);
      byte[] second = page(1, 65536);
      System.arraycopy(page(2, 4096), 0, second, 0, 4096);
      same(snapshot(1, 0, 65536), page(1, 65536));
      same(snapshot(2, 0, 65536), second);
      same(cluster.read(0, 4096, SECOND).payload(), page(3, 4096));
      cluster.settle(); // the second time everything comes from the block table
    }
  }

  @Test
  void whatOnlyADeletedSnapshotShowedIsFreeAfterTheNextCheckpoint() {
    cluster.write(0, page(1, 65536));
    cluster.settle();
    long free = cluster.servers[1].disk().freeBlocks();
    assertThat(change(Action.TAKE, 1)).isEqualTo(Status.OK);
    cluster.write(0, page(2, 4096));
    assertThat(change(Action.TAKE, 2)).isEqualTo(Status.OK);
    cluster.write(0, page(3, 4096));
    cluster.settle();
    assertThat(cluster.servers[1].disk().freeBlocks()).isEqualTo(free - 2);
    assertThat(change(Action.DELETE, 1)).isEqualTo(Status.OK);
    cluster.settle();
    for (int node = 1; node <= NODES; node++) {
      assertThat(cluster.servers[node].disk().freeBlocks()).isEqualTo(free - 1);
    }
    assertThat(read(1, 0, 4096).status()).isEqualTo(Status.NO_SNAPSHOT);
    same(snapshot(2, 0, 4096), page(2, 4096));
    assertThat(change(Action.DELETE, 2)).isEqualTo(Status.OK);
    assertThat(change(Action.DELETE, 2)).isEqualTo(Status.OK);
    assertThat(change(Action.TAKE, 2)).isEqualTo(Status.NO_SNAPSHOT); // its number is used up
    cluster.settle();
    assertThat(cluster.servers[1].disk().freeBlocks()).isEqualTo(free);
    same(cluster.read(0, 4096, SECOND / 10).payload(), page(3, 4096));
  }

  @Test
  void aRestoreMakesWhatASnapshotShowsTheContentAgain() {
    cluster.write(0, page(1, 65536));
    cluster.write(2 * 65536, page(2, 8192));
    assertThat(change(Action.TAKE, 1)).isEqualTo(Status.OK);
    cluster.write(0, page(3, 4096));
    assertThat(cluster.discard(2 * 65536, 65536).status()).isEqualTo(Status.OK);
    cluster.write(3 * 65536, page(4, 65536));
    assertThat(change(Action.TAKE, 2)).isEqualTo(Status.OK);
    cluster.write(8192, page(5, 4096));
    assertThat(change(Action.RESTORE, 1, 3)).isEqualTo(Status.OK);
    same(cluster.read(0, 65536, SECOND / 10).payload(), page(1, 65536));
    same(cluster.read(2 * 65536, 8192, SECOND / 10).payload(), page(2, 8192));
    assertThat(cluster.read(3 * 65536, 65536, SECOND / 10).payload()).containsOnly(0);
    cluster.write(4096, page(6, 4096));
    assertThat(change(Action.RESTORE, 1, 3)).isEqualTo(Status.OK); // done already, not again
    same(cluster.read(4096, 4096, SECOND / 10).payload(), page(6, 4096));
    same(snapshot(2, 0, 4096), page(3, 4096));
    same(snapshot(2, 3 * 65536, 65536), page(4, 65536));
    assertThat(change(Action.RESTORE, 7, 8)).isEqualTo(Status.NO_SNAPSHOT);
    cluster.settle();
    cluster.loop.advance(20 * SECOND);
    assertThat(cluster.servers[cluster.leader()].reports().getFirst().health().divergent())
        .isZero();
  }

  @Test
  void damageInWhatASnapshotShowsIsRepairedFromAMemberThatHasIt() {
    cluster.write(0, page(1, 65536));
    cluster.settle();
    int leader = cluster.leader();
    long place = cluster.servers[leader].disk().replica(CHUNK).blocks().placeOf(0);
    assertThat(change(Action.TAKE, 1)).isEqualTo(Status.OK);
    cluster.write(0, page(2, 65536));
    cluster.settle();
    cluster.devices[leader].flip(place + 9000);
    same(snapshot(1, 0, 65536), page(1, 65536));
    cluster.settle();
    same(cluster.devices[leader].bytes(place, 65536), page(1, 65536));
    assertThat(cluster.leader()).isEqualTo(leader);
  }

  @Test
  void aSectorThatIsDamagedWhenItsBlockIsCopiedIsRepairedInBoth() {
    cluster.write(0, page(1, 65536));
    cluster.settle();
    int leader = cluster.leader();
    assertThat(change(Action.TAKE, 1)).isEqualTo(Status.OK);
    cluster.rot(leader, 9000);
    cluster.write(0, page(2, 4096));
    byte[] now = page(1, 65536);
    System.arraycopy(page(2, 4096), 0, now, 0, 4096);
    same(cluster.read(0, 65536, SECOND).payload(), now);
    same(snapshot(1, 0, 65536), page(1, 65536));
  }

  @Test
  void aFullCopyBringsWhatTheSnapshotsShow() {
    cluster.write(0, page(1, 65536));
    cluster.write(4 * 65536, page(2, 65536));
    assertThat(change(Action.TAKE, 1)).isEqualTo(Status.OK);
    cluster.settle();
    int away = cluster.follower(0);
    cluster.stop(away);
    cluster.write(4096, page(3, 4096));
    assertThat(change(Action.TAKE, 2)).isEqualTo(Status.OK);
    assertThat(cluster.discard(4 * 65536, 65536).status()).isEqualTo(Status.OK);
    cluster.write(6 * 65536 + 8192, page(4, 4096));
    assertThat(change(Action.TAKE, 3)).isEqualTo(Status.OK);
    for (int i = 0; i < 60; i++) {
      cluster.write(0, page(i, 8192));
    }
    cluster.settle();
    cluster.start(away);
    cluster.loop.advance(60 * SECOND);
    assertThat(cluster.servers[away].replica(CHUNK).status().trimmed()).isGreaterThan(40);
    var blocks = cluster.servers[away].disk().replica(CHUNK).blocks();
    for (int snapshot = 1; snapshot <= 3; snapshot++) {
      for (long offset = 0; offset < VirtualCluster.CHUNK_BYTES; offset += 65536) {
        byte[][] found = new byte[1][];
        blocks.read(snapshot, offset, 65536, (bytes, error) -> found[0] = bytes);
        cluster.loop.run();
        same(found[0], snapshot(snapshot, offset, 65536));
      }
    }
    cluster.loop.advance(20 * SECOND);
    var health = cluster.servers[cluster.leader()].reports().getFirst().health();
    assertThat(health.divergent()).isZero();
    assertThat(health.passes()).isPositive();
  }

  private WriteReply write(long offset, byte[] payload, int snapshot) {
    sequence++;
    cluster.answers.clear();
    cluster.links[cluster.leader()].send(
        new WriteRequest(CHUNK, 1, 9, sequence, sequence, offset, payload, snapshot));
    cluster.loop.advance(SECOND / 10);
    return (WriteReply) cluster.answers.getFirst();
  }

  private Status change(Action action, int snapshot) {
    return change(action, snapshot, snapshot);
  }

  private Status change(Action action, int snapshot, int number) {
    cluster.answers.clear();
    cluster.links[cluster.leader()].send(new ChangeSnapshots(77, CHUNK, action, snapshot, number));
    cluster.loop.advance(SECOND);
    assertThat(cluster.answers).hasSize(1);
    return ((ControlReply) cluster.answers.getFirst()).status();
  }

  private ReadReply read(int snapshot, long offset, int length) {
    cluster.answers.clear();
    cluster.links[cluster.leader()].send(new ReadRequest(CHUNK, 1, offset, length, snapshot));
    cluster.loop.advance(SECOND);
    assertThat(cluster.answers).hasSize(1);
    return (ReadReply) cluster.answers.getFirst();
  }

  private byte[] snapshot(int snapshot, long offset, int length) {
    ReadReply reply = read(snapshot, offset, length);
    assertThat(reply.status()).as(reply.message()).isEqualTo(Status.OK);
    return reply.payload();
  }

  /** Without printing the bytes. */
  private static void same(byte[] found, byte[] expected) {
    assertThat(Arrays.mismatch(found, expected)).isEqualTo(-1);
  }
}
