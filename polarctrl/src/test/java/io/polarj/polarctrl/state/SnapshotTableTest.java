package io.polarj.polarctrl.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polarj.polarctrl.protocol.AcquireWriter;
import io.polarj.polarctrl.protocol.CtrlStatus;
import io.polarj.polarctrl.protocol.FindVolume;
import io.polarj.polarctrl.protocol.GrowVolume;
import io.polarj.polarctrl.protocol.Refusal;
import io.polarj.polarctrl.protocol.VolumeInfo;
import io.polarj.polarctrl.protocol.VolumeReply;
import io.polarj.polarctrl.protocol.WriterReply;
import io.polarj.polarctrl.view.SnapshotView;
import io.polarj.polarctrl.view.VolumeView;
import io.polarj.storage.protocol.ChunkId;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Snapshots of volumes as PolarCtrl drives them, through failures and restarts. */
final class SnapshotTableTest {
  private final MoveBench bench = new MoveBench(4);
  private final long volume = bench.volume("db", 3);

  @Test
  void aSnapshotIsReadyWhenEveryChunkHasTakenIt() {
    SnapshotView begun = create("first");
    assertThat(begun.state()).isEqualTo("TAKING");
    assertThat(begun.chunksLeft()).isEqualTo(3);
    bench.run(4);
    assertThat(list()).hasSize(1);
    assertThat(list().getFirst().state()).isEqualTo("READY");
    assertThat(list().getFirst().name()).isEqualTo("first");
    for (int chunk = 0; chunk < 3; chunk++) {
      assertThat(group(chunk).snapshots).containsExactly(1);
    }
  }

  @Test
  void theNumberIsKnownHereBeforeAnyChunkHearsOfIt() {
    create("");
    assertThat(group(0).newestSnapshot).isZero();
    assertThat(bench.store.load().volumes().getFirst().snapshot()).isEqualTo(1);
    assertThat(find("db").snapshot()).isEqualTo(1);
  }

  @Test
  void whatWasIntendedIsDoneAfterARestartOfPolarCtrl() {
    List<Integer> voters = bench.voters(volume, 1);
    voters.subList(0, 2).forEach(node -> bench.servers.node(node).up = false);
    create("");
    bench.run(4);
    assertThat(list().getFirst().state()).isEqualTo("TAKING");
    bench.restart();
    voters.forEach(node -> bench.servers.node(node).up = true);
    bench.runSeconds(10);
    assertThat(list().getFirst().state()).isEqualTo("READY");
    assertThat(group(1).snapshots).containsExactly(1);
  }

  @Test
  void aSnapshotThatCanNotBeTakenIsGivenUpByDeletingIt() {
    List<Integer> voters = bench.voters(volume, 1);
    voters.subList(0, 2).forEach(node -> bench.servers.node(node).up = false);
    create("");
    bench.run(4);
    assertThatThrownBy(() -> create("")).hasMessageContaining("TAKING");
    assertThat(bench.plane.operator().deleteSnapshot("db", 1).state()).isEqualTo("DELETING");
    bench.restart();
    voters.forEach(node -> bench.servers.node(node).up = true);
    bench.runSeconds(10);
    assertThat(list()).isEmpty();
    assertThat(create("").number()).isEqualTo(2);
    bench.run(4);
    for (int chunk = 0; chunk < 3; chunk++) {
      assertThat(group(chunk).snapshots).containsExactly(2);
    }
  }

  @Test
  void aVolumeIsRestoredOnlyWhenNobodyWritesIt() {
    create("");
    bench.run(4);
    bench.ask(new AcquireWriter(bench.nextRequest(), volume, "w", false));
    bench.run(2);
    long epoch = ((WriterReply) bench.onlyReply()).epoch();
    assertThatThrownBy(() -> bench.plane.operator().restoreSnapshot("db", 1))
        .hasMessageContaining("mounted for writing by 'w'");
    bench.runSeconds(11);
    assertThat(bench.plane.operator().restoreSnapshot("db", 1).state()).isEqualTo("RESTORING");
    bench.ask(new AcquireWriter(bench.nextRequest(), volume, "x", true));
    assertThat(((Refusal) bench.onlyReply()).message()).contains("being restored");
    bench.restart();
    bench.run(6);
    assertThat(list().getFirst().state()).isEqualTo("READY");
    assertThat(bench.servers.log.stream().filter(line -> line.startsWith("restore"))).hasSize(3);
    assertThat(find("db").epoch()).isEqualTo(epoch + 1);
    assertThat(find("db").snapshot()).isEqualTo(2);
    assertThat(create("").number()).isEqualTo(3);
  }

  @Test
  void aCloneStandsWhereItsParentStandsAndKeepsTheSnapshot() {
    create("");
    bench.run(4);
    VolumeView clone = bench.plane.operator().cloneSnapshot("db", 1, "copy");
    assertThat(clone.sizeBytes()).isZero();
    bench.run(4);
    VolumeInfo made = find("copy");
    assertThat(made.sizeBytes()).isEqualTo(find("db").sizeBytes());
    assertThat(made.parent()).isEqualTo(volume);
    for (int chunk = 0; chunk < 3; chunk++) {
      assertThat(bench.voters(made.id(), chunk)).isEqualTo(bench.voters(volume, chunk));
    }
    assertThat(bench.plane.operator().cloneSnapshot("db", 1, "copy").id()).isEqualTo(made.id());
    assertThatThrownBy(() -> bench.plane.operator().deleteSnapshot("db", 1))
        .hasMessageContaining("'copy' was cloned from it");
    bench.restart();
    bench.run(4);
    assertThat(list().getFirst().clones()).isEqualTo("'copy'");
  }

  @Test
  void aVolumeThatHasGrownIsNotRestored() {
    create("");
    bench.run(4);
    bench.ask(new GrowVolume(bench.nextRequest(), "db", 5 * FakeChunkServers.CHUNK_BYTES));
    bench.run(4);
    bench.onlyReply();
    assertThatThrownBy(() -> bench.plane.operator().restoreSnapshot("db", 1))
        .hasMessageContaining("has grown");
    bench.plane.operator().deleteSnapshot("db", 1);
    bench.run(4);
    assertThat(list()).isEmpty();
  }

  @Test
  void whatIsNotThereIsRefusedByName() {
    assertThatThrownBy(() -> bench.plane.operator().createSnapshot("no", ""))
        .isInstanceOfSatisfying(
            RefusedException.class, e -> assertThat(e.status()).isEqualTo(CtrlStatus.NOT_FOUND))
        .hasMessageContaining("'no'");
    assertThatThrownBy(() -> bench.plane.operator().deleteSnapshot("db", 7))
        .hasMessageContaining("no snapshot 7");
    create("");
    assertThatThrownBy(() -> bench.plane.operator().cloneSnapshot("db", 1, "copy"))
        .hasMessageContaining("TAKING, not READY");
  }

  private SnapshotView create(String name) {
    return bench.plane.operator().createSnapshot("db", name);
  }

  private List<SnapshotView> list() {
    return bench.plane.operator().snapshots("db");
  }

  private FakeChunkServers.Group group(int chunk) {
    return bench.servers.group(new ChunkId(volume, chunk));
  }

  private VolumeInfo find(String name) {
    bench.ask(new FindVolume(bench.nextRequest(), name));
    return ((VolumeReply) bench.onlyReply()).volume();
  }
}
