package io.polarj.polarctrl.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.polarj.platform.net.Address;
import io.polarj.polarctrl.protocol.AcquireWriter;
import io.polarj.polarctrl.protocol.CreateVolume;
import io.polarj.polarctrl.protocol.CtrlReply;
import io.polarj.polarctrl.protocol.CtrlRequest;
import io.polarj.polarctrl.protocol.CtrlStatus;
import io.polarj.polarctrl.protocol.FindVolume;
import io.polarj.polarctrl.protocol.GrowVolume;
import io.polarj.polarctrl.protocol.ReleaseWriter;
import io.polarj.polarctrl.protocol.RenewWriter;
import io.polarj.polarctrl.protocol.RouteReply;
import io.polarj.polarctrl.protocol.RouteRequest;
import io.polarj.polarctrl.protocol.ServiceHeartbeat;
import io.polarj.polarctrl.protocol.ServiceInfo;
import io.polarj.polarctrl.protocol.ServiceKind;
import io.polarj.polarctrl.protocol.StatusReply;
import io.polarj.polarctrl.protocol.StatusRequest;
import io.polarj.polarctrl.protocol.VolumeInfo;
import io.polarj.polarctrl.protocol.VolumeReply;
import io.polarj.polarctrl.protocol.WriterReply;
import io.polarj.storage.protocol.ChunkId;
import io.polarj.storage.protocol.ChunkReport;
import io.polarj.storage.protocol.ChunkRole;
import io.polarj.storage.protocol.ControlReply;
import io.polarj.storage.protocol.CreateChunk;
import io.polarj.storage.protocol.DiskState;
import io.polarj.storage.protocol.FenceEpoch;
import io.polarj.storage.protocol.GroupMember;
import io.polarj.storage.protocol.NodeHeartbeat;
import io.polarj.storage.protocol.Status;
import io.polarj.storage.protocol.StorageMessage;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The state machine over the real database, with ChunkServers that the test plays. */
final class ControlPlaneTest {
  private static final long CLUSTER = 9;
  private static final long MIB = 1 << 20;

  private record Sent(int node, StorageMessage message) {}

  @TempDir Path directory;
  private final ManualClock clock = new ManualClock();
  private final ArrayDeque<Sent> toNodes = new ArrayDeque<>();
  private final List<CtrlReply> replies = new ArrayList<>();
  private CtrlStore store;
  private ControlPlane plane;
  private long requestId = 1000;

  @BeforeEach
  void start() {
    store = JdbcCtrlStore.openDirectory(directory, CLUSTER);
    plane =
        new ControlPlane(
            CtrlSettings.forCluster(CLUSTER),
            clock,
            store,
            (address, message) -> toNodes.add(new Sent(address.port(), message)));
    plane.start();
  }

  @AfterEach
  void stop() {
    store.close();
  }

  private void restart() {
    stop();
    toNodes.clear();
    replies.clear();
    start();
  }

  @Test
  void volumeIsThereOnceEveryReplicaOfEveryChunkIsMade() {
    beatAll(3);
    ask(new CreateVolume(++requestId, "data", 3 * MIB + 1, MIB, 3));
    assertThat(toNodes).hasSize(12);
    Sent first = toNodes.peek();
    assertThat(((CreateChunk) first.message()).members())
        .extracting(GroupMember::node)
        .containsExactlyInAnyOrder(1, 2, 3);
    answerAll(Status.OK, 11);
    assertThat(replies).isEmpty();
    answerAll(Status.OK, 1);
    VolumeInfo volume = ((VolumeReply) onlyReply()).volume();
    assertThat(volume.sizeBytes()).isEqualTo(4 * MIB);
    assertThat(volume.complete()).isTrue();
  }

  @Test
  void lostRequestsToChunkServersAreRepeatedUntilAnswered() {
    beatAll(3);
    ask(new CreateVolume(++requestId, "data", MIB, MIB, 3));
    toNodes.clear();
    plane.tick();
    assertThat(toNodes).isEmpty();
    clock.pass(400);
    plane.tick();
    assertThat(toNodes).hasSize(3);
    answerAll(Status.BUSY, 3);
    clock.pass(400);
    plane.tick();
    answerAll(Status.OK, 3);
    assertThat(onlyReply()).isInstanceOf(VolumeReply.class);
  }

