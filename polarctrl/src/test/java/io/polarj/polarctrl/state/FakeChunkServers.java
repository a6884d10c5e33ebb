package io.polarj.polarctrl.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.polarj.platform.net.Address;
import io.polarj.platform.random.RandomStream;
import io.polarj.storage.protocol.ChangeMembers;
import io.polarj.storage.protocol.ChangeSnapshots;
import io.polarj.storage.protocol.ChunkId;
import io.polarj.storage.protocol.ChunkReport;
import io.polarj.storage.protocol.ChunkRole;
import io.polarj.storage.protocol.ControlReply;
import io.polarj.storage.protocol.CreateChunk;
import io.polarj.storage.protocol.DeleteChunk;
import io.polarj.storage.protocol.DiskState;
import io.polarj.storage.protocol.FenceEpoch;
import io.polarj.storage.protocol.GroupMember;
import io.polarj.storage.protocol.IoCounters;
import io.polarj.storage.protocol.NodeHeartbeat;
import io.polarj.storage.protocol.Status;
import io.polarj.storage.protocol.StorageMessage;
import io.polarj.storage.protocol.VolumeLabel;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * ChunkServers that play their part without data: groups with leaders, members and indices, as the
 * protocol promises them. They check the laws that PolarCtrl must keep towards them and fail the
 * test that breaks one.
 */
final class FakeChunkServers {
  static final long CLUSTER = 9;
  static final long CHUNK_BYTES = 1 << 20;

  /** A message on its way to a node. */
  record Sent(int node, StorageMessage message) {}

  static final class Node {
    final int number;
    String domain;
    boolean up = true;
    DiskState disk = DiskState.HEALTHY;
    long incarnation = 1;
    long beat;
    long freeBlocks = 900;
    final TreeMap<ChunkId, Replica> replicas = new TreeMap<>();

    Node(int number) {
      this.number = number;
      this.domain = "host-" + number;
    }
  }

  static final class Replica {
    final long generation;
    VolumeLabel label;
    final List<Integer> firstMembers;
    long applied;
    long epoch;
    IoCounters io = IoCounters.ZERO;

    Replica(CreateChunk request) {
      generation = request.generation();
      label = request.volume();
      epoch = request.epoch();
      firstMembers = request.members().stream().map(GroupMember::node).toList();
    }
  }

  static final class Group {
    List<Integer> voters;
    List<Integer> learners = List.of();
    long configIndex;
    long commit = 10;
    long term = 1;
    int leader;
    int wanted;
    final Set<String> changing = new LinkedHashSet<>();
    final TreeSet<Integer> snapshots = new TreeSet<>();
    int newestSnapshot;

    Group(List<Integer> voters) {
      this.voters = voters;
      this.wanted = voters.size();
    }
  }

  final TreeMap<Integer, Node> nodes = new TreeMap<>();
  final TreeMap<ChunkId, Group> groups = new TreeMap<>();
  final List<Sent> inFlight = new ArrayList<>();
  final TreeSet<ChunkId> touched = new TreeSet<>();

  /** What happened, in words, for comparison. */
  final List<String> log = new ArrayList<>();

  /** Answered to whatever changes members or adds replicas, when it is not null. */
  Status refuseMoves;

  boolean learnersCatchUp = true;
  int messages;
  Sent lastDeletion;

  FakeChunkServers(int count) {
    for (int number = 1; number <= count; number++) {
      nodes.put(number, new Node(number));
    }
  }

  Node node(int number) {
    return nodes.get(number);
  }

  Node add(int number) {
    Node node = new Node(number);
    nodes.put(number, node);
    return node;
  }

  void wipe(int number) {
    Node node = node(number);
    node.replicas.clear();
    node.incarnation++;
    node.beat = 0;
  }

  void restart(int number) {
    Node node = node(number);
    node.up = true;
    node.incarnation++;
    node.beat = 0;
  }

  /** Every replica has this label from now on. */
  void relabel(VolumeLabel label) {
    for (Node node : nodes.values()) {
      node.replicas.values().forEach(replica -> replica.label = label);
    }
  }

