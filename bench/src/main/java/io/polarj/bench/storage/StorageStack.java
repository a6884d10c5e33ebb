package io.polarj.bench.storage;

import io.polarj.pfs.polarswitch.PolarSwitch;
import io.polarj.pfs.polarswitch.SwitchSettings;
import io.polarj.platform.disk.BlockDevice;
import io.polarj.platform.disk.BlockDevices;
import io.polarj.platform.disk.DeviceMode;
import io.polarj.platform.loop.ThreadLoop;
import io.polarj.platform.net.Address;
import io.polarj.platform.net.InProcessHub;
import io.polarj.platform.net.InProcessNetwork;
import io.polarj.platform.net.Link;
import io.polarj.platform.net.Network;
import io.polarj.platform.random.RandomStream;
import io.polarj.polarctrl.protocol.ChunkRoute;
import io.polarj.polarctrl.protocol.RouteReply;
import io.polarj.polarctrl.protocol.VolumeInfo;
import io.polarj.storage.chunkserver.ChunkServer;
import io.polarj.storage.chunkserver.ChunkServerConfig;
import io.polarj.storage.disk.DiskGeometry;
import io.polarj.storage.disk.Outcome;
import io.polarj.storage.disk.Superblock;
import io.polarj.storage.protocol.ChunkId;
import io.polarj.storage.protocol.ControlReply;
import io.polarj.storage.protocol.CreateChunk;
import io.polarj.storage.protocol.GroupMember;
import io.polarj.storage.protocol.Status;
import io.polarj.storage.raft.RaftSettings;
import io.polarj.storage.store.DiskFormatter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Three ChunkServers on files of one directory and a PolarSwitch in this JVM, the volume's routes
 * made by hand: PolarCtrl is not in the path of reads and writes. All on one loop, or each server
 * on its own.
 */
final class StorageStack implements AutoCloseable {
  static final long CHUNK_BYTES = 1L << 30;
  private static final int NODES = 3;
  private static final long CLUSTER = 5;
  private static final long VOLUME = 1;
  private static final long DEVICE_BYTES = 24L << 30;
  private static final int WAL_BYTES = 256 << 20;
  private static final long PATIENCE_SECONDS = 60;

  private final ThreadLoop clientLoop = ThreadLoop.start("client");
  private final List<ThreadLoop> loops = new ArrayList<>();
  private final List<BlockDevice> devices = new ArrayList<>();
  private final List<ChunkServer> servers = new ArrayList<>();
  private final List<Network> networks = new ArrayList<>();
  private final List<GroupMember> members = new ArrayList<>();
  private final Wiring wiring;
  private final RaftSettings raft;
  private final int chunks;
  private final Network client;
  private PolarSwitch volume;

  /** How the nodes reach each other. */
  interface Wiring {
    Address address(int node);

    /** {@code node} 0 is the client. */
    Network network(int node, ThreadLoop loop);
  }

  /** By calls within this JVM. */
  static Wiring inProcess() {
    InProcessHub hub = new InProcessHub();
    return new Wiring() {
      @Override
      public Address address(int node) {
        return new Address("bench", node);
      }

      @Override
      public Network network(int node, ThreadLoop loop) {
        return new InProcessNetwork(hub, loop);
      }
    };
  }

  StorageStack(Path directory, DeviceMode mode, boolean shared, int chunks) throws Exception {
    this(directory, mode, shared, chunks, inProcess(), RaftSettings.DEFAULT);
  }

