package io.polarj.sim.cluster;

import io.polarj.platform.net.Address;
import io.polarj.platform.random.RandomStream;
import io.polarj.platform.sim.SimFabric;
import io.polarj.platform.sim.SimScheduler;
import io.polarj.sim.fault.SimHost;
import io.polarj.sim.history.Violation;
import io.polarj.storage.chunkserver.ChunkServer;
import io.polarj.storage.chunkserver.ChunkServerConfig;
import io.polarj.storage.disk.DiskGeometry;
import io.polarj.storage.protocol.ChunkId;
import io.polarj.storage.raft.RaftReplica;
import io.polarj.storage.store.DiskFormatter;
import io.polarj.storage.store.DiskReplica;
import java.util.function.Consumer;

/** A ChunkServer on a host with one tiny disk. */
final class ServerNode implements SimHost.Program {
  static final long CLUSTER = 21;

  private final int id;
  private final ChunkServerConfig config;
  private final DiskGeometry geometry;
  private final long diskId;
  private final Consumer<Violation> violations;
  private final boolean flushLies;
  private final SimHost host;
  private Consumer<SimHost> elected = somebody -> {};
  private boolean led;
  private boolean formatted;
  private long checkpoints;
  private int rottenBits;
  private ChunkServer server;

  ServerNode(
      int id,
      SimFabric fabric,
      SimScheduler scheduler,
      RandomStream random,
      ChunkServerConfig config,
      DiskGeometry geometry,
      long logBytes,
      boolean flushLies,
      Consumer<Violation> violations) {
    this.id = id;
    this.config = config;
    this.geometry = geometry;
    this.diskId = random.split("disk id").nextLong();
    this.flushLies = flushLies;
    this.violations = violations;
    this.host =
        new SimHost(
            id, scheduler, fabric, random, geometry.deviceBytes(), logBytes, 1_500_000, this);
  }

  static Address address(int node) {
    return SimHost.address(node);
  }

  int id() {
    return id;
  }

  SimHost host() {
    return host;
  }

  /** Bits that have rotten, and writes that went astray. */
  long decayed() {
    return rottenBits + host.image().strays();
  }

  /** Checkpoints of all its lives. */
  long checkpoints() {
    return checkpoints
        + (server == null || server.disk() == null ? 0 : server.disk().checkpoints());
  }

  /** Told when a replica here leads or stands for election. */
  void onElection(Consumer<SimHost> listener) {
    elected = listener;
  }

  /** Looks whether somebody leads who did not before; called now and then. */
  void observe() {
    boolean now = leads();
    if (now && !led) {
      elected.accept(host);
    }
    led = now;
  }

  /** Null while down or recovering. */
  ChunkServer server() {
    return server == null || server.disk() == null ? null : server;
  }

  RaftReplica replica(ChunkId chunk) {
    return server() == null ? null : server.replica(chunk);
  }

  @Override
  public void boot(SimHost.Life life) {
    if (formatted) {
      life.disk().ignoresFlush(flushLies);
      if (life.log() != null) {
        life.log().ignoresFlush(flushLies);
      }
      serve(life);
      return;
    }
    new DiskFormatter(life.disk(), life.log())
        .format(
            diskId,
            CLUSTER,
            id,
            geometry,
            false,
            (made, error) -> {
              if (error != null) {
                violations.accept(new Violation("SIM", "node " + id + " is not formatted"));
              } else {
                formatted = true;
                serve(life);
              }
            });
  }

  private void serve(SimHost.Life life) {
    ChunkServer starting =
        new ChunkServer(
            config,
            life.loop(),
            life.network(),
            life.disk(),
            life.log(),
            life.random().split("server"));
    server = starting;
    starting.start((started, failure) -> {
      if (failure != null && !host.diskFailed()) {
        violations.accept(
            new Violation(
                "a disk opens after any crash", "node " + id + ": " + failure.getMessage()));
      }
    });
  }

  @Override
  public void died() {
    checkpoints = checkpoints();
    if (server != null) {
      server.close();
    }
    server = null;
  }

  @Override
  public boolean leads() {
    return server() != null
        && server.reports().stream().anyMatch(report -> server.replica(report.chunk()).leads());
  }

  /** Only data: what stands elsewhere exists once, or says itself that it is damaged. */
  @Override
  public long[] strayArea() {
    long bytes = geometry.blockCount() * DiskGeometry.BLOCK_BYTES;
    return new long[] {geometry.dataOffset(), geometry.dataOffset() + bytes};
  }

  /** Flips a bit of what the disk has of a block, if it has something and the node is up. */
  void rot(int chunk, int block, int at, int bit) {
    if (server() == null) {
      return;
    }
    for (DiskReplica replica : server.disk().replicas()) {
      long place = replica.info().chunk().index() == chunk ? replica.blocks().placeOf(block) : -1;
      if (place >= 0) {
        host.image().flipBit(place + at, bit);
        rottenBits++;
      }
    }
  }

  /** Reads as a client would, past the group. */
  void read(ChunkId chunk, long offset, int length, Consumer<byte[]> done) {
    host.loop()
        .execute(() ->
            server
                .disk()
                .replica(chunk)
                .blocks()
                .read(offset, length, (bytes, error) -> done.accept(bytes)));
  }

  /** What the replica has of a snapshot, past the group. */
  void readSnapshot(ChunkId chunk, int snapshot, long offset, int length, Consumer<byte[]> done) {
    host.loop()
        .execute(() ->
            server
                .disk()
                .replica(chunk)
                .blocks()
                .read(snapshot, offset, length, (bytes, error) -> done.accept(bytes)));
  }
}
