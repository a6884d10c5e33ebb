package io.polarj.sim.cluster;

import io.polarj.platform.loop.Probe;
import io.polarj.platform.net.Address;
import io.polarj.platform.random.RandomStream;
import io.polarj.platform.sim.SimFabric;
import io.polarj.platform.sim.SimLoop;
import io.polarj.platform.sim.SimNetwork;
import io.polarj.platform.sim.SimScheduler;
import io.polarj.polarctrl.client.PolarCtrlClient;
import io.polarj.polarctrl.protocol.CtrlCodec;
import io.polarj.polarctrl.protocol.VolumeInfo;
import io.polarj.polarctrl.server.PolarCtrlServer;
import io.polarj.polarctrl.state.CtrlSettings;
import io.polarj.polarctrl.state.MemoryCtrlStore;
import io.polarj.polarctrl.state.MoveSettings;
import io.polarj.sim.cluster.ClusterOptions.Trait;
import io.polarj.sim.fault.Nemesis;
import io.polarj.sim.fault.RunTrace;
import io.polarj.sim.history.Operation;
import io.polarj.sim.history.RegisterChecker;
import io.polarj.sim.history.Violation;
import io.polarj.storage.chunkserver.ChunkServerConfig;
import io.polarj.storage.chunkserver.PeerCodec;
import io.polarj.storage.disk.DiskGeometry;
import io.polarj.storage.protocol.ChunkId;
import io.polarj.storage.protocol.ChunkReport;
import io.polarj.storage.protocol.StorageCodec;
import io.polarj.storage.raft.Membership;
import io.polarj.storage.raft.RaftReplica;
import io.polarj.storage.raft.RaftSettings;
import io.polarj.storage.raft.ReplicaStatus;
import io.polarj.storage.repair.ScrubSettings;
import io.polarj.storage.store.DiskOptions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/**
 * One simulated run of a volume of two chunks on three ChunkServers: chaos, healing, judgement;
 * then, if asked for, a power cut of everything and judgement again. The same seed and options give
 * the same run.
 */
public final class ClusterScenario {
  static final Address POLAR_CTRL = new Address("polarctrl", 1);
  private static final long MILLI = 1_000_000L;
  private static final int REPLICAS = 3;
  static final int CHUNKS = 2;
  private static final int CHUNK_BYTES = 512 << 10;
  static final int CHUNK_BLOCKS = CHUNK_BYTES / DiskGeometry.BLOCK_BYTES;
  private static final int CHUNK_SECTORS = CHUNK_BYTES / Mount.SECTOR;
  static final int HOT_FIRST = CHUNK_SECTORS - 4;
  static final int HOT_SECTORS = 8;
  private static final int PATIENCE_MILLIS = 60_000;
  private static final long EVENT_LIMIT = 1_500_000;

  private final long seed;
  private final ClusterOptions options;
  private final RandomStream random;
  private final SimScheduler scheduler;
  private final SimFabric fabric;
  private final ChunkServerConfig knobs;
  private final List<ServerNode> nodes = new ArrayList<>();
  private final List<Mount> mounts = new ArrayList<>();
  private final List<Operation> history = new ArrayList<>();
  private final List<Violation> violations = new ArrayList<>();
  private final DiskDecay decay;
  private final Nemesis nemesis;
  private final MemoryCtrlStore ctrlStore = new MemoryCtrlStore();
  private final PolarCtrlClient admin;
  private final SimLoop adminLoop;
  private final Mount.Hotspot hotspot;
  private SimLoop ctrlLoop;
  private SimNetwork ctrlNetwork;
  private VolumeInfo volume;
  private final SnapshotDriver snapshots;
  private PolarCtrlServer polarCtrl;
  private boolean clientsStopped;
  private long newestEpoch;
  private long requests;
  private long fencedNanos = Long.MAX_VALUE;

  private enum Kind implements Probe {
    POLAR_CTRL_DOWN
  }

