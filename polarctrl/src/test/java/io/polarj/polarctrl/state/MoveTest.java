package io.polarj.polarctrl.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polarj.polarctrl.view.ChunkView;
import io.polarj.polarctrl.view.NodeState;
import io.polarj.polarctrl.view.PlanView;
import io.polarj.storage.protocol.ChunkId;
import io.polarj.storage.protocol.DiskState;
import io.polarj.storage.protocol.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Repair, moves, decommissioning and levelling; the ChunkServers here watch over the laws. */
final class MoveTest {
  private static final int LOSS_SECONDS = 30 * 60;
  private final MoveBench bench = new MoveBench(4);

  private FakeChunkServers servers() {
    return bench.servers;
  }

  @Test
  void silentNodeIsSuspectAndNothingIsMadeAnewBecauseOfIt() {
    long volume = bench.volume("db", 4);
    servers().node(1).up = false;
    bench.runSeconds(LOSS_SECONDS - 10);
    assertThat(bench.plane.operator().nodes().getFirst().state()).isEqualTo(NodeState.SUSPECT);
    assertThat(bench.all()).isEmpty();
    assertThat(servers().touched).isEmpty();
    servers().restart(1);
    bench.runSeconds(LOSS_SECONDS);
    assertThat(bench.plane.operator().cluster().healthy()).isEqualTo(4);
    assertThat(bench.all()).isEmpty();
    assertThat(bench.voters(volume, 0)).hasSize(3);
  }

  @Test
  void replicasOfALostNodeAreMadeAnewStepByStep() {
    long volume = bench.volume("db", 1);
    ChunkId chunk = new ChunkId(volume, 0);
    List<Integer> before = bench.voters(volume, 0);
    int lost = before.get(1);
    int spare = spare(before);
    servers().node(lost).up = false;
    servers().log.clear();
    bench.runSeconds(LOSS_SECONDS + 30);
    List<Integer> grown = new ArrayList<>(before);
    grown.add(spare);
    List<Integer> after = new ArrayList<>(grown);
    after.remove(Integer.valueOf(lost));
    assertThat(servers().log)
        .containsExactly(
            "create " + chunk + " on " + spare,
            "members of " + chunk + " are " + before + " and [" + spare + "]",
            "members of " + chunk + " are " + grown + " and []",
            "members of " + chunk + " are " + after + " and []");
    assertThat(bench.plane.operator().cluster().healthy()).isEqualTo(1);
    assertThat(bench.plane.operator().cluster().leftovers()).isEqualTo(1);
    assertThat(bench.all()).extracting(PlanView::state).containsExactly("DONE");
    servers().restart(lost);
    bench.runSeconds(10);
    assertThat(servers().log).last().isEqualTo("delete " + chunk + " on " + lost);
    assertThat(bench.plane.operator().cluster().leftovers()).isZero();
    assertThat(bench.plane.operator().nodes().get(lost - 1).admin()).isEqualTo("IN_SERVICE");
  }

  @Test
  void operatorsWordLosesANodeAtOnce() {
    long volume = bench.volume("db", 2);
    assertThatThrownBy(() -> bench.plane.operator().lost(1, false))
        .hasMessageContaining("node 1 is up");
    servers().node(1).up = false;
    bench.runSeconds(6);
    bench.plane.operator().lost(1, false);
    bench.runSeconds(30);
    assertThat(bench.voters(volume, 0)).hasSize(3).doesNotContain(1);
    assertThat(bench.voters(volume, 1)).hasSize(3).doesNotContain(1);
    servers().restart(1);
    bench.runSeconds(30);
    assertThat(bench.plane.operator().nodes().getFirst().state()).isEqualTo(NodeState.LOST);
    bench.plane.operator().recommission(1);
    assertThat(bench.plane.operator().nodes().getFirst().state()).isEqualTo(NodeState.UP);
  }