  /** Where PolarCtrl's messages go; kept until {@link #deliver} or {@link #deliverSome}. */
  void send(Address address, StorageMessage message) {
    messages++;
    if (message instanceof ChangeMembers change) {
      String wish = nodesOf(change.voters()) + "/" + nodesOf(change.learners());
      Set<String> changing = group(change.chunk()).changing;
      changing.add(wish + "@" + change.basis());
      assertThat(changing).as("membership changes of %s under way", change.chunk()).hasSize(1);
    }
    Sent sent = new Sent(address.port(), message);
    lastDeletion = message instanceof DeleteChunk ? sent : lastDeletion;
    inFlight.add(sent);
  }

  void deliver(ControlPlane plane) {
    while (!inFlight.isEmpty()) {
      Sent sent = inFlight.removeFirst();
      handle(sent, plane);
    }
  }

  /** Delivers in any order, loses some, and delivers some twice. */
  void deliverSome(ControlPlane plane, RandomStream random) {
    int count = inFlight.size();
    for (int i = 0; i < count; i++) {
      Sent sent = inFlight.remove(random.nextInt(inFlight.size()));
      int fate = random.nextInt(10);
      if (fate == 0) {
        continue;
      }
      if (fate == 1) {
        inFlight.add(sent);
      }
      if (fate == 2) {
        inFlight.add(sent);
        continue;
      }
      handle(sent, plane);
    }
  }

  private void handle(Sent sent, ControlPlane plane) {
    Node node = nodes.get(sent.node());
    if (!node.up || node.disk == DiskState.FAILED) {
      return;
    }
    switch (sent.message()) {
      case CreateChunk m -> answer(plane, node, m.requestId(), m.chunk(), create(node, m));
      case DeleteChunk m -> answer(plane, node, m.requestId(), m.chunk(), delete(node, m));
      case FenceEpoch m -> answer(plane, node, m.requestId(), m.chunk(), fence(node, m));
      case ChangeMembers m -> {
        Status status = change(node, m);
        if (status != Status.IN_DOUBT) {
          group(m.chunk()).changing.clear();
        }
        answer(plane, node, m.requestId(), m.chunk(), status);
      }
      case ChangeSnapshots m -> answer(plane, node, m.requestId(), m.chunk(), snapshots(node, m));
      default -> throw new AssertionError(sent);
    }
  }

  /** Numbers are used once, and a chunk may not hear of one that the store does not know. */
  private Status snapshots(Node node, ChangeSnapshots m) {
    Group group = group(m.chunk());
    if (group.leader != node.number || !leads(m.chunk())) {
      return Status.NOT_LEADER;
    }
    switch (m.action()) {
      case TAKE -> {
        if (m.snapshot() > group.newestSnapshot) {
          group.snapshots.add(m.snapshot());
        } else if (!group.snapshots.contains(m.snapshot())) {
          return Status.NO_SNAPSHOT;
        }
      }
      case DELETE -> group.snapshots.remove(m.snapshot());
      case RESTORE -> {
        if (!group.snapshots.contains(m.snapshot())) {
          return Status.NO_SNAPSHOT;
        }
        if (m.number() > group.newestSnapshot) {
          log.add("restore " + m.chunk() + " to " + m.snapshot());
        }
      }
    }
    group.newestSnapshot = Math.max(group.newestSnapshot, m.number());
    return Status.OK;
  }

  private void answer(ControlPlane plane, Node node, long id, ChunkId chunk, Status status) {
    int hint = status == Status.NOT_LEADER ? group(chunk).leader : 0;
    plane.controlReply(new ControlReply(id, node.number, chunk, status, hint, ""));
  }