  private ClusterScenario(long seed, ClusterOptions options) {
    this.seed = seed;
    this.options = options;
    this.random = new RandomStream(seed);
    this.scheduler = new SimScheduler(seed);
    this.fabric =
        new SimFabric(
            scheduler,
            random.split("network"),
            List.of(new PeerCodec(), new StorageCodec(), new CtrlCodec()));
    RandomStream dice = random.split("knobs");
    boolean tight = tightLog();
    this.knobs = draw(dice, options, tight);
    long walBytes = tight ? 1 << 20 : 8 << 20;
    long deviceBytes =
        walBytes
            + (1 << 20)
            + (18 + dice.nextInt(14))
                * (options.has(Trait.SNAPSHOTS) ? 8L : 1L)
                * DiskGeometry.BLOCK_BYTES;
    long logBytes = dice.chance(0.3) ? walBytes + (64 << 10) : 0;
    DiskGeometry geometry =
        logBytes > 0
            ? DiskGeometry.withSeparateWal(deviceBytes - walBytes, logBytes, 64 << 10)
            : DiskGeometry.of(deviceBytes, walBytes, 64 << 10);
    for (int id = 1; id <= REPLICAS + (options.has(Trait.LOST_NODE) ? 1 : 0); id++) {
      nodes.add(
          new ServerNode(
              id,
              fabric,
              scheduler,
              random.split("node" + id),
              config(id),
              geometry,
              logBytes,
              options.flushLies(),
              violations::add));
    }
    this.hotspot =
        new Mount.Hotspot(
            HOT_FIRST, HOT_SECTORS, CHUNKS * CHUNK_SECTORS, 0.5 + 0.5 * dice.nextDouble());
    SimLoop trouble = scheduler.newLoop("nemesis", 0);
    this.decay = new DiskDecay(trouble, random.split("decay"), nodes, options.has(Trait.BIT_ROT));
    List<Nemesis.Special> specials = new ArrayList<>(decay.specials());
    specials.add(new Nemesis.Special(Kind.POLAR_CTRL_DOWN, 2, this::stopPolarCtrl));
    this.nemesis =
        new Nemesis(
            trouble,
            random.split("nemesis"),
            fabric,
            nodes.stream().map(ServerNode::host).toList(),
            options.plan(),
            1_500 * MILLI,
            specials);
    nodes.forEach(node -> node.onElection(nemesis::elected));
    this.adminLoop = scheduler.newLoop("admin", 0);
    SimNetwork network = fabric.network(adminLoop, new Address("admin", 1));
    this.admin = new PolarCtrlClient(adminLoop, network, POLAR_CTRL, 1L << 50);
    this.snapshots =
        new SnapshotDriver(
            scheduler, fabric, random.split("snapshots"), () -> polarCtrl, violations::add);
  }

  /** The faults that only this scenario has. */
  public static Probe[] faults() {
    return new Probe[] {DiskDecay.Kind.BIT_ROT, DiskDecay.Kind.STRAY_WRITES, Kind.POLAR_CTRL_DOWN};
  }

  /** Runs to the end; never throws for what the system under test does. */
  public static ClusterReport run(long seed, ClusterOptions options) {
    ClusterScenario scenario = new ClusterScenario(seed, options);
    String violation = null;
    try {
      scenario.play();
    } catch (Violation broken) {
      violation = broken.getMessage();
    } catch (RuntimeException crash) {
      StackTraceElement[] trace = crash.getStackTrace();
      violation = "crash: " + crash + (trace.length > 0 ? " at " + trace[0] : "");
    }
    return scenario.report(violation);
  }

