package io.polarj.sim.raft;

import io.polarj.platform.net.Address;
import io.polarj.platform.random.RandomStream;
import io.polarj.platform.sim.SimFabric;
import io.polarj.platform.sim.SimLoop;
import io.polarj.platform.sim.SimScheduler;
import io.polarj.sim.fault.Nemesis;
import io.polarj.sim.fault.RunTrace;
import io.polarj.sim.fault.SimHost;
import io.polarj.sim.history.Operation;
import io.polarj.sim.history.RegisterChecker;
import io.polarj.sim.history.Violation;
import io.polarj.storage.protocol.GroupMember;
import io.polarj.storage.protocol.StorageCodec;
import io.polarj.storage.raft.Membership;
import io.polarj.storage.raft.RaftCodec;
import io.polarj.storage.raft.RaftSettings;
import io.polarj.storage.raft.ReplicaStatus;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One simulated run of a chunk with three replicas: chaos, then healing, then judgement. The same
 * seed and options give the same run, event for event.
 */
public final class Scenario {
  private static final long MILLI = 1_000_000L;
  private static final int[] FIRST_VOTERS = {1, 2, 3};
  private static final int[] WITH_NEWCOMERS = {1, 2, 3, 4, 5};
  private static final Membership FIRST =
      Membership.first(
          Arrays.stream(FIRST_VOTERS)
              .mapToObj(node -> new GroupMember(node, SimNode.address(node)))
              .toList());
  private static final int RECOVERY_MILLIS = 60_000;
  private static final long EVENT_LIMIT = 400_000;

  private final long seed;
  private final Options options;
  private final RandomStream random;
  private final SimScheduler scheduler;
  private final SimFabric fabric;
  private final RaftSettings settings;
  private final int blocks;
  private final Judge judge;
  private final List<SimNode> nodes = new ArrayList<>();
  private final List<SimClient> clients = new ArrayList<>();
  private final List<Operation> history = new ArrayList<>();
  private final Fencer fencer;
  private final Nemesis nemesis;
  private final Reconfigurer reconfigurer;
  private long requests;
  private boolean ending;

  private Scenario(long seed, Options options) {
    this.seed = seed;
    this.options = options;
    this.random = new RandomStream(seed);
    this.scheduler = new SimScheduler(seed);
    this.fabric =
        new SimFabric(
            scheduler, random.split("network"), List.of(new RaftCodec(), new StorageCodec()));
    this.settings = draw(random.split("knobs"), options);
    this.blocks = 2 + random.split("blocks").nextInt(options.blocks() - 1);
    List<DurableTruth> truths = new ArrayList<>();
    int[] ids = options.reconfigures() ? WITH_NEWCOMERS : FIRST_VOTERS;
    for (int ignored : ids) {
      truths.add(new DurableTruth());
    }
    this.judge = new Judge(truths);
    for (int id : ids) {
      RandomStream own = random.split("node" + id);
      nodes.add(
          new SimNode(
              id,
              FIRST.votes(id) ? FIRST : Membership.NONE,
              fabric,
              scheduler,
              own,
              settings,
              options,
              judge,
              truths.get(id - 1)));
    }
    SimLoop fencing = scheduler.newLoop("fencer", 0);
    this.fencer =
        new Fencer(
            fencing,
            fabric.network(fencing, new Address("fencer", 1)),
            ids,
            random.split("fencer"),
            this::takeOver);
    if (random.split("fencing").chance(0.5)) {
      long at = options.chaosMillis() / 4 + random.split("fence").nextLong(options.chaosMillis());
      fencing.schedule(at * MILLI, fencer::ask);
    }
    this.nemesis =
        new Nemesis(
            scheduler.newLoop("nemesis", 0),
            random.split("nemesis"),
            fabric,
            hosts(),
            options.plan(),
            2_500 * MILLI,
            List.of());
    nodes.forEach(node -> node.onElection(nemesis::elected));
    SimLoop changing = scheduler.newLoop("reconfigurer", 0);
    this.reconfigurer =
        new Reconfigurer(
            changing,
            fabric.network(changing, new Address("reconfigurer", 1)),
            random.split("reconfigurer"),
            judge,
            nodes,
            options.replacesDisks(),
            nemesis::elected);
  }

  /** Runs to the end; never throws for what the system under test does. */
  public static Report run(long seed, Options options) {
    Scenario scenario = new Scenario(seed, options);
    String violation = null;
    try {
      scenario.play();
    } catch (Violation broken) {
      violation = broken.getMessage();
    } catch (IllegalStateException | IllegalArgumentException crash) {
      violation = "crash: " + crash;
    }
    return scenario.report(violation);
  }

  private static RaftSettings draw(RandomStream knobs, Options options) {
    int[] lookBehinds = {0, 1, 2, 4, 16, 64};
    int heartbeat = knobs.chance(0.5) ? 20 : 70;
    int[] electionMaxima = {152, 400, 1_000}; // near the least, candidates meet often
    int window = 1 << 2 + knobs.nextInt(5);
    int retained = 1 << 1 + knobs.nextInt(6);
    return new RaftSettings(
        heartbeat,
        150,
        electionMaxima[knobs.nextInt(electionMaxima.length)],
        5,
        knobs.chance(0.7),
        lookBehinds[knobs.nextInt(lookBehinds.length)],
        window,
        window * 2,
        knobs.chance(0.2),
        retained,
        1 + knobs.nextInt(16),
        4096 * (1 + knobs.nextInt(3)),
        64,
        options.planted());
  }

