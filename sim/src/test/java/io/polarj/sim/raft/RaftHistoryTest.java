package io.polarj.sim.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.polarj.storage.protocol.ChunkId;
import io.polarj.storage.raft.Outcome;
import io.polarj.storage.raft.PlantedBug;
import io.polarj.storage.raft.RaftMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Histories that once broke the protocol or its implementation, played step by step on the real
 * replicas: each holds, and each breaks again once its correction is taken back.
 */
class RaftHistoryTest {
  private static final int A = 1;
  private static final int B = 2;
  private static final int C = 3;
  private static final int X = 0;
  private static final int Y = 1;

  // ---- the ghost: an entry that a reader was told does not exist

  @Test
  void ghostOfAFormerTermNeverComesBack() {
    RaftScript script = ghostHistory(Set.of());
    assertThat(script.read(C, X, A, C)).as("the acknowledged write").isEqualTo(2);
    assertReplicasEqual(script);
    assertThat(script.stored(A, X)).isEqualTo(2);
  }

  @Test
  void ghostOfAFormerTermComesBackWithoutBarriers() {
    RaftScript script = ghostHistory(Set.of(PlantedBug.REVIVE_GHOST));
    assertThat(script.read(C, X, A, C)).as("the ghost's value").isEqualTo(1);
    assertThat(script.stored(A, X)).as("A applied both in order").isEqualTo(2);
  }

  /** Index 1 = x:=1 on A alone; then x:=2 acknowledged at index 2 by B and C; then A helps C. */
  private static RaftScript ghostHistory(Set<PlantedBug> planted) {
    RaftScript script = new RaftScript(16, planted);
    List<Outcome> lost = new ArrayList<>();
    List<Outcome> answers = new ArrayList<>();
    script.elect(A, B);
    script.write(A, 1, 1, X, 1, lost);
    script.exchange(A);
    assertThat(script.replica(A).status().last()).isEqualTo(1);

    script.elect(B, C);
    assertThat(script.read(B, X, B, C)).as("nobody has seen the ghost").isEqualTo(0);
    script.write(B, 2, 1, Y, 9, answers);
    script.exchange(B); // index 1 of term 2 reaches nobody
    script.write(B, 2, 2, X, 2, answers);
    script.exchange(B, C);
    assertThat(answers).as("x:=2 is acknowledged, y:=9 is not").containsExactly(Outcome.OK);
    script.exchange(B, C);
    beatWithoutSupply(script);
    assertThat(script.stored(C, X)).as("C applied index 2 over the hole at 1").isEqualTo(2);

    script.restart(A);
    script.restart(B);
    script.elect(C, A);
    for (int i = 0; i < 6; i++) {
      script.beat(C, A, C);
    }
    return script;
  }

  /** C hears what is decided but what it asks for is lost. */
  private static void beatWithoutSupply(RaftScript script) {
    script.pass(50);
    script.fire(B);
    script.exchange(sent ->
        sent.to() != A && sent.from() != A && !(sent.message() instanceof RaftMessage.Need));
  }

  // ---- a merge that saw only part of a long undecided log

  @Test
  void mergeKeepsEveryAcknowledgedEntryOfALongUndecidedLog() {
    RaftScript script = longLogHistory(Set.of());
    for (int block = 0; block < 12; block++) {
      assertThat(script.read(C, block, B, C)).as("block %d", block).isEqualTo(block + 1);
    }
    assertReplicasEqual(script);
  }

  @Test
  void cappedVoteReportLosesAcknowledgedEntries() {
    RaftScript script = longLogHistory(Set.of(PlantedBug.CAP_VOTE_REPORT));
    assertThat(script.read(C, 11, B, C)).isEqualTo(0);
  }

  /** Twelve entries acknowledged by A and B; nobody but A knows; C leads after A. */
  private static RaftScript longLogHistory(Set<PlantedBug> planted) {
    RaftScript script = new RaftScript(16, planted);
    List<Outcome> answers = new ArrayList<>();
    script.elect(A, B, C);
    for (int block = 0; block < 12; block++) {
      script.write(A, 1, block + 1, block, block + 1, answers);
    }
    script.exchange(A, B);
    assertThat(answers).hasSize(12).containsOnly(Outcome.OK);
    assertThat(script.replica(B).status().decided()).isZero();
    script.restart(A);
    script.elect(C, B);
    return script;
  }

  // ---- a copy of a request that is not in the log yet

  @Test
  void copyOfARequestThatWaitsIsNotAcknowledgedBeforeTheRequest() {
    List<Outcome> answers = new ArrayList<>();
    RaftScript script = copyHistory(Set.of(), answers);
    assertThat(answers).as("in doubt, both").containsOnly(Outcome.UNKNOWN).hasSize(2);
    assertThat(script.read(B, X, B, C)).isEqualTo(0);
  }

  @Test
  void copyTakenForDoneIsAnAcknowledgedWriteLost() {
    List<Outcome> answers = new ArrayList<>();
    RaftScript script = copyHistory(Set.of(PlantedBug.ACKNOWLEDGE_UNLOGGED_COPY), answers);
    assertThat(answers).as("the copy's answer came at once").startsWith(Outcome.OK);
    assertThat(script.read(B, X, B, C)).as("acknowledged, but nobody has it").isEqualTo(0);
  }