  @Test
  void pauseOfPolarCtrlItselfIsNotSilenceOfTheNodes() {
    bench.volume("db", 2);
    bench.clock.pass(2 * LOSS_SECONDS * 1000);
    bench.plane.tick();
    servers().node(4).up = false; // its beats come a little later than the others'
    bench.run(4);
    assertThat(bench.plane.operator().nodes()).extracting("admin").containsOnly("IN_SERVICE");
    servers().restart(4);
    bench.runSeconds(60);
    assertThat(bench.all()).isEmpty();
    bench.clock.pass(600_000);
    servers().node(4).up = false;
    bench.run(1);
    bench.runSeconds(6);
    assertThat(bench.plane.operator().nodes().getLast().state()).isEqualTo(NodeState.SUSPECT);
  }

  @Test
  void movesThatAnOperatorAsksForQueueForTheSlots() {
    long volume = bench.volume("db", 6);
    servers().learnersCatchUp = false;
    for (int chunk = 0; chunk < 6; chunk++) {
      bench.plane.operator().move(volume + "." + chunk, bench.voters(volume, chunk).get(0), 0);
    }
    bench.runSeconds(20);
    assertThat(bench.open()).hasSize(6);
    long learning =
        servers().groups.values().stream().filter(group -> !group.learners.isEmpty()).count();
    assertThat(learning).isEqualTo(2);
    servers().learnersCatchUp = true;
    bench.runSeconds(120);
    assertThat(bench.open()).isEmpty();
    assertThat(bench.all()).extracting(PlanView::state).containsOnly("DONE");
  }

  @Test
  void polarCtrlThatIsCutOffLosesNobody() {
    bench.volume("db", 2);
    servers().nodes.values().forEach(node -> node.up = false);
    bench.runSeconds(2 * LOSS_SECONDS);
    assertThat(bench.plane.operator().nodes()).extracting("state").containsOnly(NodeState.SUSPECT);
    servers().restart(1);
    servers().restart(2);
    bench.runSeconds(10);
    assertThat(bench.plane.operator().nodes()).extracting("admin").containsOnly("IN_SERVICE");
  }

  @Test
  void silenceBeginsAnewWhenPolarCtrlWasRestarted() {
    bench.volume("db", 1);
    servers().node(1).up = false;
    bench.runSeconds(LOSS_SECONDS - 60);
    bench.clock.pass(5 * LOSS_SECONDS * 1000);
    bench.restart();
    bench.runSeconds(LOSS_SECONDS - 60);
    assertThat(bench.all()).isEmpty();
    assertThat(bench.plane.operator().nodes().getFirst().state()).isEqualTo(NodeState.SUSPECT);
  }

  @Test
  void leastProtectedChunkIsRepairedFirst() {
    for (int node = 5; node <= 9; node++) {
      servers().add(node);
    }
    bench.with(bench.moves.withMostMoves(1));
    long volume = bench.volume("db", 18, 5);
    servers().node(1).up = false;
    servers().node(2).up = false;
    bench.runSeconds(6);
    bench.plane.operator().lost(1, false);
    List<Boolean> onBoth = new ArrayList<>();
    for (int half = 0; half < 400; half++) {
      bench.run(1);
      for (PlanView plan : bench.open()) {
        if (onBoth.size() < plan.id()) {
          onBoth.add(servers().groups.get(chunk(plan.chunk())).voters.contains(2));
        }
      }
    }
    assertThat(onBoth).contains(true, false);
    assertThat(onBoth.subList(onBoth.indexOf(false), onBoth.size())).doesNotContain(true);
    for (int chunk = 0; chunk < 18; chunk++) {
      assertThat(bench.voters(volume, chunk)).hasSize(5).doesNotContain(1);
    }
  }

  private static ChunkId chunk(String text) {
    String[] parts = text.split("\\.");
    return new ChunkId(Long.parseLong(parts[0]), Integer.parseInt(parts[1]));
  }

  @Test
  void neverMorePlansAtWorkThanTheSettingAllows() {
    servers().add(5);
    bench.with(bench.moves.withMostMoves(2));
    bench.volume("db", 12);
    servers().learnersCatchUp = false;
    bench.loseByOrder(1);
    bench.runSeconds(60);
    assertThat(bench.open()).hasSize(2);
    long learning =
        servers().groups.values().stream().filter(group -> !group.learners.isEmpty()).count();
    assertThat(learning).isEqualTo(2);
    assertThat(bench.plane.operator().cluster().waiting()).isPositive();
    servers().learnersCatchUp = true;
    for (int second = 0; second < 120; second++) {
      bench.runSeconds(1);
      assertThat(bench.open().size()).isLessThanOrEqualTo(2);
    }
    assertThat(bench.plane.operator().cluster().healthy()).isEqualTo(12);
  }