  private static ChunkServerConfig draw(RandomStream dice, ClusterOptions options, boolean tight) {
    int[] lookBehinds = {0, 1, 2, 4, 16, 64};
    int[] electionMaxima = {304, 600, 1_200}; // near the least, candidates meet often
    int window = 1 << 2 + dice.nextInt(5);
    int retained = (tight ? 2 : 64) << dice.nextInt(3);
    RaftSettings raft =
        new RaftSettings(
            50,
            300,
            electionMaxima[dice.nextInt(electionMaxima.length)],
            5,
            dice.chance(0.7),
            lookBehinds[dice.nextInt(lookBehinds.length)],
            window,
            window * 2,
            dice.chance(0.2),
            retained,
            1 + dice.nextInt(16),
            4096 << dice.nextInt(5),
            64,
            options.planted());
    DiskOptions disk =
        new DiskOptions(dice.nextInt(128 << 10), dice.nextInt(256 << 10))
            .planting(options.planted());
    return new ChunkServerConfig(
        ServerNode.CLUSTER,
        1,
        ServerNode.address(1),
        "host",
        List.of(POLAR_CTRL),
        100,
        dice.nextInt(3_000),
        2 + dice.nextInt(3),
        1 << 20,
        raft,
        disk,
        new ScrubSettings(300 + dice.nextInt(2_000), 8 << 20));
  }

  private ChunkServerConfig config(int id) {
    return new ChunkServerConfig(
        knobs.clusterId(),
        id,
        ServerNode.address(id),
        "host" + id,
        knobs.controllers(),
        knobs.heartbeatMillis(),
        knobs.bundleMicros(),
        knobs.reserveBlocks(),
        knobs.mostDirtyBytes(),
        knobs.raft(),
        knobs.disk(),
        knobs.scrub());
  }

  private void play() {
    startPolarCtrl();
    nodes.forEach(node -> node.host().start());
    makeVolume();
    nemesis.start();
    long before = nodes.getFirst().host().logImage().requests();
    options
        .crash()
        .arm(nodes.stream().map(ServerNode::host).toList(), scheduler.newLoop("power", 0));
    if (options.has(Trait.BIT_ROT)) {
      decay.gnaw();
    }
    if (options.has(Trait.SNAPSHOTS)) {
      snapshots.start(volume);
    }
    RandomStream fencing = random.split("fencing");
    if (fencing.chance(0.5)) {
      long at = options.chaosMillis() / 4 + fencing.nextLong(options.chaosMillis() / 2);
      adminLoop.schedule(at * MILLI, this::takeOver);
    }
    advance(scheduler.nowNanos() + options.chaosMillis() * MILLI);
    nemesis.heal();
    decay.stop();
    advance(scheduler.nowNanos() + 800 * MILLI);
    clientsStopped = true;
    mounts.forEach(Mount::stop);
    requests = nodes.getFirst().host().logImage().requests() - before;
    await("requests end and replicas converge", () -> settled() && converged());
    byte[] bytes = replicasEqual();
    judgeHistory();
    judgeScrub();
    if (options.has(Trait.SNAPSHOTS)) {
      judgeSnapshots();
    }
    if (options.has(Trait.POWER_CUT)) {
      cutPower(bytes);
    }
    if (options.has(Trait.LOST_NODE)) {
      loseNode();
    }
  }

  private void startPolarCtrl() {
    ctrlLoop = scheduler.newLoop("polarctrl", 0);
    ctrlNetwork = fabric.network(ctrlLoop, POLAR_CTRL);
    PolarCtrlServer.start(
            ctrlLoop,
            ctrlNetwork,
            POLAR_CTRL,
            ctrlStore,
            CtrlSettings.forCluster(ServerNode.CLUSTER)
                .withMoves(
                    new MoveSettings(
                        options.has(Trait.LOST_NODE) ? 3_000 : 0, 2, false, false, 0, 200, 1_000)))
        .thenAccept(started -> polarCtrl = started);
  }

  /** Some of the runs with snapshots have a tight log, so that members get full copies of them. */
  private boolean tightLog() {
    return options.has(Trait.TIGHT_LOG)
        || options.has(Trait.SNAPSHOTS) && random.split("snapshot log").chance(0.5);
  }