  private Status create(Node node, CreateChunk m) {
    boolean added = m.members().isEmpty();
    if (added && refuseMoves != null) {
      return refuseMoves;
    }
    Replica existing = node.replicas.get(m.chunk());
    if (existing != null) {
      return existing.generation == m.generation() ? Status.OK : Status.ALREADY_EXISTS;
    }
    node.replicas.put(m.chunk(), new Replica(m));
    if (added) {
      log.add("create " + m.chunk() + " on " + node.number);
    } else {
      groups.computeIfAbsent(m.chunk(), chunk -> new Group(nodesOf(m.members())));
      elect(m.chunk());
    }
    return Status.OK;
  }

  private Status delete(Node node, DeleteChunk m) {
    Replica existing = node.replicas.get(m.chunk());
    if (existing == null || existing.generation > m.upToGeneration()) {
      return Status.OK;
    }
    Group group = group(m.chunk());
    assertThat(group.voters)
        .as("voters of %s when %s deletes", m.chunk(), node.number)
        .doesNotContain(node.number);
    assertThat(group.learners).as("learners of %s", m.chunk()).doesNotContain(node.number);
    node.replicas.remove(m.chunk());
    log.add("delete " + m.chunk() + " on " + node.number);
    return Status.OK;
  }

  private Status fence(Node node, FenceEpoch m) {
    Group group = group(m.chunk());
    if (group.leader != node.number || !leads(m.chunk())) {
      return Status.NOT_LEADER;
    }
    for (int voter : group.voters) {
      Replica replica = node(voter).replicas.get(m.chunk());
      if (node(voter).up && replica != null) {
        if (replica.epoch > m.epoch()) {
          return Status.STALE_EPOCH;
        }
        replica.epoch = m.epoch();
      }
    }
    return Status.OK;
  }

  private Status change(Node node, ChangeMembers m) {
    if (refuseMoves != null) {
      return refuseMoves;
    }
    Group group = group(m.chunk());
    if (group.leader != node.number || !leads(m.chunk())) {
      return Status.NOT_LEADER;
    }
    List<Integer> voters = nodesOf(m.voters());
    List<Integer> learners = nodesOf(m.learners());
    if (same(voters, group.voters) && same(learners, group.learners)) {
      return Status.OK;
    }
    if (m.basis() != group.configIndex) {
      return Status.CONFLICT;
    }
    checkChange(m.chunk(), group, voters);
    for (int voter : voters) {
      Replica replica = node(voter).replicas.get(m.chunk());
      if (!group.voters.contains(voter) && replica != null) {
        assertThat(group.commit - replica.applied)
            .as("entries of %s that %s lacks when it is to vote", m.chunk(), voter)
            .isLessThan(20);
      }
      if (!group.voters.contains(voter) && !caughtUp(m.chunk(), voter)) {
        return Status.BUSY;
      }
    }
    group.voters = voters;
    group.learners = learners;
    group.commit++;
    group.configIndex = group.commit;
    touched.add(m.chunk());
    log.add("members of " + m.chunk() + " are " + voters + " and " + learners);
    elect(m.chunk());
    return Status.OK;
  }

  /** The laws of a membership change. */
  private void checkChange(ChunkId chunk, Group group, List<Integer> voters) {
    Set<Integer> gone = new TreeSet<>(group.voters);
    gone.removeAll(voters);
    Set<Integer> come = new TreeSet<>(voters);
    come.removeAll(group.voters);
    assertThat(gone.size() + come.size()).as("voters changed at once in %s", chunk).isLessThan(2);
    if (!gone.isEmpty()) {
      assertThat(voters.size())
          .as("voters of %s left when %s goes", chunk, gone)
          .isGreaterThanOrEqualTo(group.wanted);
      long working = voters.stream().filter(voter -> working(chunk, voter)).count();
      assertThat(working * 2)
          .as("working voters of %s among %s", chunk, voters)
          .isGreaterThan(voters.size());
      int newest = group.voters.getLast();
      if (voters.contains(newest) && working(chunk, newest)) {
        assertThat(caughtUp(chunk, newest)).as("%s of %s has caught up", newest, chunk).isTrue();
      }
    }
  }

  private boolean working(ChunkId chunk, int number) {
    Node node = node(number);
    return node.up && node.disk != DiskState.FAILED && node.replicas.containsKey(chunk);
  }

