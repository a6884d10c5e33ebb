package io.polarj.storage.chunkserver;

import io.polarj.platform.disk.BlockDevice;
import io.polarj.platform.disk.BlockDevices;
import io.polarj.platform.disk.DeviceMode;
import io.polarj.platform.loop.ThreadLoop;
import io.polarj.platform.net.Address;
import io.polarj.platform.net.InProcessHub;
import io.polarj.platform.net.InProcessNetwork;
import io.polarj.platform.net.Link;
import io.polarj.platform.net.Message;
import io.polarj.platform.random.RandomStream;
import io.polarj.storage.disk.DiskGeometry;
import io.polarj.storage.disk.Superblock;
import io.polarj.storage.protocol.ChunkId;
import io.polarj.storage.protocol.ControlReply;
import io.polarj.storage.protocol.CreateChunk;
import io.polarj.storage.protocol.FenceEpoch;
import io.polarj.storage.protocol.GroupMember;
import io.polarj.storage.protocol.NodeHeartbeat;
import io.polarj.storage.protocol.ReadReply;
import io.polarj.storage.protocol.ReadRequest;
import io.polarj.storage.protocol.Status;
import io.polarj.storage.protocol.WriteReply;
import io.polarj.storage.protocol.WriteRequest;
import io.polarj.storage.raft.RaftSettings;
import io.polarj.storage.store.DiskFormatter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** Three ChunkServers with files as disks in one JVM, and a blocking client. */
final class RealCluster implements AutoCloseable {
  static final long CLUSTER = 5;
  static final ChunkId CHUNK = new ChunkId(1, 0);
  static final long CHUNK_BYTES = 8 << 20;
  private static final long DEVICE_BYTES = 24 << 20;
  private static final int NODES = 3;
  private static final long PATIENCE_SECONDS = 30;
  private static final RaftSettings RAFT =
      new RaftSettings(
          20, 150, 300, 5, true, 64, 256, 1024, false, 64, 32, 128 << 10, 4096, Set.of());

  private final Path directory;
  private final InProcessHub hub = new InProcessHub();
  private final Running[] running = new Running[NODES + 1];
  private final ThreadLoop clientLoop = ThreadLoop.start("client");
  private final InProcessNetwork clientNetwork = new InProcessNetwork(hub, clientLoop);
  private final Link[] links = new Link[NODES + 1];
  private final Map<Long, BlockingQueue<Message>> answers = new ConcurrentHashMap<>();
  final BlockingQueue<NodeHeartbeat> heartbeats = new LinkedBlockingQueue<>();
  private final long clientId;
  private long sequence;
  private int likelyLeader = 1;

  private record Running(
      ThreadLoop loop, InProcessNetwork network, BlockDevice device, ChunkServer server) {}

  RealCluster(Path directory, long clientId) throws Exception {
    this.directory = directory;
    this.clientId = clientId;
    clientNetwork.listen(
        controller(),
        (from, message) -> {
          if (message instanceof NodeHeartbeat heartbeat) {
            heartbeats.add(heartbeat);
          }
        });
    for (int node = 1; node <= NODES; node++) {
      format(node);
      start(node);
      links[node] = clientNetwork.connect(address(node), this::onAnswer);
    }
  }

  static Address address(int node) {
    return new Address("node", node);
  }

  private static Address controller() {
    return new Address("controller", 1);
  }

  Path file(int node) {
    return directory.resolve("disk-" + node);
  }

  private void format(int node) throws Exception {
    ThreadLoop loop = ThreadLoop.start("format-" + node);
    BlockDevice device = BlockDevices.open(file(node), DEVICE_BYTES, loop, DeviceMode.FILE);
    CompletableFuture<Superblock> done = new CompletableFuture<>();
    loop.execute(() ->
        new DiskFormatter(device)
            .format(
                node * 7919L,
                CLUSTER,
                node,
                DiskGeometry.of(DEVICE_BYTES, 4 << 20, 64 << 10),
                false,
                (superblock, error) -> complete(done, superblock, error)));
    done.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    device.close();
    loop.close();
  }

