package io.polarj.sim.raft;

import io.polarj.platform.clock.Clock;
import io.polarj.platform.disk.IoCallback;
import io.polarj.platform.loop.EventLoop;
import io.polarj.platform.loop.Timer;
import io.polarj.platform.net.MessageReader;
import io.polarj.platform.net.MessageWriter;
import io.polarj.platform.random.RandomStream;
import io.polarj.storage.protocol.ChunkId;
import io.polarj.storage.protocol.GroupMember;
import io.polarj.storage.raft.AppliedEntries;
import io.polarj.storage.raft.ChunkStore;
import io.polarj.storage.raft.EntryHeader;
import io.polarj.storage.raft.HardState;
import io.polarj.storage.raft.LogEntry;
import io.polarj.storage.raft.Membership;
import io.polarj.storage.raft.Outcome;
import io.polarj.storage.raft.PlantedBug;
import io.polarj.storage.raft.RaftCodec;
import io.polarj.storage.raft.RaftListener;
import io.polarj.storage.raft.RaftLog;
import io.polarj.storage.raft.RaftMessage;
import io.polarj.storage.raft.RaftReplica;
import io.polarj.storage.raft.RaftSettings;
import io.polarj.storage.raft.RecoveredLog;
import io.polarj.storage.raft.ReplicaSetup;
import io.polarj.storage.raft.ReplicaStatus;
import io.polarj.storage.raft.RequestId;
import io.polarj.storage.raft.Snapshot;
import io.polarj.storage.raft.WriteRequest;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Three real replicas whose every message, timer and crash a test decides. Nothing happens by
 * chance: time passes for all, but only the replicas named have their timers fire, and messages
 * reach only those who are connected; the others are lost.
 */
final class RaftScript {
  static final int BLOCK = 4096;
  private static final ChunkId CHUNK = new ChunkId(1, 0);
  private static final int[] MEMBERS = {1, 2, 3};
  private static final int BLOCKS = 16;
  private static final int TURN_LIMIT = 5_000;
  private static final RaftCodec CODEC = new RaftCodec();

  private final RaftSettings settings;
  private final TreeMap<Integer, Node> nodes = new TreeMap<>();
  private final ArrayDeque<Sent> network = new ArrayDeque<>();
  private long nowNanos;
  private long timers;

  record Sent(int from, int to, RaftMessage message) {}

  RaftScript(int window, Set<PlantedBug> planted) {
    this.settings =
        new RaftSettings(50, 300, 600, 5, true, 64, window, 64, false, 64, 64, BLOCK, 64, planted);
    for (int id : MEMBERS) {
      Node node = new Node(id);
      nodes.put(id, node);
      node.start();
    }
  }

  RaftReplica replica(int id) {
    return nodes.get(id).replica;
  }

  /** Power fails there; what was durable is found again. */
  void restart(int id) {
    Node node = nodes.get(id);
    node.replica.close();
    node.tasks.clear();
    node.due.clear();
    node.start();
  }

  /** Makes the replica leader with the help of the voters alone. */
  void elect(int id, int... voters) {
    pass(1300);
    fire(id);
    int[] group = Arrays.copyOf(voters, voters.length + 1);
    group[voters.length] = id;
    exchange(group);
    for (int i = 0; i < 40 && !replica(id).status().serving(); i++) {
      beat(id, group);
    }
    if (!replica(id).status().serving()) {
      throw new AssertionError("replica " + id + " does not serve: " + replica(id).status());
    }
  }

  /** One heartbeat of the leader to those. */
  void beat(int leader, int... group) {
    pass(50);
    fire(leader);
    exchange(group);
  }

  void pass(long millis) {
    nowNanos += millis * 1_000_000;
  }

  void fire(int id) {
    Node node = nodes.get(id);
    while (!node.due.isEmpty() && node.due.peek().atNanos <= nowNanos) {
      node.due.poll().task.run();
    }
  }

  /** Everything runs, and messages among those flow, until nothing is left to do. */
  void exchange(int... group) {
    Set<Integer> connected = new java.util.TreeSet<>();
    for (int id : group) {
      connected.add(id);
    }
    exchange(sent -> connected.contains(sent.from) && connected.contains(sent.to));
  }

  void exchange(Predicate<Sent> passes) {
    boolean busy = true;
    for (int turn = 0; busy; turn++) {
      if (turn > TURN_LIMIT) {
        throw new AssertionError("endless exchange, at last of " + network.peek());
      }
      busy = false;
      for (Node node : nodes.values()) {
        busy |= node.run();
      }
      Sent sent = network.poll();
      if (sent != null) {
        busy = true;
        if (passes.test(sent)) {
          deliver(sent);
        }
      }
    }
  }

  void deliver(Sent sent) {
    MessageWriter out = new MessageWriter();
    int type = CODEC.encode(sent.message, out);
    RaftMessage copy =
        (RaftMessage) CODEC.decode(type, new MessageReader(out.array(), 0, out.length()));
    nodes.get(sent.to).replica.onMessage(copy);
  }

  /** Fills a block with a value; the answers gather in the list. */
  void write(int id, long client, long sequence, int block, int value, List<Outcome> answers) {
    byte[] payload = new byte[BLOCK];
    Arrays.fill(payload, (byte) value);
    replica(id)
        .write(
            new WriteRequest(new RequestId(client, sequence, 1), 1, (long) block * BLOCK, payload),
            answers::add);
  }