  /** It is killed; what it had stored is there when it comes back. */
  private String stopPolarCtrl(RandomStream dice) {
    long nanos = MILLI * (1 + dice.nextLong(2_000));
    if (!ctrlLoop.dead()) {
      polarCtrl = null;
      ctrlLoop.kill();
      ctrlNetwork.close();
      adminLoop.schedule(nanos, this::startPolarCtrl);
    }
    return "for " + nanos / MILLI + " ms";
  }

  private void judgeSnapshots() {
    leaveBehind();
    snapshots.stop();
    await("the operator ends what was begun", snapshots::idle);
    SnapshotJudge judge = new SnapshotJudge(history);
    snapshots.all().stream().filter(cut -> cut.values != null).forEach(judge::judge);
    for (SnapshotDriver.Cut cut : snapshots.live()) {
      act("snapshot " + cut.number + " is read again", next -> snapshots.read(volume, cut, next));
      replicasShow(cut);
    }
    if (snapshots.live().isEmpty()) {
      return;
    }
    judgeClone(snapshots.live().getFirst());
    SnapshotDriver.Cut last = snapshots.live().getLast();
    act("the volume is restored", next -> snapshots.restore(volume, last, next));
    expect("a restored volume", 0, volume, last.values);
    await("replicas converge after the restore", this::converged);
    replicasEqual();
    snapshots.live().forEach(this::replicasShow);
  }

  /**
   * A node is away while the volume is written and snapshots come and go: with a tight log it gets
   * a full copy of those that are there.
   */
  private void leaveBehind() {
    ServerNode away = nodes.get((int) (seed % REPLICAS));
    away.host().crash();
    addMounts(401, newestEpoch);
    advance(scheduler.nowNanos() + 1_500 * MILLI);
    snapshots.stop();
    mounts.forEach(Mount::stop);
    await("requests end without a node", () -> settled() && snapshots.idle());
    away.host().start();
    await("a node that was away catches up", this::converged);
    replicasEqual();
    judgeHistory();
  }

  /** A clone begins as what the snapshot shows, and what is written to it changes nothing else. */
  private void judgeClone(SnapshotDriver.Cut cut) {
    VolumeInfo[] clone = new VolumeInfo[1];
    act(
        "the snapshot is cloned",
        next ->
            snapshots.cloneOf(
                volume,
                cut,
                "clone",
                made -> {
                  clone[0] = made;
                  next.run();
                }));
    expect("a clone", 0, clone[0], cut.values);
    long[] epoch = new long[1];
    admin
        .acquireWriter(clone[0].id(), "cloner", true)
        .whenComplete((reply, error) -> epoch[0] = error == null ? reply.epoch() : -1);
    await("the clone has a writer", () -> epoch[0] != 0);
    List<Operation> ofClone = new ArrayList<>();
    Mount mount =
        new Mount(
            301,
            epoch[0],
            scheduler,
            fabric,
            random.split("clone"),
            hotspot,
            ofClone,
            violations::add);
    mount.start(clone[0]);
    advance(scheduler.nowNanos() + 500 * MILLI);
    mount.stop();
    await("the clone's requests end", mount::idle);
    act("snapshot " + cut.number + " is read again", next -> snapshots.read(volume, cut, next));
  }

  private void expect(String what, int snapshot, VolumeInfo of, long[] values) {
    long[][] found = new long[1][];
    act(
        what + " is read",
        next ->
            snapshots.readAll(
                of,
                snapshot,
                read -> {
                  found[0] = read;
                  next.run();
                }));
    if (found[0] == null || !Arrays.equals(found[0], values)) {
      throw new Violation(
          what + " has what the snapshot shows",
          found[0] == null
              ? "it can not be read"
              : "sector " + Arrays.mismatch(found[0], values) + " differs");
    }
  }

  private void act(String what, java.util.function.Consumer<Runnable> action) {
    boolean[] done = new boolean[1];
    action.accept(() -> done[0] = true);
    await(what, () -> done[0]);
  }