  @Test
  void voterIsNotRemovedBeforeItsSuccessorHasCaughtUp() {
    long volume = bench.volume("db", 1);
    List<Integer> before = bench.voters(volume, 0);
    servers().learnersCatchUp = false;
    bench.loseByOrder(before.getFirst());
    bench.runSeconds(600);
    assertThat(bench.voters(volume, 0)).isEqualTo(before);
    assertThat(bench.open().getFirst().step()).contains("catching up");
    servers().learnersCatchUp = true;
    bench.runSeconds(10);
    assertThat(bench.voters(volume, 0)).hasSize(3).doesNotContain(before.getFirst());
  }

  @Test
  void refusedStepIsShownAndRepeatedLessAndLessOften() {
    bench.volume("db", 1);
    servers().refuseMoves = Status.ERROR;
    bench.loseByOrder(bench.voters(1, 0).getFirst());
    bench.runSeconds(10);
    PlanView plan = bench.open().getFirst();
    assertThat(plan.refusals()).isBetween(2, 6);
    assertThat(plan.message()).contains("answers ERROR");
    int before = servers().messages;
    bench.runSeconds(3600);
    assertThat(servers().messages - before).isBetween(20, 70);
    servers().refuseMoves = null;
    bench.runSeconds(90);
    assertThat(bench.plane.operator().cluster().healthy()).isEqualTo(1);
  }

  @Test
  void everyStepIsTakenUpAgainAfterARestart() {
    long volume = bench.volume("db", 1);
    bench.loseByOrder(bench.voters(volume, 0).getFirst());
    for (int round = 0; round < 40; round++) {
      bench.run(3);
      bench.restart();
    }
    bench.runSeconds(20);
    assertThat(bench.plane.operator().cluster().healthy()).isEqualTo(1);
    assertThat(bench.all()).hasSize(1);
    assertThat(bench.all().getFirst().state()).isEqualTo("DONE");
  }

  @Test
  void cancelledPlanLeavesTheGroupAsItWas() {
    long volume = bench.volume("db", 1);
    List<Integer> before = bench.voters(volume, 0);
    int spare = spare(before);
    servers().learnersCatchUp = false;
    PlanView plan = bench.plane.operator().move(volume + ".0", before.getFirst(), 0);
    assertThat(plan.to()).isEqualTo(spare);
    bench.runSeconds(5);
    assertThat(servers().group(new ChunkId(volume, 0)).learners).containsExactly(spare);
    bench.plane.operator().cancel(plan.id());
    bench.runSeconds(20);
    assertThat(servers().group(new ChunkId(volume, 0)).learners).isEmpty();
    assertThat(bench.voters(volume, 0)).isEqualTo(before);
    assertThat(servers().node(spare).replicas).isEmpty();
    assertThat(bench.all().getFirst().state()).isEqualTo("CANCELLED");
    assertThatThrownBy(() -> bench.plane.operator().cancel(plan.id()))
        .hasMessageContaining("no open plan");
  }

  @Test
  void movesThatCanNotBeAreRefusedWithTheReason() {
    long volume = bench.volume("db", 1);
    List<Integer> voters = bench.voters(volume, 0);
    int spare = spare(voters);
    Operator operator = bench.plane.operator();
    assertThatThrownBy(() -> operator.move("7.0", 1, 2)).hasMessageContaining("no chunk '7.0'");
    assertThatThrownBy(() -> operator.move("x", 1, 2)).hasMessageContaining("VOLUME.NUMBER");
    assertThatThrownBy(() -> operator.move(volume + ".0", spare, 0))
        .hasMessageContaining("no voting replica");
    assertThatThrownBy(() -> operator.move(volume + ".0", voters.get(0), voters.get(1)))
        .hasMessageContaining("has a replica already");
    assertThatThrownBy(() -> operator.move(volume + ".0", voters.get(0), 99))
        .hasMessageContaining("no node 99");
    servers().node(spare).domain = servers().node(voters.get(1)).domain;
    bench.run(2);
    assertThatThrownBy(() -> operator.move(volume + ".0", voters.get(0), spare))
        .hasMessageContaining("same host");
    operator.move(volume + ".0", voters.get(1), spare);
    assertThatThrownBy(() -> operator.move(volume + ".0", voters.get(1), spare))
        .hasMessageContaining("plan 1 works on chunk");
  }

