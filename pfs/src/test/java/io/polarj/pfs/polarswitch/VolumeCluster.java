package io.polarj.pfs.polarswitch;

import io.polarj.platform.disk.BlockDevice;
import io.polarj.platform.disk.BlockDevices;
import io.polarj.platform.disk.DeviceMode;
import io.polarj.platform.loop.ThreadLoop;
import io.polarj.platform.net.Address;
import io.polarj.platform.net.CodecRegistry;
import io.polarj.platform.net.InProcessHub;
import io.polarj.platform.net.InProcessNetwork;
import io.polarj.platform.net.Network;
import io.polarj.platform.net.TcpNetwork;
import io.polarj.platform.net.TcpSettings;
import io.polarj.platform.random.RandomStream;
import io.polarj.polarctrl.client.PolarCtrlClient;
import io.polarj.polarctrl.protocol.CtrlCodec;
import io.polarj.polarctrl.protocol.NodeStatus;
import io.polarj.polarctrl.protocol.VolumeInfo;
import io.polarj.polarctrl.server.PolarCtrlServer;
import io.polarj.polarctrl.state.CtrlSettings;
import io.polarj.polarctrl.state.JdbcCtrlStore;
import io.polarj.storage.chunkserver.ChunkServer;
import io.polarj.storage.chunkserver.ChunkServerConfig;
import io.polarj.storage.chunkserver.PeerCodec;
import io.polarj.storage.disk.DiskGeometry;
import io.polarj.storage.disk.Superblock;
import io.polarj.storage.protocol.StorageCodec;
import io.polarj.storage.store.DiskFormatter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;

/** PolarCtrl, ChunkServers with files as disks, and a client's loop, in one JVM. */
final class VolumeCluster implements AutoCloseable {
  enum Transport {
    IN_PROCESS,
    TCP
  }

  private static final long CLUSTER = 21;
  private static final long DISK_BYTES = 24 << 20;

  private record Node(ThreadLoop loop, Network network, BlockDevice device, ChunkServer server) {}

  private record Ctrl(
      ThreadLoop loop, Network network, JdbcCtrlStore store, PolarCtrlServer server) {}

  private final Path directory;
  private final Transport transport;
  private final InProcessHub hub = new InProcessHub();
  private final TreeMap<Integer, Address> addresses = new TreeMap<>();
  private final TreeMap<Integer, Node> nodes = new TreeMap<>();
  private final ThreadLoop clientLoop = ThreadLoop.start("client");
  private final Network clientNetwork;
  private final PolarCtrlClient client;
  private Ctrl ctrl;

  VolumeCluster(Path directory, Transport transport) {
    this.directory = directory;
    this.transport = transport;
    this.clientNetwork = network(clientLoop);
    this.client = new PolarCtrlClient(clientLoop, clientNetwork, address(0), 1L << 33);
  }

  ThreadLoop clientLoop() {
    return clientLoop;
  }

  PolarCtrlClient client() {
    return client;
  }

  void startPolarCtrl() throws Exception {
    ThreadLoop loop = ThreadLoop.start("ctrl");
    Network network = network(loop);
    JdbcCtrlStore store = JdbcCtrlStore.openDirectory(directory, CLUSTER);
    CtrlSettings settings = CtrlSettings.forCluster(CLUSTER);
    ctrl =
        new Ctrl(
            loop,
            network,
            store,
            VolumeClusterTest.await(
                PolarCtrlServer.start(loop, network, address(0), store, settings)));
  }

  void stopPolarCtrl() {
    ctrl.server().close();
    ctrl.network().close();
    ctrl.loop().close();
    ctrl.store().close();
    ctrl = null;
  }

  void startNode(int number) throws Exception {
    ThreadLoop loop = ThreadLoop.start("node-" + number);
    BlockDevice device =
        BlockDevices.open(directory.resolve("disk-" + number), DISK_BYTES, loop, DeviceMode.AUTO);
    CompletableFuture<Superblock> formatted = new CompletableFuture<>();
    loop.execute(() ->
        new DiskFormatter(device)
            .format(
                number * 7919L,
                CLUSTER,
                number,
                DiskGeometry.of(DISK_BYTES, 4 << 20, 64 << 10),
                false,
                (superblock, error) -> complete(formatted, superblock, error)));
    VolumeClusterTest.await(formatted);
    Network network = network(loop);
    ChunkServerConfig config =
        ChunkServerConfig.of(
                CLUSTER, number, address(number), "host-" + number, List.of(address(0)))
            .withReserveBlocks(4);
    ChunkServer server =
        new ChunkServer(config, loop, network, device, new RandomStream(number * 31L));
    CompletableFuture<ChunkServer> started = new CompletableFuture<>();
    loop.execute(() -> server.start((made, error) -> complete(started, made, error)));
    VolumeClusterTest.await(started);
    nodes.put(number, new Node(loop, network, device, server));
  }

  void killNode(int number) {
    Node node = nodes.remove(number);
    node.loop().execute(node.server()::close);
    node.network().close();
    node.device().close();
    node.loop().close();
  }

  /** Blocks of the node's disk that its chunks have. */
  int allocatedBlocks(int number) throws Exception {
    Node node = nodes.get(number);
    CompletableFuture<Integer> counted = new CompletableFuture<>();
    node.loop()
        .execute(() ->
            counted.complete(
                node.server().disk().replicas().stream()
                    .mapToInt(replica -> replica.blocks().allocatedBlocks())
                    .sum()));
    return VolumeClusterTest.await(counted);
  }

  void awaitLiveNodes(int count) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() ->
            VolumeClusterTest.await(client.status()).nodes().stream()
                    .filter(NodeStatus::live)
                    .count()
                == count);
  }

  PolarSwitch open(VolumeInfo volume, long epoch, long clientId) throws Exception {
    return VolumeClusterTest.await(
        PolarSwitch.open(
            clientLoop,
            clientNetwork,
            RouteSource.of(client),
            volume,
            epoch,
            clientId,
            SwitchSettings.DEFAULT));
  }

  @Override
  public void close() {
    List.copyOf(nodes.keySet()).forEach(this::killNode);
    if (ctrl != null) {
      stopPolarCtrl();
    }
    clientNetwork.close();
    clientLoop.close();
  }

  private Network network(ThreadLoop loop) {
    return switch (transport) {
      case IN_PROCESS -> new InProcessNetwork(hub, loop);
      case TCP ->
          new TcpNetwork(
              loop,
              new CodecRegistry(new StorageCodec(), new PeerCodec(), new CtrlCodec()),
              TcpSettings.forCluster(CLUSTER));
    };
  }

  /** PolarCtrl's is number 0. */
  private Address address(int number) {
    return addresses.computeIfAbsent(
        number,
        made ->
            transport == Transport.TCP
                ? new Address("127.0.0.1", freePort())
                : new Address("host", number));
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static <T> void complete(CompletableFuture<T> future, T value, IOException error) {
    if (error == null) {
      future.complete(value);
    } else {
      future.completeExceptionally(error);
    }
  }
}