  /** Every member's blocks show the same. */
  private void replicasShow(SnapshotDriver.Cut cut) {
    int[] pending = new int[1];
    for (ServerNode node : nodes) {
      for (int sector = 0; sector < cut.values.length; sector++) {
        ChunkId chunk = new ChunkId(volume.id(), sector / CHUNK_SECTORS);
        int at = sector;
        pending[0]++;
        node.readSnapshot(
            chunk,
            cut.number,
            (long) (sector % CHUNK_SECTORS) * Mount.SECTOR,
            Mount.SECTOR,
            bytes -> {
              pending[0]--;
              long value =
                  bytes == null
                      ? -1
                      : java.nio.ByteBuffer.wrap(bytes)
                          .order(java.nio.ByteOrder.nativeOrder())
                          .getLong();
              if (value != cut.values[at] && (bytes != null || node.decayed() == 0)) {
                violations.add(
                    new Violation(
                        "all members show the same snapshot",
                        "node %d, snapshot %d, sector %d: %x, not %x"
                            .formatted(node.id(), cut.number, at, value, cut.values[at])));
              }
            });
      }
    }
    await("every member's snapshot is read", () -> pending[0] == 0);
  }

  private void cutPower(byte[] before) {
    for (ServerNode node : nodes) {
      node.host().crash();
      node.host().start();
    }
    await("replicas converge after a power cut of all", this::converged);
    if (!Arrays.equals(replicasEqual(), before)) {
      throw new Violation("S1 what was read survives a power cut of all", "it does not");
    }
  }

  /**
   * A node goes for good while clients work: its replicas are made anew on the one that is left.
   */
  private void loseNode() {
    addMounts(201, newestEpoch);
    advance(scheduler.nowNanos() + 200 * MILLI);
    ServerNode lost = nodes.get((int) (seed % REPLICAS));
    lost.host().crash();
    nodes.remove(lost);
    await("every chunk has all its replicas again", () -> protectedWithout(lost.id()));
    mounts.forEach(Mount::stop);
    await("requests end and the new replicas converge", () -> settled() && converged());
    replicasEqual();
    judgeHistory();
  }

  private boolean protectedWithout(int lost) {
    for (int chunk = 0; chunk < CHUNKS; chunk++) {
      Membership members = members(new ChunkId(volume.id(), chunk));
      if (members.voters().size() != REPLICAS || members.votes(lost)) {
        return false;
      }
    }
    return true;
  }

  /** As the serving leader has them; none when there is no such leader. */
  private Membership members(ChunkId chunk) {
    for (ServerNode node : nodes) {
      RaftReplica replica = node.replica(chunk);
      if (replica != null && replica.status().serving()) {
        return replica.finalMembers();
      }
    }
    return Membership.NONE;
  }

  private void makeVolume() {
    long bytes = (long) CHUNKS * CHUNK_BYTES;
    long[] epoch = new long[1];
    adminLoop.schedule(
        500 * MILLI,
        () ->
            admin
                .createVolume("v", bytes, CHUNK_BYTES, REPLICAS)
                .thenCompose(made -> {
                  volume = made;
                  return admin.acquireWriter(made.id(), "first", false);
                })
                .whenComplete((reply, error) -> {
                  if (error != null) {
                    violations.add(new Violation("the volume is made", error.toString()));
                  } else {
                    epoch[0] = reply.epoch();
                  }
                }));
    await("the volume is made", () -> epoch[0] > 0);
    newestEpoch = epoch[0];
    addMounts(1, newestEpoch);
  }

  private void takeOver() {
    if (clientsStopped) {
      return;
    }
    admin
        .acquireWriter(volume.id(), "second", true)
        .whenComplete((reply, error) -> {
          if (error != null) {
            adminLoop.schedule(100 * MILLI, this::takeOver);
            return;
          }
          fencedNanos = scheduler.nowNanos();
          newestEpoch = reply.epoch();
          if (!clientsStopped) {
            addMounts(101, reply.epoch());
          }
        });
  }