  @Test
  void makingAVolumeGoesOnAfterARestart() {
    beatAll(3);
    ask(new CreateVolume(++requestId, "data", 2 * MIB, MIB, 3));
    answerAll(Status.OK, 4);
    restart();
    assertThat(toNodes).hasSize(6);
    ask(new CreateVolume(++requestId, "data", 2 * MIB, MIB, 3));
    answerAll(Status.OK, 6);
    assertThat(((VolumeReply) onlyReply()).volume().sizeBytes()).isEqualTo(2 * MIB);
    restart();
    assertThat(toNodes).isEmpty();
    ask(new FindVolume(++requestId, "data"));
    assertThat(((VolumeReply) onlyReply()).volume().complete()).isTrue();
  }

  @Test
  void volumeGrowsWithoutLosingItsSizeWhileChunksAreMade() {
    long id = volume("data", 2);
    ask(new GrowVolume(++requestId, "data", 5 * MIB));
    assertThat(replies).isEmpty();
    ask(new RouteRequest(++requestId, id, 0, 100));
    assertThat(((RouteReply) onlyReply()).routes()).hasSize(2);
    answerAll(Status.OK, 9);
    assertThat(((VolumeReply) onlyReply()).volume().chunks()).isEqualTo(5);
  }

  @Test
  void impossibleVolumesAreRefusedWithTheReason() {
    ask(new CreateVolume(++requestId, "data", MIB, MIB, 3));
    refused(CtrlStatus.NOT_ENOUGH_NODES);
    beatAll(3);
    ask(new CreateVolume(++requestId, "data", MIB, MIB - 4096, 3));
    refused(CtrlStatus.INVALID);
    ask(new CreateVolume(++requestId, " ", MIB, MIB, 3));
    refused(CtrlStatus.INVALID);
    ask(new CreateVolume(++requestId, "data", Long.MAX_VALUE, MIB, 3));
    refused(CtrlStatus.INVALID);
    ask(new GrowVolume(++requestId, "none", MIB));
    refused(CtrlStatus.NOT_FOUND);
    volume("data", 1);
    ask(new CreateVolume(++requestId, "data", MIB, MIB, 1));
    refused(CtrlStatus.ALREADY_EXISTS);
    clock.pass(60_000);
    ask(new CreateVolume(++requestId, "other", MIB, MIB, 3));
    refused(CtrlStatus.NOT_ENOUGH_NODES);
  }

  @Test
  void routesNameTheLeaderThatHeartbeatsTellOf() {
    long id = volume("data", 2);
    beat(2, report(new ChunkId(id, 1), ChunkRole.LEADER, 5));
    beat(3, report(new ChunkId(id, 1), ChunkRole.LEADER, 4));
    ask(new RouteRequest(++requestId, id, 1, 5));
    RouteReply reply = (RouteReply) onlyReply();
    assertThat(reply.routes()).hasSize(1);
    assertThat(reply.routes().getFirst().leader()).isEqualTo(2);
    assertThat(reply.routes().getFirst().members()).hasSize(3);
    beat(2, report(new ChunkId(id, 1), ChunkRole.FOLLOWER, 6));
    ask(new RouteRequest(++requestId, id, 1, 5));
    assertThat(((RouteReply) onlyReply()).routes().getFirst().leader()).isZero();
  }

  @Test
  void epochIsGrantedOnlyWhenEveryChunkTookIt() {
    long id = volume("data", 2);
    ask(new AcquireWriter(++requestId, id, "a", false));
    assertThat(toNodes).hasSize(2).allMatch(sent -> sent.message() instanceof FenceEpoch);
    answerAll(Status.OK, 1);
    assertThat(replies).isEmpty();
    answerAll(Status.OK, 1);
    assertThat(((WriterReply) onlyReply()).epoch()).isEqualTo(1);
  }