  /** A write and its copy wait for the window; when it opens A is alone. */
  private static RaftScript copyHistory(Set<PlantedBug> planted, List<Outcome> answers) {
    RaftScript script = new RaftScript(2, planted);
    List<Outcome> first = new ArrayList<>();
    script.elect(A, B, C);
    script.write(A, 1, 1, Y, 8, first);
    script.write(A, 1, 2, Y + 1, 9, first);
    script.write(A, 1, 3, X, 1, answers);
    script.write(A, 1, 3, X, 1, answers);
    script.exchange(sent -> sent.from() != A || indexOfFirst(sent.message()) == 1);
    assertThat(first).containsExactly(Outcome.OK, Outcome.OK);
    assertThat(script.replica(A).status().last()).as("the request is in the log").isEqualTo(3);
    script.elect(B, C);
    script.beat(B, A, B, C);
    return script;
  }

  private static long indexOfFirst(RaftMessage message) {
    return message instanceof RaftMessage.Append append && append.entries().length > 0
        ? append.entries()[0].index()
        : 0;
  }

  // ---- entries proposed together that overlap

  @Test
  void entriesProposedTogetherAreAppliedInTheirOrder() {
    RaftScript script = batchHistory(Set.of());
    assertThat(script.stored(C, X)).isEqualTo(2);
    assertReplicasEqual(script);
  }

  @Test
  void entriesThatDoNotSeeEachOtherAreAppliedInAnyOrder() {
    RaftScript script = batchHistory(Set.of(PlantedBug.BLIND_BATCHES));
    assertThat(script.stored(C, X)).as("the older entry over the newer").isEqualTo(1);
    assertThat(script.stored(A, X)).isEqualTo(2);
  }

  /** The window opens for x:=1 and x:=2 at once; C gets the second first. */
  private static RaftScript batchHistory(Set<PlantedBug> planted) {
    RaftScript script = new RaftScript(2, planted);
    List<Outcome> answers = new ArrayList<>();
    script.elect(A, B, C);
    script.write(A, 1, 1, Y, 8, answers);
    script.write(A, 1, 2, Y + 1, 9, answers);
    script.write(A, 2, 1, X, 1, answers);
    script.write(A, 3, 1, X, 2, answers);
    script.exchange(sent -> indexOfFirst(sent.message()) < 3); // the batch is lost on both ways
    assertThat(script.replica(A).status().last()).isEqualTo(4);
    long term = script.replica(A).status().term();
    script.deliver(
        new RaftScript.Sent(
            C, A, new RaftMessage.Need(new ChunkId(1, 0), C, term, new long[] {4})));
    script.exchange(A, C);
    script.pass(50);
    script.fire(A);
    script.exchange(sent ->
        sent.to() != B && sent.from() != B && !(sent.message() instanceof RaftMessage.Need));
    assertThat(answers).as("all but x:=1 acknowledged").hasSize(3).containsOnly(Outcome.OK);
    for (int i = 0; i < 4; i++) {
      script.beat(A, A, B, C);
    }
    assertThat(answers).hasSize(4).containsOnly(Outcome.OK);
    return script;
  }

  // ---- a copy that breaks off because its receiver restarts

  @Test
  void followerThatRestartsDuringACopyGetsItFromItsBeginning() {
    RaftScript script = new RaftScript(16, Set.of());
    List<Outcome> answers = new ArrayList<>();
    script.elect(A, B);
    for (int block = 0; block < 16; block++) {
      script.write(A, 1, block + 1, block, block + 1, answers);
    }
    script.exchange(A, B);
    for (int i = 0; i < 100; i++) {
      script.beat(A, A, B); // until A waits for C no longer
    }
    script.replica(A).trim(0);
    script.exchange(A, B);
    assertThat(script.replica(A).status().trimmed()).isEqualTo(16);
    int[] pieces = new int[1];
    for (int i = 0; i < 3; i++) {
      script.pass(50);
      script.fire(A);
      script.exchange(
          sent -> !(sent.message() instanceof RaftMessage.CopyPiece) || pieces[0]++ < 5);
    }
    assertThat(pieces[0]).as("the copy is under way").isGreaterThan(5);
    script.restart(C);
    for (int i = 0; i < 10; i++) {
      script.beat(A, A, B, C);
    }
    assertThat(script.replica(C).status().applied()).isEqualTo(16);
    assertReplicasEqual(script);
  }

  /** Everybody meets again; whoever leads brings the others up to date. */
  private static void assertReplicasEqual(RaftScript script) {
    int leader = A;
    for (int id = A; id <= C; id++) {
      leader = script.replica(id).status().serving() ? id : leader;
    }
    int newest = leader;
    for (int id = A; id <= C; id++) {
      boolean serves = script.replica(id).status().serving();
      boolean newer = script.replica(id).status().term() > script.replica(newest).status().term();
      newest = serves && newer ? id : newest;
    }
    for (int i = 0; i < 12; i++) {
      script.beat(newest, A, B, C);
    }
    assertThat(script.chunk(A)).isEqualTo(script.chunk(B)).isEqualTo(script.chunk(C));
  }
}