  void start(int node) throws Exception {
    ThreadLoop loop = ThreadLoop.start("node-" + node);
    InProcessNetwork network = new InProcessNetwork(hub, loop);
    BlockDevice device = BlockDevices.open(file(node), 0, loop, DeviceMode.FILE);
    ChunkServerConfig config =
        ChunkServerConfig.of(CLUSTER, node, address(node), "host-" + node, List.of(controller()))
            .withRaft(RAFT)
            .withReserveBlocks(4);
    ChunkServer server =
        new ChunkServer(config, loop, network, device, new RandomStream(node * 31L));
    CompletableFuture<ChunkServer> started = new CompletableFuture<>();
    loop.execute(() -> server.start((made, error) -> complete(started, made, error)));
    started.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    running[node] = new Running(loop, network, device, server);
  }

  /** Drops the node where it stands: nothing is written or said any more. */
  void kill(int node) throws Exception {
    Running gone = running[node];
    running[node] = null;
    gone.network.close();
    CompletableFuture<Void> closed = new CompletableFuture<>();
    gone.loop.execute(() -> {
      gone.server.close();
      closed.complete(null);
    });
    closed.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    gone.device.close();
    gone.loop.close();
  }

  <T> T onNode(int node, Function<ChunkServer, T> question) throws Exception {
    CompletableFuture<T> answer = new CompletableFuture<>();
    running[node].loop.execute(() -> answer.complete(question.apply(running[node].server)));
    return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  List<GroupMember> members() {
    List<GroupMember> members = new ArrayList<>();
    for (int node = 1; node <= NODES; node++) {
      members.add(new GroupMember(node, address(node)));
    }
    return members;
  }

  void createChunk() throws Exception {
    for (int node = 1; node <= NODES; node++) {
      long id = 1_000_000 + node;
      ControlReply reply =
          (ControlReply) ask(node, id, new CreateChunk(id, CHUNK, CHUNK_BYTES, 1, members()));
      if (reply == null || reply.status() != Status.OK) {
        throw new AssertionError("create on node " + node + ": " + reply);
      }
    }
  }

  /** Writes and retries until there is a final answer. */
  WriteReply write(long epoch, long offset, byte[] payload) throws Exception {
    sequence++;
    WriteRequest request =
        new WriteRequest(CHUNK, epoch, clientId, sequence, sequence, offset, payload);
    return (WriteReply) untilFinal(sequence, request);
  }

  ReadReply read(long offset, int length) throws Exception {
    sequence++;
    long id = 2_000_000 + sequence;
    return (ReadReply) untilFinal(id, new ReadRequest(CHUNK, id, offset, length));
  }

  ControlReply fence(long epoch) throws Exception {
    sequence++;
    long id = 3_000_000 + sequence;
    return (ControlReply) untilFinal(id, new FenceEpoch(id, CHUNK, epoch));
  }

  int leader() {
    return likelyLeader;
  }

  private Message untilFinal(long id, Message request) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (System.nanoTime() < end) {
      Message reply = ask(likelyLeader, id, request);
      int hint = 0;
      Status status = Status.NOT_LEADER;
      switch (reply) {
        case WriteReply m -> {
          status = m.status();
          hint = m.leaderHint();
        }
        case ReadReply m -> {
          status = m.status();
          hint = m.leaderHint();
        }
        case ControlReply m -> {
          status = m.status();
          hint = m.leaderHint();
        }
        case null, default -> {}
      }
      if (status != Status.NOT_LEADER && status != Status.IN_DOUBT && status != Status.BUSY) {
        return reply;
      }
      likelyLeader =
          hint > 0 && hint != likelyLeader && running[hint] != null
              ? hint
              : likelyLeader % NODES + 1;
    }
    throw new AssertionError("no final answer to " + request);
  }

  private Message ask(int node, long id, Message request) throws InterruptedException {
    BlockingQueue<Message> queue = new LinkedBlockingQueue<>();
    answers.put(id, queue);
    clientLoop.execute(() -> links[node].send(request));
    return queue.poll(300, TimeUnit.MILLISECONDS);
  }

  private void onAnswer(Link from, Message message) {
    long id =
        switch (message) {
          case WriteReply m -> m.sequence();
          case ReadReply m -> m.requestId();
          case ControlReply m -> m.requestId();
          default -> 0;
        };
    BlockingQueue<Message> queue = answers.get(id);
    if (queue != null) {
      queue.add(message);
    }
  }

  private static <T> void complete(CompletableFuture<T> future, T value, IOException error) {
    if (error != null) {
      future.completeExceptionally(error);
    } else {
      future.complete(value);
    }
  }

  @Override
  public void close() throws Exception {
    for (int node = 1; node <= NODES; node++) {
      if (running[node] != null) {
        kill(node);
      }
    }
    clientNetwork.close();
    clientLoop.close();
  }
}