  private boolean caughtUp(ChunkId chunk, int number) {
    Replica replica = node(number).replicas.get(chunk);
    return replica != null && replica.applied >= group(chunk).commit - 2;
  }

  /** One round of heartbeats, with the groups doing what they would have done meanwhile. */
  void beat(ControlPlane plane) {
    groups.keySet().forEach(this::live);
    for (Node node : nodes.values()) {
      if (node.up) {
        plane.heartbeat(heartbeat(node), reply -> {});
      }
    }
  }

  private void live(ChunkId chunk) {
    Group group = group(chunk);
    if (!leads(chunk)) {
      elect(chunk);
    }
    if (!leads(chunk)) {
      return;
    }
    group.commit++;
    for (int voter : group.voters) {
      catchUp(chunk, voter);
    }
    if (learnersCatchUp) {
      group.learners.forEach(learner -> catchUp(chunk, learner));
    }
  }

  private void catchUp(ChunkId chunk, int number) {
    if (working(chunk, number)) {
      node(number).replicas.get(chunk).applied = group(chunk).commit;
    }
  }

  private boolean leads(ChunkId chunk) {
    Group group = group(chunk);
    long working = group.voters.stream().filter(voter -> working(chunk, voter)).count();
    return working * 2 > group.voters.size()
        && group.voters.contains(group.leader)
        && working(chunk, group.leader);
  }

  private void elect(ChunkId chunk) {
    Group group = group(chunk);
    long working = group.voters.stream().filter(voter -> working(chunk, voter)).count();
    boolean stays = group.voters.contains(group.leader) && working(chunk, group.leader);
    if (stays || working * 2 <= group.voters.size()) {
      return;
    }
    for (int voter : group.voters) {
      if (working(chunk, voter) && caughtUp(chunk, voter)) {
        group.leader = voter;
        group.term++;
        return;
      }
    }
    for (int voter : group.voters) {
      if (working(chunk, voter) && group.commit <= 11) {
        group.leader = voter;
        group.term++;
        return;
      }
    }
  }

  private NodeHeartbeat heartbeat(Node node) {
    List<ChunkReport> reports = new ArrayList<>();
    node.replicas.forEach((chunk, replica) -> reports.add(report(node, chunk, replica)));
    node.beat++;
    return new NodeHeartbeat(
        CLUSTER,
        node.number,
        node.incarnation,
        node.beat,
        new Address("h", node.number),
        node.domain,
        node.disk,
        "",
        1000,
        node.freeBlocks,
        reports.size(),
        reports);
  }

  private ChunkReport report(Node node, ChunkId chunk, Replica replica) {
    Group group = group(chunk);
    boolean leads = group.leader == node.number && leads(chunk);
    boolean learns = group.learners.contains(node.number);
    boolean member = learns || group.voters.contains(node.number);
    ChunkRole role = learns ? ChunkRole.LEARNER : ChunkRole.FOLLOWER;
    if (leads) {
      role = ChunkRole.LEADER;
    } else if (node.disk == DiskState.FAILED) {
      role = ChunkRole.FAILED;
    }
    return new ChunkReport(
        chunk,
        CHUNK_BYTES,
        role,
        group.term,
        group.leader,
        replica.epoch,
        replica.applied,
        leads ? group.commit : replica.applied,
        replica.applied,
        4,
        ChunkReport.Health.SOUND,
        member ? group.voters : replica.firstMembers,
        member ? group.learners : List.of(),
        member ? group.configIndex : 0,
        replica.generation,
        replica.label,
        replica.io,
        group.newestSnapshot);
  }

  Group group(ChunkId chunk) {
    return groups.get(chunk);
  }

  static List<Integer> nodesOf(List<GroupMember> members) {
    return members.stream().map(GroupMember::node).toList();
  }

  private static boolean same(List<Integer> some, List<Integer> others) {
    return new TreeSet<>(some).equals(new TreeSet<>(others));
  }
}
