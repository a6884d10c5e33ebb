package io.polarj.bench.storage;

import io.polarj.platform.disk.BlockDevice;
import io.polarj.platform.disk.BlockDevices;
import io.polarj.platform.disk.DeviceMode;
import io.polarj.platform.loop.ThreadLoop;
import io.polarj.platform.net.Address;
import io.polarj.platform.net.CodecRegistry;
import io.polarj.platform.net.Network;
import io.polarj.platform.net.TcpNetwork;
import io.polarj.platform.net.TcpSettings;
import io.polarj.platform.random.RandomStream;
import io.polarj.storage.chunkserver.ChunkServer;
import io.polarj.storage.chunkserver.ChunkServerConfig;
import io.polarj.storage.chunkserver.PeerCodec;
import io.polarj.storage.disk.DiskGeometry;
import io.polarj.storage.disk.Outcome;
import io.polarj.storage.disk.Superblock;
import io.polarj.storage.protocol.StorageCodec;
import io.polarj.storage.raft.RaftCodec;
import io.polarj.storage.raft.RaftSettings;
import io.polarj.storage.store.DiskFormatter;
import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * One ChunkServer of {@link StageBench} in a process of its own, with a {@link StageTrace}. On its
 * input: {@code clear}, or {@code dump FILE}; it ends with its input.
 */
public final class StageNode {
  static final long CLUSTER = 5;
  static final long DEVICE_BYTES = 4L << 30;
  static final long CHUNK_BYTES = 1L << 30;
  private static final int WAL_BYTES = 256 << 20;
  private static final long PATIENCE_SECONDS = 60;

  private StageNode() {}

  static Address address(int port, int node) {
    return new Address("127.0.0.1", port + node);
  }

  static TcpNetwork network(ThreadLoop loop, int connections) {
    CodecRegistry codecs = new CodecRegistry(new StorageCodec(), new RaftCodec(), new PeerCodec());
    return new TcpNetwork(
        loop, codecs, TcpSettings.forCluster(CLUSTER).withConnections(connections));
  }

  /** {@code DIRECTORY NODE PORT file|uring lease|quorum CONNECTIONS}. */
  public static void main(String[] arguments) throws Exception {
    int node = Integer.parseInt(arguments[1]);
    int port = Integer.parseInt(arguments[2]);
    ThreadLoop loop = ThreadLoop.start("chunkserver");
    BlockDevice device =
        BlockDevices.open(
            Path.of(arguments[0]).resolve("disk-" + node),
            DEVICE_BYTES,
            loop,
            DeviceMode.parse(arguments[3]));
    DiskGeometry geometry = DiskGeometry.of(DEVICE_BYTES, WAL_BYTES, 1 << 20);
    StageNode.<Superblock>await(
        loop,
        done ->
            new DiskFormatter(device).format(node * 7919L, CLUSTER, node, geometry, false, done));
    StageTrace trace = new StageTrace();
    Network network = trace.watch(network(loop, Integer.parseInt(arguments[5])));
    ChunkServerConfig config =
        ChunkServerConfig.of(CLUSTER, node, address(port, node), "host-" + node, List.of())
            .withRaft(RaftSettings.DEFAULT.withReads(arguments[4].equals("lease"), 5));
    ChunkServer server =
        new ChunkServer(
            config,
            loop,
            network,
            trace.watch(device, geometry.walOffset(), geometry.walOffset() + WAL_BYTES),
            new RandomStream(System.nanoTime()));
    StageNode.<ChunkServer>await(loop, server::start);
    System.out.println("ready");
    obey(loop, trace);
    System.exit(0);
  }

  private static void obey(ThreadLoop loop, StageTrace trace) throws Exception {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] words = line.split(" ", 2);
      CompletableFuture<Void> done = new CompletableFuture<>();
      loop.execute(() -> {
        if (words[0].equals("clear")) {
          trace.clear();
        } else {
          dump(trace, Path.of(words[1]));
        }
        done.complete(null);
      });
      done.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      System.out.println("done");
    }
  }

  private static void dump(StageTrace trace, Path file) {
    try (DataOutputStream out =
        new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)))) {
      trace.writeTo(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static <T> void await(ThreadLoop loop, Consumer<Outcome<T>> start) throws Exception {
    CompletableFuture<T> future = new CompletableFuture<>();
    loop.execute(() ->
        start.accept((value, error) -> {
          if (error != null) {
            future.completeExceptionally(error);
          } else {
            future.complete(value);
          }
        }));
    future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }
}