  @Test
  void epochThatTheDatabaseLostIsNotGrantedAgainWhenAChunkStillTellsIt() {
    long id = volume("data", 1);
    ChunkReport taken =
        new ChunkReport(
            new ChunkId(id, 0),
            MIB,
            ChunkRole.LEADER,
            1,
            1,
            7,
            0,
            0,
            0,
            0,
            0,
            List.of(1, 2, 3),
            List.of());
    beat(1, taken);
    assertThat(acquire(id, "a", false)).isEqualTo(8);
  }

  @Test
  void fencingFollowsTheLeaderHint() {
    long id = volume("data", 1);
    ask(new AcquireWriter(++requestId, id, "a", false));
    Sent asked = toNodes.poll();
    int other = asked.node() == 1 ? 2 : 1;
    FenceEpoch fence = (FenceEpoch) asked.message();
    plane.controlReply(
        new ControlReply(
            fence.requestId(), asked.node(), fence.chunk(), Status.NOT_LEADER, other, ""));
    assertThat(toNodes.peek().node()).isEqualTo(other);
    answerAll(Status.OK, 1);
    assertThat(((WriterReply) onlyReply()).epoch()).isEqualTo(1);
  }

  @Test
  void epochsRiseOverTakeoversAndRestarts() {
    long id = volume("data", 1);
    assertThat(acquire(id, "a", false)).isEqualTo(1);
    assertThat(acquire(id, "a", false)).isEqualTo(2);
    restart();
    beatAll(3);
    ask(new AcquireWriter(++requestId, id, "b", false));
    refused(CtrlStatus.WRITER_BUSY);
    assertThat(acquire(id, "b", true)).isEqualTo(3);
    restart();
    beatAll(3);
    clock.pass(10_001);
    assertThat(acquire(id, "c", false)).isEqualTo(4);
  }

  @Test
  void epochThatWasNeverGrantedIsNotHandedOutAgain() {
    long id = volume("data", 1);
    ask(new AcquireWriter(++requestId, id, "a", false));
    restart();
    beatAll(3);
    assertThat(acquire(id, "a", false)).isEqualTo(2);
  }

  @Test
  void liveWriterKeepsTheVolumeUnlessItIsForced() {
    long id = volume("data", 1);
    long epoch = acquire(id, "a", false);
    clock.pass(9_000);
    ask(new RenewWriter(++requestId, id, "a", epoch));
    assertThat(onlyReply()).isInstanceOf(WriterReply.class);
    clock.pass(9_000);
    ask(new AcquireWriter(++requestId, id, "b", false));
    refused(CtrlStatus.WRITER_BUSY);
    assertThat(acquire(id, "b", true)).isEqualTo(epoch + 1);
    ask(new RenewWriter(++requestId, id, "a", epoch));
    refused(CtrlStatus.STALE_EPOCH);
    ask(new ReleaseWriter(++requestId, id, "b", epoch + 1));
    assertThat(onlyReply()).isInstanceOf(WriterReply.class);
    assertThat(acquire(id, "c", false)).isEqualTo(epoch + 2);
  }

  @Test
  void epochIsRaisedForWhoNamesTheNewestOneAndForNobodyElse() {
    long id = volume("data", 1);
    long epoch = acquire(id, "a", false);
    ask(new AcquireWriter(++requestId, id, "b", true, epoch));
    answerAll(Status.OK, 1);
    assertThat(((WriterReply) onlyReply()).epoch()).isEqualTo(epoch + 1);
    ask(new AcquireWriter(++requestId, id, "c", true, epoch));
    refused(CtrlStatus.STALE_EPOCH);
    assertThat(toNodes).isEmpty();
  }

  @Test
  void repeatedAcquisitionIsOneAcquisition() {
    long id = volume("data", 1);
    AcquireWriter request = new AcquireWriter(++requestId, id, "a", false);
    ask(request);
    ask(request);
    assertThat(toNodes).hasSize(1);
    answerAll(Status.OK, 1);
    assertThat(((WriterReply) onlyReply()).epoch()).isEqualTo(1);
    ask(request);
    assertThat(((WriterReply) onlyReply()).epoch()).isEqualTo(1);
    assertThat(toNodes).isEmpty();
  }