  private void addMounts(long firstId, long epoch) {
    for (long id = firstId; id < firstId + options.mounts(); id++) {
      Mount mount =
          new Mount(
              id,
              epoch,
              scheduler,
              fabric,
              random.split("mount" + id),
              hotspot,
              history,
              violations::add);
      mounts.add(mount);
      mount.start(volume);
    }
  }

  // ---- time

  private void advance(long untilNanos) {
    while (scheduler.nowNanos() < untilNanos && scheduler.step()) {
      if (scheduler.delivered() % 16 == 0) {
        nodes.forEach(ServerNode::observe);
      }
      if (!violations.isEmpty()) {
        throw violations.getFirst();
      }
      if (scheduler.delivered() > EVENT_LIMIT) {
        throw new Violation("liveness", "more than " + EVENT_LIMIT + " events");
      }
    }
  }

  private void await(String what, BooleanSupplier condition) {
    long deadline = scheduler.nowNanos() + PATIENCE_MILLIS * MILLI;
    while (!condition.getAsBoolean()) {
      if (scheduler.nowNanos() > deadline) {
        throw new Violation("liveness", what + ": not so: " + states());
      }
      advance(scheduler.nowNanos() + 20 * MILLI);
    }
  }

  private boolean settled() {
    return mounts.stream().allMatch(Mount::idle);
  }

  // ---- judgement

  /** All replicas have applied the same log, and one of them leads. */
  private boolean converged() {
    for (int chunk = 0; chunk < CHUNKS; chunk++) {
      ChunkId id = new ChunkId(volume.id(), chunk);
      ReplicaStatus first = null;
      Membership members = members(id);
      for (ServerNode node : nodes) {
        if (!members.votes(node.id())) {
          continue;
        }
        RaftReplica replica = node.replica(id);
        ReplicaStatus status = replica == null ? null : replica.status();
        if (status == null) {
          return false;
        }
        first = first == null ? status : first;
        if (status.decided() != first.decided()
            || status.applied() != status.decided()
            || status.last() != status.decided()) {
          return false;
        }
      }
      if (first == null) {
        return false;
      }
    }
    return true;
  }

  /**
   * The volume as all members of each chunk have it; what has rotten is repaired when it is read.
   */
  private byte[] replicasEqual() {
    byte[] volumeBytes = new byte[CHUNKS * CHUNK_BYTES];
    for (int chunk = 0; chunk < CHUNKS; chunk++) {
      TreeMap<Integer, byte[]> copies = new TreeMap<>();
      int[] pending = new int[1];
      Membership members = members(new ChunkId(volume.id(), chunk));
      for (ServerNode node : nodes) {
        if (members.votes(node.id())) {
          byte[] copy = new byte[CHUNKS * CHUNK_BYTES];
          copies.put(node.id(), copy);
          for (int sector = 0; sector < CHUNK_SECTORS; sector++) {
            pending[0]++;
            readSector(node, chunk * CHUNK_BYTES + sector * Mount.SECTOR, copy, pending);
          }
        }
      }
      await("every sector of every replica is read", () -> pending[0] == 0);
      byte[] reference = copies.firstEntry().getValue();
      copies.forEach((node, bytes) -> {
        int at = Arrays.mismatch(bytes, reference);
        if (at >= 0) {
          throw new Violation(
              "replicas are equal after healing",
              "nodes " + copies.firstKey() + " and " + node + " differ at " + at);
        }
      });
      System.arraycopy(
          reference, chunk * CHUNK_BYTES, volumeBytes, chunk * CHUNK_BYTES, CHUNK_BYTES);
    }
    return volumeBytes;
  }