  StorageStack(
      Path directory, DeviceMode mode, boolean shared, int chunks, Wiring wiring, RaftSettings raft)
      throws Exception {
    this.chunks = chunks;
    this.wiring = wiring;
    this.raft = raft;
    client = wiring.network(0, clientLoop);
    for (int node = 1; node <= NODES; node++) {
      members.add(new GroupMember(node, wiring.address(node)));
    }
    for (int node = 1; node <= NODES; node++) {
      startNode(directory, mode, node, shared ? clientLoop : ThreadLoop.start("node-" + node));
    }
    for (GroupMember member : members) {
      createChunks(member);
    }
    volume =
        PolarSwitch.open(
                clientLoop,
                client,
                this::routes,
                info(),
                1,
                System.nanoTime() | 1,
                SwitchSettings.DEFAULT)
            .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  PolarSwitch volume() {
    return volume;
  }

  long bytes() {
    return chunks * CHUNK_BYTES;
  }

  private void startNode(Path directory, DeviceMode mode, int node, ThreadLoop loop)
      throws Exception {
    loops.add(loop);
    BlockDevice device =
        BlockDevices.open(directory.resolve("disk-" + node), DEVICE_BYTES, loop, mode);
    devices.add(device);
    DiskGeometry geometry = DiskGeometry.of(DEVICE_BYTES, WAL_BYTES, (64 << 10) + chunks * 8192L);
    StorageStack.<Superblock>await(
        loop,
        done ->
            new DiskFormatter(device).format(node * 7919L, CLUSTER, node, geometry, false, done));
    networks.add(null);
    servers.add(null);
    await(loop, newServer(node)::start);
  }

  private ChunkServer newServer(int node) {
    ChunkServerConfig config =
        ChunkServerConfig.of(
                CLUSTER, node, members.get(node - 1).address(), "host-" + node, List.of())
            .withRaft(raft);
    ThreadLoop loop = loops.get(node - 1);
    networks.set(node - 1, wiring.network(node, loop));
    ChunkServer server =
        new ChunkServer(
            config,
            loop,
            networks.get(node - 1),
            devices.get(node - 1),
            new RandomStream(System.nanoTime() + node));
    servers.set(node - 1, server);
    return server;
  }

  /** Ends a node as a crash would; its disk stays open. */
  void kill(int node) throws Exception {
    CompletableFuture<Void> closed = new CompletableFuture<>();
    loops
        .get(node - 1)
        .execute(() -> {
          servers.get(node - 1).close();
          networks.get(node - 1).close();
          closed.complete(null);
        });
    closed.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  /** Recovers the disk of a killed node and begins to serve; returns when it listens. */
  void restart(int node) throws Exception {
    await(loops.get(node - 1), newServer(node)::start);
  }

  /** Asks a node's server something on its loop. */
  <T> T ask(int node, Function<ChunkServer, T> question) throws Exception {
    CompletableFuture<T> answer = new CompletableFuture<>();
    loops.get(node - 1).execute(() -> answer.complete(question.apply(servers.get(node - 1))));
    return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  ChunkId chunk(int index) {
    return new ChunkId(VOLUME, index);
  }

  private void createChunks(GroupMember member) throws Exception {
    CompletableFuture<Void> all = new CompletableFuture<>();
    int[] open = {chunks};
    clientLoop.execute(() -> {
      Link link =
          client.connect(
              member.address(),
              (from, message) -> {
                if (message instanceof ControlReply reply && reply.status() != Status.OK) {
                  all.completeExceptionally(new IOException("create: " + reply));
                } else if (--open[0] == 0) {
                  all.complete(null);
                }
              });
      for (int chunk = 0; chunk < chunks; chunk++) {
        link.send(new CreateChunk(chunk, new ChunkId(VOLUME, chunk), CHUNK_BYTES, 1, members));
      }
    });
    all.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  private VolumeInfo info() {
    return new VolumeInfo(VOLUME, "bench", bytes(), bytes(), CHUNK_BYTES, NODES, 1, "bench");
  }

  private CompletableFuture<RouteReply> routes(long id, int first, int count) {
    List<ChunkRoute> routes = new ArrayList<>();
    for (int chunk = first; chunk < Math.min(chunks, first + count); chunk++) {
      routes.add(new ChunkRoute(chunk, 0, members));
    }
    return CompletableFuture.completedFuture(new RouteReply(0, info(), routes));
  }

  private static <T> void await(ThreadLoop loop, Start<T> start) throws Exception {
    CompletableFuture<T> future = new CompletableFuture<>();
    loop.execute(() ->
        start.begin((value, error) -> {
          if (error != null) {
            future.completeExceptionally(error);
          } else {
            future.complete(value);
          }
        }));
    future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  @FunctionalInterface
  private interface Start<T> {
    void begin(Outcome<T> done);
  }

  @Override
  public void close() throws Exception {
    for (int node = 0; node < servers.size(); node++) {
      CompletableFuture<Void> closed = new CompletableFuture<>();
      ChunkServer server = servers.get(node);
      loops
          .get(node)
          .execute(() -> {
            server.close();
            closed.complete(null);
          });
      closed.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      networks.get(node).close();
      devices.get(node).close();
    }
    volume.close();
    client.close();
    for (ThreadLoop loop : loops) {
      if (loop != clientLoop) {
        loop.close();
      }
    }
    clientLoop.close();
  }
}
