package io.polarj.polarctrl.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polarj.polarctrl.protocol.AcquireWriter;
import io.polarj.polarctrl.protocol.CreateVolume;
import io.polarj.polarctrl.protocol.CtrlStatus;
import io.polarj.polarctrl.protocol.FindVolume;
import io.polarj.polarctrl.protocol.GrowVolume;
import io.polarj.polarctrl.protocol.RenewWriter;
import io.polarj.polarctrl.protocol.VolumeInfo;
import io.polarj.polarctrl.protocol.VolumeReply;
import io.polarj.polarctrl.protocol.WriterReply;
import io.polarj.polarctrl.view.RecoveryView;
import io.polarj.storage.protocol.ChunkId;
import io.polarj.storage.protocol.IoCounters;
import io.polarj.storage.protocol.VolumeLabel;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A control plane whose database is gone, among ChunkServers that are not. */
final class RecoveryTest {
  private final MoveBench bench = new MoveBench(4);

  private void loseDatabase() {
    bench.store = new MemoryCtrlStore();
    bench.restart();
    bench.runSeconds(5);
  }

  private VolumeInfo find(String name) {
    bench.ask(new FindVolume(bench.nextRequest(), name));
    return ((VolumeReply) bench.onlyReply()).volume();
  }

  private long acquire(long volume, String owner, boolean force) {
    bench.ask(new AcquireWriter(bench.nextRequest(), volume, owner, force));
    bench.run(2);
    return ((WriterReply) bench.onlyReply()).epoch();
  }

  private RecoveryView recover() {
    return bench.plane.operator().recover(true, Map.of());
  }

  @Test
  void volumesMembersAndEpochsComeBackFromTheReports() {
    long volume = bench.volume("db", 3);
    bench.volume("other", 1);
    acquire(volume, "w", false);
    long epoch = acquire(volume, "w", false);
    bench.plane.operator().decommission(bench.voters(volume, 0).getFirst());
    bench.runSeconds(60);
    List<Integer> moved = bench.voters(volume, 0);
    VolumeInfo before = find("db");
    loseDatabase();
    RecoveryView looked = bench.plane.operator().recover(false, Map.of());
    assertThat(looked.problems()).isEmpty();
    assertThat(bench.plane.operator().volumes()).isEmpty();
    assertThat(recover().applied()).isTrue();
    VolumeInfo after = find("db");
    assertThat(after.sizeBytes()).isEqualTo(before.sizeBytes());
    assertThat(after.replicas()).isEqualTo(3);
    assertThat(after.id()).isEqualTo(volume);
    assertThat(after.epoch()).isEqualTo(epoch);
    assertThat(find("other").chunks()).isEqualTo(1);
    bench.restart();
    bench.runSeconds(5);
    assertThat(bench.plane.operator().cluster().healthy()).isEqualTo(4);
    assertThat(bench.plane.operator().cluster().unknownChunks()).isZero();
    assertThat(bench.plane.operator().chunks("db").getFirst().replicas())
        .extracting("node")
        .containsExactlyInAnyOrderElementsOf(moved);
    assertThat(acquire(volume, "x", true)).isEqualTo(epoch + 1);
    int from = bench.voters(volume, 0).getFirst();
    assertThat(bench.plane.operator().move(volume + ".0", from, 0).id()).isGreaterThan(10_000);
  }

  @Test
  void livingWriterKeepsItsVolumeThroughTheLossOfTheDatabase() {
    long volume = bench.volume("db", 2);
    long epoch = acquire(volume, "w", false);
    loseDatabase();
    recover();
    bench.ask(new AcquireWriter(bench.nextRequest(), volume, "thief", false));
    assertThat(bench.onlyReply().status()).isEqualTo(CtrlStatus.WRITER_BUSY);
    bench.ask(new RenewWriter(bench.nextRequest(), volume, "w", epoch - 1));
    assertThat(bench.onlyReply().status()).isEqualTo(CtrlStatus.STALE_EPOCH);
    bench.ask(new RenewWriter(bench.nextRequest(), volume, "w", epoch));
    assertThat(bench.onlyReply()).isInstanceOf(WriterReply.class);
    assertThat(find("db").writer()).isEqualTo("w");
  }

  @Test
  void noNewVolumeIsMadeOverChunksThatTheDatabaseDoesNotKnow() {
    bench.volume("db", 1);
    loseDatabase();
    bench.ask(new CreateVolume(bench.nextRequest(), "db", 1 << 20, 1 << 20, 3));
    assertThat(bench.onlyReply().status()).isEqualTo(CtrlStatus.NEEDS_RECOVERY);
    assertThat(bench.plane.operator().cluster().unknownChunks()).isEqualTo(1);
    assertThat(bench.plane.operator().cluster().message()).contains("polarj ctl recover");
  }