  /** What the leader reads there, helped by those. */
  int read(int id, int block, int... group) {
    List<Integer> values = new ArrayList<>();
    replica(id)
        .read(
            (long) block * BLOCK,
            BLOCK,
            (outcome, bytes) -> values.add(outcome == Outcome.OK ? (int) bytes[0] : -1));
    exchange(group);
    for (int i = 0; i < 5 && values.isEmpty(); i++) {
      beat(id, group);
    }
    return values.isEmpty() ? -2 : values.getFirst();
  }

  /** The block as it lies on the replica's disk. */
  int stored(int id, int block) {
    return nodes.get(id).store.bytes[block * BLOCK];
  }

  byte[] chunk(int id) {
    return nodes.get(id).store.bytes.clone();
  }

  private final class Node implements EventLoop, Clock, RaftListener {
    final int id;
    final MemoryLog log = new MemoryLog(this);
    final MemoryStore store = new MemoryStore(this);
    final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    final PriorityQueue<Due> due =
        new PriorityQueue<>(
            Comparator.comparingLong((Due d) -> d.atNanos).thenComparingLong(d -> d.number));
    RaftReplica replica;

    Node(int id) {
      this.id = id;
    }

    void start() {
      replica =
          new RaftReplica(
              new ReplicaSetup(
                  CHUNK,
                  id,
                  Membership.first(
                      Arrays.stream(MEMBERS)
                          .mapToObj(node -> new GroupMember(node, SimNode.address(node)))
                          .toList()),
                  this,
                  new RandomStream(id),
                  settings,
                  log,
                  log.recovered(),
                  store,
                  (to, message) -> network.add(new Sent(id, to, message))),
              this);
      replica.start();
      run();
    }

    boolean run() {
      boolean any = !tasks.isEmpty();
      while (!tasks.isEmpty()) {
        tasks.poll().run();
      }
      return any;
    }

    @Override
    public Clock clock() {
      return this;
    }

    @Override
    public long nanoTime() {
      return nowNanos;
    }

    @Override
    public long wallMillis() {
      return nowNanos / 1_000_000;
    }

    @Override
    public void execute(Runnable task) {
      tasks.add(task);
    }

    @Override
    public Timer schedule(long delayNanos, Runnable task) {
      Due timer = new Due(nowNanos + delayNanos, timers++, task);
      due.add(timer);
      return () -> due.remove(timer);
    }

    @Override
    public boolean inLoop() {
      return true;
    }

    @Override
    public void roleChanged(ReplicaStatus status) {}

    @Override
    public void failed(IOException error) {
      throw new AssertionError("replica " + id + " stopped itself", error);
    }
  }

  private record Due(long atNanos, long number, Runnable task) {}

  /** Durable one loop turn later, in order. */
  private static final class MemoryLog implements RaftLog {
    private final EventLoop loop;
    private final TreeMap<Long, LogEntry> entries = new TreeMap<>();
    private HardState hard = HardState.INITIAL;
    private Snapshot snapshot = Snapshot.EMPTY;

    MemoryLog(EventLoop loop) {
      this.loop = loop;
    }

    RecoveredLog recovered() {
      List<EntryHeader> headers = entries.values().stream().map(LogEntry::header).toList();
      return new RecoveredLog(hard, snapshot, headers, AppliedEntries.NONE);
    }

    private void change(Runnable change, IoCallback durable) {
      loop.execute(() -> {
        change.run();
        durable.completed(null);
      });
    }

    @Override
    public void append(LogEntry entry, IoCallback durable) {
      change(() -> entries.put(entry.index(), entry), durable);
    }

    @Override
    public void truncateFrom(long index, IoCallback durable) {
      change(() -> entries.tailMap(index, true).clear(), durable);
    }

    @Override
    public void saveHardState(HardState state, IoCallback durable) {
      change(() -> hard = state, durable);
    }

    @Override
    public void saveSnapshot(Snapshot newer, IoCallback durable) {
      change(
          () -> {
            snapshot = newer;
            entries.headMap(newer.index(), true).clear();
          },
          durable);
    }

    @Override
    public void read(long index, EntryCallback done) {
      loop.execute(() -> done.completed(entries.get(index), null));
    }
  }

  private static final class MemoryStore implements ChunkStore {
    private final EventLoop loop;
    private final byte[] bytes = new byte[BLOCKS * BLOCK];

    MemoryStore(EventLoop loop) {
      this.loop = loop;
    }

    @Override
    public long size() {
      return bytes.length;
    }

    @Override
    public void write(long offset, byte[] payload, IoCallback done) {
      loop.execute(() -> {
        System.arraycopy(payload, 0, bytes, (int) offset, payload.length);
        done.completed(null);
      });
    }

    @Override
    public void read(long offset, int length, ReadCallback done) {
      loop.execute(() ->
          done.completed(Arrays.copyOfRange(bytes, (int) offset, (int) offset + length), null));
    }

    @Override
    public void sync(IoCallback done) {
      loop.execute(() -> done.completed(null));
    }

    @Override
    public long nextWritten(long offset) {
      return offset;
    }
  }
}
