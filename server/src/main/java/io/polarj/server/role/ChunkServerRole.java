package io.polarj.server.role;

import io.polarj.platform.disk.BlockDevice;
import io.polarj.platform.disk.BlockDevices;
import io.polarj.platform.loop.ThreadLoop;
import io.polarj.platform.net.Network;
import io.polarj.platform.random.RandomStream;
import io.polarj.server.config.ByteSize;
import io.polarj.server.config.ClusterIdentity;
import io.polarj.server.config.Settings;
import io.polarj.server.config.StartException;
import io.polarj.storage.chunkserver.ChunkServer;
import io.polarj.storage.chunkserver.ChunkServerConfig;
import io.polarj.storage.disk.DiskGeometry;
import io.polarj.storage.disk.Superblock;
import io.polarj.storage.store.DiskFormatter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** One ChunkServer with its disk file. Formats the file when there is none yet. */
public final class ChunkServerRole implements Role {
  private static final long CHUNK_STATE_BYTES = 4L << 20;
  private static final Duration START_LIMIT = Duration.ofMinutes(5);

  private final ThreadLoop loop;
  private final boolean ownsLoop;
  private final Network network;
  private final BlockDevice device;
  private final ChunkServer server;
  private final ChunkServerConfig config;

  private ChunkServerRole(
      ThreadLoop loop,
      boolean ownsLoop,
      Network network,
      BlockDevice device,
      ChunkServer server,
      ChunkServerConfig config) {
    this.loop = loop;
    this.ownsLoop = ownsLoop;
    this.network = network;
    this.device = device;
    this.server = server;
    this.config = config;
  }

  /** The disk file of a node. */
  public static Path diskFile(Path dataDirectory, int node) {
    return dataDirectory.resolve("chunkserver-" + node).resolve("disk.img");
  }

  /** {@code shared}: the loop to run on, or null for one of its own. */
  public static ChunkServerRole start(
      Path dataDirectory,
      ClusterIdentity cluster,
      int node,
      Settings settings,
      Networks networks,
      ThreadLoop shared) {
    ThreadLoop loop =
        shared == null ? ThreadLoop.start("chunkserver-" + node, settings.idleMode()) : shared;
    Path file = diskFile(dataDirectory, node);
    BlockDevice device = openDevice(file, cluster, node, settings, loop);
    Network network = networks.forNode(loop);
    ChunkServerConfig config =
        ChunkServerConfig.of(
                cluster.clusterId(),
                node,
                cluster.chunkServer(node),
                settings.failureDomain(node),
                List.of(cluster.polarCtrl()))
            .withDisk(settings.diskOptions())
            .withScrub(settings.scrub());
    ChunkServer server =
        new ChunkServer(
            config, loop, network, device, new RandomStream(new SecureRandom().nextLong()));
    CompletableFuture<ChunkServer> started = new CompletableFuture<>();
    loop.execute(() -> {
      try {
        server.start((value, error) -> finish(started, value, error));
      } catch (RuntimeException e) {
        started.completeExceptionally(e);
      }
    });
    Await.done("chunkserver " + node + " on " + file, started, START_LIMIT);
    return new ChunkServerRole(loop, shared == null, network, device, server, config);
  }

  private static BlockDevice openDevice(
      Path file, ClusterIdentity cluster, int node, Settings settings, ThreadLoop loop) {
    try {
      boolean fresh = !Files.exists(file);
      if (fresh) {
        create(file, settings);
      }
      BlockDevice device = BlockDevices.open(file, Files.size(file), loop, settings.deviceMode());
      if (fresh) {
        format(device, file, cluster, node, settings, loop);
      }
      return device;
    } catch (IOException e) {
      throw new StartException("chunkserver " + node + ": can't open " + file + ": " + e, e);
    }
  }

  private static void create(Path file, Settings settings) throws IOException {
    Files.createDirectories(file.getParent());
    long usable = Files.getFileStore(file.getParent()).getUsableSpace();
    if (usable < settings.walBytes() + (64 << 20)) {
      throw new StartException(
          "no space for a disk file at "
              + file
              + ": "
              + ByteSize.format(usable)
              + " free, "
              + ByteSize.format(settings.walBytes() + (64 << 20))
              + " needed to begin with");
    }
    BlockDevices.createSparse(file, settings.diskBytes());
  }

  private static void format(
      BlockDevice device,
      Path file,
      ClusterIdentity cluster,
      int node,
      Settings settings,
      ThreadLoop loop) {
    CompletableFuture<Superblock> formatted = new CompletableFuture<>();
    DiskGeometry geometry = DiskGeometry.of(device.size(), settings.walBytes(), CHUNK_STATE_BYTES);
    loop.execute(() ->
        new DiskFormatter(device)
            .format(
                new SecureRandom().nextLong(),
                cluster.clusterId(),
                node,
                geometry,
                false,
                (value, error) -> finish(formatted, value, error)));
    Await.done("formatting " + file, formatted, Duration.ofMinutes(2));
  }

  private static <T> void finish(CompletableFuture<T> future, T value, IOException error) {
    if (error != null) {
      future.completeExceptionally(error);
    } else {
      future.complete(value);
    }
  }

  @Override
  public String describe() {
    return "chunkserver " + config.node() + "        " + config.address();
  }

  @Override
  public void close() {
    CompletableFuture<Void> closed = new CompletableFuture<>();
    loop.execute(() -> {
      server.close();
      network.close();
      device.close();
      closed.complete(null);
    });
    Await.done("stopping chunkserver " + config.node(), closed, Duration.ofSeconds(30));
    if (ownsLoop) {
      loop.close();
    }
  }
}