  @Test
  void chunkInDoubtKeepsItsVolumeFromBeingRebuilt() {
    long volume = bench.volume("db", 2);
    List<Integer> voters = bench.voters(volume, 1);
    bench.servers.node(voters.get(0)).up = false;
    bench.servers.node(voters.get(1)).up = false;
    loseDatabase();
    RecoveryView found = recover();
    assertThat(found.problems()).anyMatch(problem -> problem.contains("start the ChunkServers"));
    assertThat(bench.plane.operator().volumes()).isEmpty();
    bench.servers.restart(voters.get(0));
    bench.runSeconds(5);
    assertThat(recover().problems()).isEmpty();
    assertThat(find("db").epoch()).isZero();
  }

  @Test
  void chunkThatNobodyReportsIsMissedWhenALaterOneIsThere() {
    long volume = bench.volume("db", 2);
    bench.servers.nodes.values().forEach(node -> node.replicas.remove(new ChunkId(volume, 0)));
    loseDatabase();
    assertThat(recover().problems()).anyMatch(problem -> problem.contains("reported by nobody"));
    assertThat(bench.plane.operator().volumes()).isEmpty();
  }

  @Test
  void growthThatWasNotFinishedIsFinishedAfterwards() {
    long volume = bench.volume("db", 1);
    bench.ask(new GrowVolume(bench.nextRequest(), "db", 2 << 20));
    FakeChunkServers.Sent first = bench.servers.inFlight.getFirst();
    bench.servers.inFlight.clear();
    bench.servers.inFlight.add(first);
    bench.servers.deliver(bench.plane);
    bench.store = new MemoryCtrlStore();
    bench.restart();
    bench.runSeconds(5);
    RecoveryView found = bench.plane.operator().recover(false, Map.of());
    assertThat(found.problems()).isEmpty();
    assertThat(found.volumes().getFirst().sizeBytes()).isEqualTo(1 << 20);
    assertThat(found.volumes().getFirst().targetBytes()).isEqualTo(2 << 20);
    recover();
    bench.runSeconds(5);
    assertThat(find("db").complete()).isTrue();
    assertThat(find("db").sizeBytes()).isEqualTo(2 << 20);
    assertThat(bench.voters(volume, 1)).hasSize(3);
  }

  @Test
  void volumeWithoutALabelIsRebuiltUnderAGivenName() {
    long volume = bench.labelled(VolumeLabel.UNKNOWN);
    loseDatabase();
    assertThat(recover().problems()).anyMatch(problem -> problem.contains("--name " + volume));
    bench.plane.operator().recover(true, Map.of(volume, "found"));
    assertThat(find("found").replicas()).isEqualTo(3);
  }

  @Test
  void ratesOfIoAreTheDifferencesOfCounters() {
    long volume = bench.volume("db", 1);
    ChunkId chunk = new ChunkId(volume, 0);
    int leader = bench.servers.group(chunk).leader;
    for (int half = 0; half < 40; half++) {
      bench.servers.node(leader).replicas.get(chunk).io =
          new IoCounters(50L * half, 4096L * 50 * half, 5_000L * half, 0, 0, 0);
      bench.run(1);
    }
    var io = bench.plane.operator().volumes().getFirst().io();
    assertThat(io.readsPerSecond()).isEqualTo(100.0);
    assertThat(io.readLatencyMicros()).isEqualTo(100.0);
    assertThat(io.writesPerSecond()).isZero();
    assertThat(bench.plane.operator().nodes().get(leader - 1).io().readsPerSecond())
        .isEqualTo(100.0);
    bench.servers.node(leader).replicas.get(chunk).io = IoCounters.ZERO;
    bench.run(1);
    assertThat(bench.plane.operator().volumes().getFirst().io().readsPerSecond()).isZero();
  }

  @Test
  void ownerCanNotTakeTheNameOfTheUnknownWriter() {
    long volume = bench.volume("db", 1);
    bench.ask(new AcquireWriter(bench.nextRequest(), volume, "?", false));
    assertThat(bench.onlyReply().status()).isEqualTo(CtrlStatus.INVALID);
    assertThatThrownBy(() -> bench.plane.operator().chunks("none"))
        .hasMessageContaining("no volume 'none'");
  }
}