  @Test
  void decommissionedNodeIsEmptiedAndGetsNothingNew() {
    servers().add(5);
    long volume = bench.volume("db", 8);
    bench.plane.operator().decommission(2);
    int total = bench.plane.operator().nodes().get(1).drainTotal();
    assertThat(total).isPositive();
    bench.runSeconds(120);
    assertThat(bench.plane.operator().nodes().get(1).replicas()).isZero();
    assertThat(bench.plane.operator().nodes().get(1).drainTotal()).isEqualTo(total);
    assertThat(servers().node(2).replicas).isEmpty();
    bench.volume("more", 4);
    assertThat(servers().node(2).replicas).isEmpty();
    for (int chunk = 0; chunk < 8; chunk++) {
      assertThat(bench.voters(volume, chunk)).hasSize(3).doesNotContain(2);
    }
    bench.plane.operator().recommission(2);
    assertThat(bench.plane.operator().nodes().get(1).admin()).isEqualTo("IN_SERVICE");
  }

  @Test
  void recommissionedNodeKeepsWhatHasNotMovedYet() {
    bench.volume("db", 4);
    servers().learnersCatchUp = false;
    bench.plane.operator().decommission(2);
    bench.runSeconds(10);
    assertThat(bench.open()).isNotEmpty();
    bench.plane.operator().recommission(2);
    bench.runSeconds(20);
    assertThat(bench.open()).isEmpty();
    assertThat(bench.all()).extracting(PlanView::state).containsOnly("CANCELLED");
    assertThat(bench.plane.operator().cluster().leftovers()).isZero();
  }

  @Test
  void newNodeGetsItsShareAndThenNothingMovesAnyMore() {
    long volume = bench.volume("db", 20);
    bench.with(bench.moves.withRebalance(true));
    servers().add(5);
    bench.runSeconds(600);
    TreeMap<Integer, Integer> replicas = new TreeMap<>();
    for (int chunk = 0; chunk < 20; chunk++) {
      assertThat(new TreeSet<>(bench.voters(volume, chunk))).hasSize(3);
      bench.voters(volume, chunk).forEach(node -> replicas.merge(node, 1, Integer::sum));
    }
    assertThat(replicas.values()).allMatch(count -> count >= 11 && count <= 13);
    int plans = bench.all().size();
    bench.runSeconds(600);
    assertThat(bench.all()).hasSize(plans);
  }

  @Test
  void nodeThatComesBackBeforeItsReplacementVotesKeepsItsReplica() {
    long volume = bench.volume("db", 1);
    List<Integer> before = bench.voters(volume, 0);
    servers().learnersCatchUp = false;
    servers().node(before.getFirst()).up = false;
    bench.runSeconds(LOSS_SECONDS + 10);
    assertThat(bench.open()).hasSize(1);
    servers().restart(before.getFirst());
    bench.runSeconds(20);
    assertThat(bench.voters(volume, 0)).isEqualTo(before);
    assertThat(bench.all().getFirst().state()).isEqualTo("CANCELLED");
    assertThat(bench.all().getFirst().message()).contains("is back");
    assertThat(bench.plane.operator().cluster().leftovers()).isZero();
  }

  @Test
  void replicaThatItsNodeNoLongerHasIsMadeAnew() {
    long volume = bench.volume("db", 2);
    List<Integer> before = bench.voters(volume, 0);
    servers().wipe(before.getFirst());
    bench.runSeconds(60);
    assertThat(bench.voters(volume, 0)).hasSize(3).doesNotContain(before.getFirst());
    assertThat(bench.plane.operator().cluster().healthy()).isEqualTo(2);
  }

