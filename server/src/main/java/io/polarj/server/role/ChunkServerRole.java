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
import io.polarj.storage.disk.WalHeader;
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
  private final Disks disks;
  private final ChunkServer server;
  private final ChunkServerConfig config;

  private ChunkServerRole(
      ThreadLoop loop,
      boolean ownsLoop,
      Network network,
      Disks disks,
      ChunkServer server,
      ChunkServerConfig config) {
    this.loop = loop;
    this.ownsLoop = ownsLoop;
    this.network = network;
    this.disks = disks;
    this.server = server;
    this.config = config;
  }

  /** The disk file of a node. */
  public static Path diskFile(Path dataDirectory, int node) {
    return dataDirectory.resolve("chunkserver-" + node).resolve("disk.img");
  }

  /** The disk and, when its log stands on another one, that. */
  private record Disks(BlockDevice device, BlockDevice wal) {
    void close() {
      device.close();
      if (wal != null) {
        wal.close();
      }
    }
  }

  /** {@code shared}: the loop to run on, or null for one of its own. */
  public static ChunkServerRole start(
      Path dataDirectory,
      ClusterIdentity cluster,
      int node,
      Settings settings,
      Networks networks,
      ThreadLoop shared) {
    return start(dataDirectory, settings.walFile(node), cluster, node, settings, networks, shared);
  }

  /** {@code wal}: a device or file for the log, or null when the disk keeps its log in itself. */
  public static ChunkServerRole start(
      Path dataDirectory,
      Path wal,
      ClusterIdentity cluster,
      int node,
      Settings settings,
      Networks networks,
      ThreadLoop shared) {
    ThreadLoop loop =
        shared == null ? ThreadLoop.start("chunkserver-" + node, settings.idleMode()) : shared;
    Path file = diskFile(dataDirectory, node);
    Disks disks = openDisks(file, wal, cluster, node, settings, loop);
    Network network = networks.forNode(loop);
    ChunkServerConfig config =
        ChunkServerConfig.of(
                cluster.clusterId(),
                node,
                cluster.chunkServer(node),
                settings.failureDomain(node),
                List.of(cluster.polarCtrl()))
            .withRaft(settings.raft())
            .withDisk(settings.diskOptions())
            .withScrub(settings.scrub());
    ChunkServer server =
        new ChunkServer(
            config,
            loop,
            network,
            disks.device(),
            disks.wal(),
            new RandomStream(new SecureRandom().nextLong()));
    CompletableFuture<ChunkServer> started = new CompletableFuture<>();
    loop.execute(() -> {
      try {
        server.start((value, error) -> finish(started, value, error));
      } catch (RuntimeException e) {
        started.completeExceptionally(e);
      }
    });
    Await.done("chunkserver " + node + " on " + file, started, START_LIMIT);
    return new ChunkServerRole(loop, shared == null, network, disks, server, config);
  }

  private static Disks openDisks(
      Path file, Path wal, ClusterIdentity cluster, int node, Settings settings, ThreadLoop loop) {
    try {
      boolean fresh = !Files.exists(file);
      if (fresh) {
        create(file, settings);
        if (wal != null && !Files.exists(wal)) {
          Files.createDirectories(wal.toAbsolutePath().getParent());
          BlockDevices.createSparse(wal, settings.walBytes() + WalHeader.AREA_OFFSET);
        }
      } else if (wal != null && !Files.exists(wal)) {
        throw new StartException(
            "chunkserver %d: its log device %s is missing; without it the disk can not be opened"
                .formatted(node, wal));
      }
      BlockDevice device = BlockDevices.open(file, Files.size(file), loop, settings.deviceMode());
      BlockDevice walDevice =
          wal == null ? null : BlockDevices.open(wal, 0, loop, settings.deviceMode());
      Disks disks = new Disks(device, walDevice);
      if (fresh) {
        format(disks, file, cluster, node, settings, loop);
      }
      return disks;
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
      Disks disks,
      Path file,
      ClusterIdentity cluster,
      int node,
      Settings settings,
      ThreadLoop loop) {
    CompletableFuture<Superblock> formatted = new CompletableFuture<>();
    long bytes = disks.device().size();
    DiskGeometry geometry =
        disks.wal() == null
            ? DiskGeometry.of(bytes, settings.walBytes(), CHUNK_STATE_BYTES)
            : DiskGeometry.withSeparateWal(bytes, disks.wal().size(), CHUNK_STATE_BYTES);
    loop.execute(() ->
        new DiskFormatter(disks.device(), disks.wal())
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
      disks.close();
      closed.complete(null);
    });
    Await.done("stopping chunkserver " + config.node(), closed, Duration.ofSeconds(30));
    if (ownsLoop) {
      loop.close();
    }
  }
}
