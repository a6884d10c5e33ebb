package io.polarj.polarctrl.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.polarj.platform.random.RandomStream;
import io.polarj.polarctrl.protocol.CreateVolume;
import io.polarj.polarctrl.view.PlanView;
import io.polarj.storage.protocol.ChunkId;
import io.polarj.storage.protocol.DiskState;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Hours of a cluster whose nodes stop, come back and lose their disks, whose PolarCtrl forgets all
 * but its store, whose messages are lost, late and double, and whose operators change their minds.
 * The laws hold all the time, and in the end, when all is well again, every chunk is.
 */
final class MoveSimulationTest {
  private static final int NODES = 7;
  private static final int CHUNKS = 10;

  @Test
  void lawsHoldUnderEveryFaultAndAllIsWellInTheEnd() {
    for (long seed = 1; seed <= Integer.getInteger("polarctrl.seeds", 12); seed++) {
      try {
        run(seed);
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
      }
    }
  }

  private static void run(long seed) {
    RandomStream random = new RandomStream(seed);
    MoveBench bench = new MoveBench(NODES);
    int most = 1 + random.nextInt(3);
    bench.with(new MoveSettings(120_000, most, random.nextInt(2) == 0, false, 5, 1_000, 20_000));
    bench.run(2);
    bench.ask(
        new CreateVolume(
            bench.nextRequest(), "db", CHUNKS * FakeChunkServers.CHUNK_BYTES, 1 << 20, 3));
    bench.run(4);
    for (int step = 0; step < 1_500; step++) {
      disturb(bench, random);
      bench.clock.pass(500);
      bench.servers.learnersCatchUp = random.nextInt(4) != 0;
      bench.servers.beat(bench.plane);
      bench.plane.tick();
      bench.servers.deliverSome(bench.plane, random);
      check(bench, most);
    }
    heal(bench);
    bench.runSeconds(900);
    for (ChunkId chunk : bench.servers.groups.keySet()) {
      FakeChunkServers.Group group = bench.servers.group(chunk);
      assertThat(group.voters)
          .as("voters of %s; %s; %s", chunk, bench.plane.operator().cluster(), bench.open())
          .hasSize(3)
          .doesNotHaveDuplicates();
      assertThat(group.learners)
          .as("learners of %s; %s; %s", chunk, bench.plane.operator().cluster(), bench.open())
          .isEmpty();
    }
    assertThat(bench.plane.operator().cluster().leftovers()).isZero();
    assertThat(bench.plane.operator().cluster().healthy())
        .as("%s", bench.plane.operator().cluster())
        .isEqualTo(CHUNKS);
    int replicas = bench.servers.nodes.values().stream().mapToInt(n -> n.replicas.size()).sum();
    assertThat(replicas).as("replicas on all nodes").isEqualTo(3 * CHUNKS);
  }

  private static void check(MoveBench bench, int most) {
    long working = bench.open().stream().filter(plan -> !plan.step().contains("slot")).count();
    assertThat(working).as("plans at work").isLessThanOrEqualTo(most);
    assertThat(bench.open()).extracting(PlanView::chunk).doesNotHaveDuplicates();
  }

  private static void disturb(MoveBench bench, RandomStream random) {
    List<FakeChunkServers.Node> nodes = new ArrayList<>(bench.servers.nodes.values());
    FakeChunkServers.Node node = nodes.get(random.nextInt(nodes.size()));
    switch (random.nextInt(120)) {
      case 0, 1 -> stop(bench, node);
      case 2, 3, 4, 5 -> back(bench, node);
      case 6 -> wipe(bench, node);
      case 7 -> bench.restart();
      case 8 -> bench.plane.operator().decommission(node.number);
      case 9, 10 -> bench.plane.operator().recommission(node.number);
      case 11 -> cancel(bench, random);
      case 12 -> move(bench, node, random);
      case 13 -> failDisk(bench, node);
      case 14 -> bench.clock.pass(60_000);
      case 15 -> {
        if (!node.up) {
          bench.plane.operator().lost(node.number, true);
        }
      }
      default -> {
        // a quiet half second
      }
    }
  }

  /** Never so many that a chunk's majority is gone for good: that nobody could repair. */
  private static boolean canGo(MoveBench bench, FakeChunkServers.Node node) {
    for (FakeChunkServers.Group group : bench.servers.groups.values()) {
      long others =
          group.voters.stream()
              .filter(voter -> voter != node.number)
              .filter(voter -> working(bench, group, voter))
              .count();
      if (group.voters.contains(node.number) && others * 2 <= group.voters.size()) {
        return false;
      }
    }
    return true;
  }

  private static boolean working(MoveBench bench, FakeChunkServers.Group group, int number) {
    FakeChunkServers.Node node = bench.servers.node(number);
    boolean has = node.replicas.keySet().stream().anyMatch(id -> bench.servers.group(id) == group);
    return node.up && node.disk == DiskState.HEALTHY && has;
  }

  private static void stop(MoveBench bench, FakeChunkServers.Node node) {
    if (canGo(bench, node)) {
      node.up = false;
    }
  }

  private static void back(MoveBench bench, FakeChunkServers.Node node) {
    if (!node.up) {
      node.disk = DiskState.HEALTHY;
      bench.servers.restart(node.number);
    }
  }

  private static void wipe(MoveBench bench, FakeChunkServers.Node node) {
    if (node.up && canGo(bench, node)) {
      bench.servers.wipe(node.number);
    }
  }

  private static void failDisk(MoveBench bench, FakeChunkServers.Node node) {
    if (node.up && canGo(bench, node)) {
      node.disk = DiskState.FAILED;
    }
  }

  private static void cancel(MoveBench bench, RandomStream random) {
    List<PlanView> open = bench.open();
    if (!open.isEmpty()) {
      try {
        bench.plane.operator().cancel(open.get(random.nextInt(open.size())).id());
      } catch (RefusedException e) {
        assertThat(e.getMessage()).contains("votes already");
      }
    }
  }

  private static void move(MoveBench bench, FakeChunkServers.Node node, RandomStream random) {
    try {
      bench.plane.operator().move("1." + random.nextInt(CHUNKS), node.number, 0);
    } catch (RefusedException e) {
      assertThat(e.getMessage()).isNotBlank();
    }
  }

  private static void heal(MoveBench bench) {
    for (FakeChunkServers.Node node : bench.servers.nodes.values()) {
      node.disk = DiskState.HEALTHY;
      bench.servers.restart(node.number);
      bench.plane.operator().recommission(node.number);
    }
    bench.servers.learnersCatchUp = true;
  }
}