  @Test
  void failedDiskIsWaitedForLikeSilence() {
    long volume = bench.volume("db", 1);
    int failed = bench.voters(volume, 0).getFirst();
    servers().node(failed).disk = DiskState.FAILED;
    bench.runSeconds(LOSS_SECONDS - 10);
    assertThat(bench.all()).isEmpty();
    bench.runSeconds(60);
    assertThat(bench.voters(volume, 0)).hasSize(3).doesNotContain(failed);
  }

  @Test
  void withoutAnotherHostTheRepairWaitsAndSaysSo() {
    long volume = bench.volume("db", 1);
    List<Integer> before = bench.voters(volume, 0);
    servers().node(spare(before)).domain = servers().node(before.get(1)).domain;
    bench.loseByOrder(before.getFirst());
    bench.runSeconds(30);
    assertThat(bench.all()).isEmpty();
    assertThat(bench.plane.operator().cluster().stuck()).isEqualTo(1);
    assertThat(bench.plane.operator().cluster().message()).contains("on another host");
    bench.with(new MoveSettings(60_000, 2, false, true, 5, 1_000, 60_000));
    bench.runSeconds(30);
    assertThat(bench.voters(volume, 0)).hasSize(3).contains(spare(before));
  }

  @Test
  void chunkWithoutMajorityIsShownAndNotTouched() {
    long volume = bench.volume("db", 1);
    List<Integer> before = bench.voters(volume, 0);
    bench.loseByOrder(before.get(0));
    bench.loseByOrder(before.get(1));
    bench.runSeconds(60);
    assertThat(bench.all()).isEmpty();
    assertThat(bench.plane.operator().cluster().unavailable()).isEqualTo(1);
    assertThat(bench.plane.operator().cluster().message()).contains("no leader");
    ChunkView chunk = bench.plane.operator().chunks("db").getFirst();
    assertThat(chunk.replicas()).extracting("lost").containsExactly(true, true, false);
  }

  @Test
  void deletionThatComesLateDoesNotHitTheReplicaMadeSince() {
    long volume = bench.volume("db", 1);
    List<Integer> before = bench.voters(volume, 0);
    int away = before.getFirst();
    int spare = spare(before);
    bench.plane.operator().move(volume + ".0", away, spare);
    bench.runSeconds(60);
    FakeChunkServers.Sent deletion = servers().lastDeletion;
    assertThat(deletion).isNotNull();
    assertThat(servers().node(away).replicas).isEmpty();
    bench.plane.operator().move(volume + ".0", spare, away);
    bench.runSeconds(30);
    assertThat(bench.voters(volume, 0)).contains(away);
    servers().inFlight.add(deletion);
    servers().deliver(bench.plane);
    assertThat(servers().node(away).replicas).hasSize(1);
  }

  @Test
  void memberIsNotDeletedWhateverAnOldDatabaseSays() {
    long volume = bench.volume("db", 1);
    ChunkId chunk = new ChunkId(volume, 0);
    int member = bench.voters(volume, 0).getFirst();
    bench.store.save(new StoreChange().leftover(new Leftover(chunk, member, Long.MAX_VALUE)));
    bench.restart();
    bench.runSeconds(60);
    assertThat(servers().node(member).replicas).hasSize(1);
    assertThat(bench.plane.operator().cluster().leftovers()).isEqualTo(1);
  }

  @Test
  void targetThatIsLostIsReplacedByAnother() {
    servers().add(5);
    long volume = bench.volume("db", 1);
    List<Integer> before = bench.voters(volume, 0);
    servers().learnersCatchUp = false;
    bench.loseByOrder(before.getFirst());
    bench.runSeconds(10);
    int first = bench.open().getFirst().to();
    bench.loseByOrder(first);
    bench.runSeconds(10);
    servers().learnersCatchUp = true;
    bench.runSeconds(30);
    assertThat(bench.voters(volume, 0)).hasSize(3).doesNotContain(before.getFirst(), first);
  }

  private int spare(List<Integer> voters) {
    return servers().nodes.keySet().stream()
        .filter(node -> !voters.contains(node))
        .findFirst()
        .orElseThrow();
  }
}
