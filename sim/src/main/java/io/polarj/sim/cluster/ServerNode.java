package io.polarj.sim.cluster;

import io.polarj.platform.net.Address;
import io.polarj.platform.random.RandomStream;
import io.polarj.platform.sim.SimDisk;
import io.polarj.platform.sim.SimDiskImage;
import io.polarj.platform.sim.SimFabric;
import io.polarj.platform.sim.SimLoop;
import io.polarj.platform.sim.SimNetwork;
import io.polarj.platform.sim.SimScheduler;
import io.polarj.sim.history.Violation;
import io.polarj.storage.chunkserver.ChunkServer;
import io.polarj.storage.chunkserver.ChunkServerConfig;
import io.polarj.storage.disk.DiskGeometry;
import io.polarj.storage.protocol.ChunkId;
import io.polarj.storage.raft.RaftReplica;
import io.polarj.storage.store.DiskFormatter;
import io.polarj.storage.store.DiskReplica;
import java.io.IOException;
import java.util.function.Consumer;

/** A host with one tiny disk and a ChunkServer; crashes, restarts and pauses. */
final class ServerNode {
  static final long CLUSTER = 21;

  private final int id;
  private final SimFabric fabric;
  private final SimScheduler scheduler;
  private final RandomStream random;
  private final ChunkServerConfig config;
  private final DiskGeometry geometry;
  private final SimDiskImage image;
  private final Consumer<Violation> violations;
  private final boolean flushLies;
  private final int drift;
  private int lives;
  private long checkpoints;
  private int rottenBits;
  private SimLoop loop;
  private SimNetwork network;
  private ChunkServer server;

  ServerNode(
      int id,
      SimFabric fabric,
      SimScheduler scheduler,
      RandomStream random,
      ChunkServerConfig config,
      DiskGeometry geometry,
      boolean flushLies,
      Consumer<Violation> violations) {
    this.id = id;
    this.fabric = fabric;
    this.scheduler = scheduler;
    this.random = random;
    this.config = config;
    this.geometry = geometry;
    this.flushLies = flushLies;
    this.violations = violations;
    this.image = new SimDiskImage(geometry.deviceBytes(), random.split("image"));
    this.drift = random.nextInt(41) - 20;
  }

  static Address address(int node) {
    return new Address("node" + node, 1);
  }

  int id() {
    return id;
  }

  SimDiskImage image() {
    return image;
  }

  boolean running() {
    return loop != null;
  }

  int rottenBits() {
    return rottenBits;
  }

  /** Checkpoints of all its lives. */
  long checkpoints() {
    return checkpoints
        + (server == null || server.disk() == null ? 0 : server.disk().checkpoints());
  }

  /** Null while down or recovering. */
  ChunkServer server() {
    return server == null || server.disk() == null ? null : server;
  }

  RaftReplica replica(ChunkId chunk) {
    return server() == null ? null : server.replica(chunk);
  }

  void start() {
    boolean first = lives++ == 0;
    loop = scheduler.newLoop("node" + id + "#" + lives, drift);
    RandomStream life = random.split("life" + lives);
    SimDisk disk = new SimDisk(image, loop, life.split("disk"));
    disk.latency(50_000 + life.nextLong(1_500_000));
    disk.ignoresFlush(flushLies && !first);
    network = fabric.network(loop, address(id));
    SimNetwork ownNetwork = network;
    loop.execute(() -> {
      if (first) {
        new DiskFormatter(disk)
            .format(
                random.split("disk id").nextLong(),
                CLUSTER,
                id,
                geometry,
                false,
                (made, error) -> serve(disk, ownNetwork, life, error));
      } else {
        serve(disk, ownNetwork, life, null);
      }
    });
  }

  private void serve(SimDisk disk, SimNetwork ownNetwork, RandomStream life, IOException error) {
    if (error != null) {
      violations.accept(new Violation("SIM", "node " + id + " is not formatted: " + error));
      return;
    }
    ChunkServer starting = new ChunkServer(config, loop, ownNetwork, disk, life.split("server"));
    server = starting;
    starting.start((started, failure) -> {
      if (failure != null) {
        violations.accept(
            new Violation(
                "a disk opens after any crash", "node " + id + ": " + failure.getMessage()));
      }
    });
  }

  void crash() {
    checkpoints = checkpoints();
    loop.kill();
    network.close();
    if (server != null) {
      server.close();
    }
    loop = null;
    server = null;
    image.crash();
  }

  void pause(long nanos) {
    loop.pause(nanos);
  }

  /** Flips a bit of what the disk has of a block, if it has something and the node is up. */
  void rot(int chunk, int block, int at, int bit) {
    if (server() == null) {
      return;
    }
    for (DiskReplica replica : server.disk().replicas()) {
      long place = replica.info().chunk().index() == chunk ? replica.blocks().placeOf(block) : -1;
      if (place >= 0) {
        image.flipBit(place + at, bit);
        rottenBits++;
      }
    }
  }

  /** Reads as a client would, past the group. */
  void read(ChunkId chunk, long offset, int length, Consumer<byte[]> done) {
    loop.execute(() ->
        server
            .disk()
            .replica(chunk)
            .blocks()
            .read(offset, length, (bytes, error) -> done.accept(bytes)));
  }
}