  private void readSector(ServerNode node, int at, byte[] copy, int[] pending) {
    node.read(
        new ChunkId(volume.id(), at / CHUNK_BYTES),
        at % CHUNK_BYTES,
        Mount.SECTOR,
        bytes -> {
          if (bytes != null) {
            pending[0]--;
            System.arraycopy(bytes, 0, copy, at, Mount.SECTOR);
          } else if (node.decayed() > 0) {
            adminLoop.schedule(100 * MILLI, () -> readSector(node, at, copy, pending));
          } else {
            violations.add(
                new Violation("S5 a sound disk reads", "node " + node.id() + " at " + at));
          }
        });
  }

  /** A whole pass of every node later nothing is damaged any more, and nothing ever diverged. */
  private void judgeScrub() {
    long[] until =
        nodes.stream().mapToLong(node -> node.server().scrubber().passes() + 2).toArray();
    await(
        "every node has verified its disk",
        () -> nodes.stream().allMatch(n -> n.server().scrubber().passes() >= until[n.id() - 1]));
    await("every damaged sector is repaired", () -> openDamage() == 0);
    for (ServerNode node : nodes) {
      for (ChunkReport report : node.server().reports()) {
        if (report.health().divergent() > 0) {
          throw new Violation(
              "equal replicas are not taken for divergent", "node " + node.id() + " " + report);
        }
      }
    }
  }

  private int openDamage() {
    return nodes.stream()
        .flatMap(node -> node.server().reports().stream())
        .mapToInt(report -> report.health().open())
        .sum();
  }

  private void judgeHistory() {
    TreeMap<Integer, List<Operation>> bySector = new TreeMap<>();
    for (Operation operation : history) {
      bySector.computeIfAbsent(operation.block, s -> new ArrayList<>()).add(operation);
      boolean deposed = operation.write && operation.known() && operation.epoch < newestEpoch;
      if (deposed && operation.invokedNanos > fencedNanos) {
        throw new Violation("S6 a deposed writer can not write", operation.toString());
      }
    }
    bySector.forEach((sector, operations) -> {
      String verdict = new RegisterChecker(operations, fencedNanos, newestEpoch).verdict();
      if (verdict != null) {
        throw new Violation("S2 S4 S7 linearizable", "sector " + sector + " " + verdict);
      }
    });
  }

  private String states() {
    StringBuilder text = new StringBuilder("mounts settled: ").append(settled());
    for (int chunk = 0; volume != null && chunk < CHUNKS; chunk++) {
      for (ServerNode node : nodes) {
        RaftReplica replica = node.replica(new ChunkId(volume.id(), chunk));
        text.append("; chunk ").append(chunk).append(" node ").append(node.id()).append(' ');
        text.append(replica == null ? "down" : replica.status());
        if (replica != null) {
          text.append(" WAL free ").append(node.server().disk().walFreeBytes());
          text.append(" dirty ").append(node.server().disk().dirtyBytes());
        }
      }
    }
    return text.toString();
  }

  private ClusterReport report(String violation) {
    int finished = (int) history.stream().filter(Operation::known).count();
    long repaired = 0;
    for (ServerNode node : nodes) {
      if (node.server() != null) {
        repaired += node.server().reports().stream().mapToLong(r -> r.health().repaired()).sum();
      }
    }
    return new ClusterReport(
        seed,
        violation,
        knobs.raft() + " " + knobs.disk(),
        scheduler.nowNanos() / MILLI,
        scheduler.delivered(),
        scheduler.traceHash(),
        finished,
        history.size() - finished,
        mounts.stream().mapToInt(Mount::refused).sum(),
        nemesis.crashes(),
        nodes.stream().mapToLong(node -> node.host().image().torn()).sum(),
        nodes.stream().mapToLong(ServerNode::checkpoints).sum(),
        nodes.stream().mapToLong(ServerNode::decayed).sum(),
        repaired,
        snapshots.all().size(),
        snapshots.reads(),
        new RunTrace(nemesis.done(), nemesis.numbers(), scheduler.probes(), requests));
  }
}