  private List<SimHost> hosts() {
    return nodes.stream().map(SimNode::host).toList();
  }

  /** The writers of the new epoch begin, unless there is nothing more to be begun. */
  private void takeOver() {
    if (!ending) {
      addClients(100, 2);
    }
  }

  private void addClients(int firstId, long epoch) {
    for (int i = 0; i < options.clients(); i++) {
      long id = firstId + i;
      SimLoop loop = scheduler.newLoop("client" + id, 0);
      SimClient client =
          new SimClient(
              id,
              epoch,
              loop,
              fabric.network(loop, new Address("client" + id, 1)),
              nodes.stream().mapToInt(SimNode::id).toArray(),
              random.split("client" + id),
              blocks,
              history);
      clients.add(client);
      client.start();
    }
  }

  private void play() {
    nodes.forEach(node -> node.host().start());
    addClients(1, 1);
    nemesis.start();
    options.crash().arm(hosts(), scheduler.newLoop("power", 0));
    if (options.reconfigures()) {
      reconfigurer.start();
    }
    advance(options.chaosMillis() * MILLI);
    reconfigurer.stop();
    nemesis.heal();
    advance(scheduler.nowNanos() + 1_200 * MILLI);
    ending = true;
    clients.forEach(SimClient::stop);
    requests = nodes.getFirst().host().logImage().requests();
    long deadline = scheduler.nowNanos() + RECOVERY_MILLIS * MILLI;
    while (!(settled() && converged())) {
      if (scheduler.nowNanos() > deadline) {
        throw new Violation("liveness", "not recovered after healing: " + states());
      }
      advance(scheduler.nowNanos() + 50 * MILLI);
    }
    judgeEnd();
  }

  private void advance(long untilNanos) {
    while (scheduler.nowNanos() < untilNanos && scheduler.step()) {
      observe(scheduler.latest());
      if (scheduler.delivered() > EVENT_LIMIT) {
        throw new Violation("liveness", "more than " + EVENT_LIMIT + " events");
      }
    }
  }

  /** A replica changes on its own loop only. */
  private void observe(SimLoop turned) {
    for (int i = 0; i < nodes.size(); i++) {
      if (nodes.get(i).runsOn(turned)) {
        nodes.get(i).observe();
        return;
      }
    }
  }

  private boolean settled() {
    return clients.stream().allMatch(client -> client.idle() || client.fenced());
  }

  private boolean converged() {
    List<SimNode> members = members();
    boolean led = false;
    for (SimNode node : members) {
      if (node.replica() == null) {
        return false;
      }
      ReplicaStatus first = members.getFirst().replica().status();
      ReplicaStatus status = node.replica().status();
      led |= status.serving();
      if (status.decided() != first.decided()
          || status.applied() != status.decided()
          || status.last() != status.decided()) {
        return false;
      }
    }
    return led;
  }

  /** Those of the newest membership, but for one that has lost its disk and is not voted out. */
  private List<SimNode> members() {
    return nodes.stream()
        .filter(node -> judge.newest().votes(node.id()) || judge.newest().learns(node.id()))
        .filter(node -> node.replica() == null || !node.replica().members().unknown())
        .toList();
  }

  private String states() {
    StringBuilder text = new StringBuilder();
    for (SimNode node : nodes) {
      text.append(node.id()).append('=');
      text.append(node.replica() == null ? "down" : node.replica().status()).append(' ');
    }
    return text + "clients settled: " + settled();
  }

  private void judgeEnd() {
    byte[] reference = members().getFirst().chunkBytes();
    for (SimNode node : members()) {
      if (!java.util.Arrays.equals(reference, node.chunkBytes())) {
        throw new Violation("replicas are equal after healing", "node " + node.id() + " differs");
      }
    }
    for (Operation operation : history) {
      if (operation.write
          && operation.known()
          && operation.epoch < 2
          && operation.invokedNanos > fencer.fencedNanos()) {
        throw new Violation("S6 a deposed writer can not write", operation.toString());
      }
    }
    for (int block = 0; block < options.blocks(); block++) {
      int wanted = block;
      List<Operation> own = history.stream().filter(op -> op.block == wanted).toList();
      String verdict = new RegisterChecker(own, fencer.fencedNanos(), 2).verdict();
      if (verdict != null) {
        throw new Violation("S2 S4 S7 linearizable", "block " + block + " " + verdict);
      }
    }
  }

  private Report report(String violation) {
    int finished = (int) history.stream().filter(Operation::known).count();
    long torn = nodes.stream().mapToLong(node -> node.host().image().torn()).sum();
    return new Report(
        seed,
        violation,
        settings.toString(),
        scheduler.nowNanos() / MILLI,
        scheduler.delivered(),
        scheduler.traceHash(),
        finished,
        history.size() - finished,
        nemesis.crashes(),
        judge.leaders(),
        torn,
        judge.copies(),
        judge.memberships(),
        new RunTrace(nemesis.done(), nemesis.numbers(), scheduler.probes(), requests));
  }
}