  @Test
  void forcedTakeoverEndsAnUnfinishedAcquisition() {
    long id = volume("data", 1);
    ask(new AcquireWriter(++requestId, id, "a", false));
    Sent late = toNodes.poll();
    ask(new AcquireWriter(++requestId, id, "b", true));
    refused(CtrlStatus.STALE_EPOCH);
    answer(late, Status.OK);
    assertThat(replies).isEmpty();
    answerAll(Status.OK, 1);
    assertThat(((WriterReply) onlyReply()).epoch()).isEqualTo(2);
  }

  @Test
  void unreachableChunkLeavesTheAskerWithATimeoutNotAnEpoch() {
    long id = volume("data", 1);
    ask(new AcquireWriter(++requestId, id, "a", false));
    clock.pass(61_000);
    plane.tick();
    refused(CtrlStatus.TIMED_OUT);
  }

  @Test
  void statusTellsWhoIsAliveAndWhatIsWhere() {
    volume("data", 2);
    ServiceInfo primary =
        new ServiceInfo(
            "db1", ServiceKind.PRIMARY, 1, new Address("h", 3306), 3307, 1, 500, 500, 1, "running");
    ask(new ServiceHeartbeat(++requestId, CLUSTER, primary));
    onlyReply();
    ask(new ServiceHeartbeat(++requestId, CLUSTER + 1, primary));
    refused(CtrlStatus.INVALID);
    clock.pass(6_000);
    beat(1);
    ask(new StatusRequest(++requestId));
    StatusReply status = (StatusReply) onlyReply();
    assertThat(status.nodes()).extracting("node").containsExactly(1, 2, 3);
    assertThat(status.nodes()).extracting("live").containsExactly(true, false, false);
    assertThat(status.nodes()).extracting("chunks").containsOnly(2);
    assertThat(status.services().getFirst().service()).isEqualTo(primary);
    assertThat(status.services().getFirst().live()).isFalse();
    assertThat(status.volumes()).extracting("name").containsExactly("data");
  }

  private long volume(String name, int chunks) {
    beatAll(3);
    ask(new CreateVolume(++requestId, name, chunks * MIB, MIB, 3));
    answerAll(Status.OK, 3 * chunks);
    return ((VolumeReply) onlyReply()).volume().id();
  }

  private long acquire(long volume, String owner, boolean force) {
    ask(new AcquireWriter(++requestId, volume, owner, force));
    answerAll(Status.OK, toNodes.size());
    return ((WriterReply) onlyReply()).epoch();
  }

  private void ask(CtrlRequest request) {
    plane.request(request, replies::add);
  }

  private CtrlReply onlyReply() {
    assertThat(replies).hasSize(1);
    return replies.removeFirst();
  }

  private void refused(CtrlStatus status) {
    CtrlReply reply = onlyReply();
    assertThat(reply.status()).as(reply.message()).isEqualTo(status);
    assertThat(reply.message()).isNotBlank();
  }

  private void answerAll(Status status, int count) {
    for (int i = 0; i < count; i++) {
      answer(toNodes.poll(), status);
    }
  }

  private void answer(Sent sent, Status status) {
    switch (sent.message()) {
      case CreateChunk m ->
          plane.controlReply(
              new ControlReply(m.requestId(), sent.node(), m.chunk(), status, 0, ""));
      case FenceEpoch m ->
          plane.controlReply(
              new ControlReply(m.requestId(), sent.node(), m.chunk(), status, 0, ""));
      default -> throw new AssertionError(sent);
    }
  }

  private void beatAll(int count) {
    for (int node = 1; node <= count; node++) {
      beat(node);
    }
  }

  private void beat(int node, ChunkReport... reports) {
    plane.heartbeat(
        new NodeHeartbeat(
            CLUSTER,
            node,
            1,
            1,
            new Address("h", node),
            "rack" + node,
            DiskState.HEALTHY,
            "",
            1000,
            500,
            reports.length,
            List.of(reports)),
        reply -> {});
  }

  private static ChunkReport report(ChunkId chunk, ChunkRole role, long term) {
    return new ChunkReport(
        chunk, MIB, role, term, 0, 0, 0, 0, 0, 0, 0, List.of(1, 2, 3), List.of());
  }
}
