package io.polarj.storage.chunkserver;

import io.polarj.platform.disk.BlockDevice;
import io.polarj.platform.loop.EventLoop;
import io.polarj.platform.loop.Timer;
import io.polarj.platform.net.Address;
import io.polarj.platform.net.Link;
import io.polarj.platform.net.Message;
import io.polarj.platform.net.Network;
import io.polarj.platform.random.RandomStream;
import io.polarj.storage.disk.DiskMeter;
import io.polarj.storage.disk.MeteredDevice;
import io.polarj.storage.disk.Outcome;
import io.polarj.storage.protocol.ChunkId;
import io.polarj.storage.protocol.ChunkReport;
import io.polarj.storage.protocol.DiskState;
import io.polarj.storage.protocol.GroupMember;
import io.polarj.storage.protocol.NodeHeartbeat;
import io.polarj.storage.protocol.NodeHeartbeatReply;
import io.polarj.storage.protocol.NodeMetrics;
import io.polarj.storage.protocol.StorageLimits;
import io.polarj.storage.protocol.StorageMessage;
import io.polarj.storage.raft.Membership;
import io.polarj.storage.raft.RaftMessage;
import io.polarj.storage.raft.RaftReplica;
import io.polarj.storage.raft.ReplicaSetup;
import io.polarj.storage.repair.RepairMessage;
import io.polarj.storage.repair.Repairs;
import io.polarj.storage.repair.Scrubber;
import io.polarj.storage.store.Disk;
import io.polarj.storage.store.DiskOpener;
import io.polarj.storage.store.DiskReplica;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One disk, its chunk replicas and the network, on one event loop. Sans-I/O: it reaches the world
 * only through the device, the network, the loop and the random stream handed in, so the same class
 * runs for real and in simulation.
 *
 * <p>{@link #start} opens the disk, brings back every replica and listens. {@link #close} stops
 * without a trace on the disk, as a crash would: that is safe at any time. All methods are called
 * on the loop.
 */
public final class ChunkServer {
  private static final Logger LOG = LoggerFactory.getLogger(ChunkServer.class);
  private static final long UPKEEP_NANOS = 20_000_000L;

  private final ChunkServerConfig config;
  private final EventLoop loop;
  private final Network network;
  private final BlockDevice device;
  private final BlockDevice wal;
  private final DiskMeter meter;
  private final RandomStream random;
  private final TreeMap<ChunkId, Group> groups = new TreeMap<>();
  private final List<Link> controllers = new ArrayList<>();
  private Disk disk;
  private Peers peers;
  private Repairs repairs;
  private Scrubber scrubber;
  private ClientCalls clients;
  private ControlCalls controls;
  private final TreeSet<ChunkId> handedOver = new TreeSet<>();
  private Timer upkeep;
  private Timer reporting;
  private long beat;
  private ChunkId reportFrom;
  private boolean closed;

  public ChunkServer(
      ChunkServerConfig config,
      EventLoop loop,
      Network network,
      BlockDevice device,
      RandomStream random) {
    this(config, loop, network, device, null, random);
  }

  /**
   * @param wal the device of the disk's log, or null when the disk keeps its log in itself
   */
  public ChunkServer(
      ChunkServerConfig config,
      EventLoop loop,
      Network network,
      BlockDevice device,
      BlockDevice wal,
      RandomStream random) {
    this.config = config;
    this.loop = loop;
    this.network = network;
    this.meter = new DiskMeter(loop.clock(), config.disk().slowMillis() * 1_000_000L);
    this.device = new MeteredDevice(device, meter);
    this.wal = wal == null ? null : new MeteredDevice(wal, meter);
    this.random = random;
  }

  /** Recovers the disk and begins to serve; the outcome comes when it listens. */
  public void start(Outcome<ChunkServer> started) {
    new DiskOpener(device, wal, loop, config.disk())
        .open(
            config.clusterId(),
            config.node(),
            (opened, error) -> {
              if (closed) {
                return;
              }
              if (error != null) {
                started.completed(null, error);
              } else {
                opened(opened);
                started.completed(this, null);
              }
            });
  }

  private void opened(Disk openedDisk) {
    disk = openedDisk;
    disk.onFailure(this::diskFailed);
    long patience = config.bundleMicros() * 1_000L;
    peers =
        new Peers(
            config.node(),
            loop,
            network,
            this::onMessage,
            patience,
            () -> disk.freeBlocks(),
            this::logRoom);
    disk.onCheckpoint(this::relieved);
    repairs = new Repairs(config.node(), loop, peers::post, config.disk().planted());
    scrubber = new Scrubber(config.scrub(), loop, repairs);
    clients = new ClientCalls(config, loop, disk, peers, groups, repairs);
    controls = new ControlCalls(config.node(), disk, groups, this::serve, repairs::remove);
    for (DiskReplica replica : disk.replicas()) {
      serve(replica);
    }
    network.listen(config.address(), this::onMessage);
    for (Address controller : config.controllers()) {
      controllers.add(network.connect(controller, this::onMessage));
    }
    upkeep = loop.schedule(UPKEEP_NANOS, this::upkeep);
    scrubber.start();
    report();
  }

  /** Stops at once; what was acknowledged is durable already. The device stays the caller's. */
  public void close() {
    closed = true;
    if (upkeep != null) {
      upkeep.cancel();
    }
    if (reporting != null) {
      reporting.cancel();
    }
    if (peers != null) {
      peers.close();
    }
    for (Group group : groups.values()) {
      group.replica().close();
    }
    if (repairs != null) {
      scrubber.close();
      repairs.close();
    }
  }

  public DiskState diskState() {
    if (disk == null) {
      return DiskState.RECOVERING;
    }
    if (disk.failure() != null) {
      return DiskState.FAILED;
    }
    if (meter.recentReadErrors() > 0) {
      return DiskState.FAILING;
    }
    if (meter.slow()) {
      return DiskState.SLOW;
    }
    return disk.freeBlocks() <= config.reserveBlocks() ? DiskState.FULL : DiskState.HEALTHY;
  }

  /** What the operator should know about the disk; empty when it is well. */
  private String diskMessage() {
    return switch (diskState()) {
      case FAILED -> String.valueOf(disk.failure().getMessage());
      case FAILING -> meter.recentReadErrors() + " reads failed in the last 10 s";
      case SLOW ->
          "half of the requests of the last 10 s took longer than %d ms, or one hangs; p99 of flushes %d us"
              .formatted(config.disk().slowMillis(), meter.flushLatency().p99Micros());
      case FULL -> disk.freeBlocks() + " free blocks are left for what is committed elsewhere";
      case HEALTHY, RECOVERING -> "";
    };
  }

  /** Counters and gauges of this moment; null before {@link #start} has ended. */
  public NodeMetrics metrics() {
    if (disk == null) {
      return null;
    }
    ChunkReport.Health health = repairs.total();
    return new NodeMetrics(
        meter.reads(),
        meter.readBytes(),
        meter.readErrors(),
        meter.writes(),
        meter.writtenBytes(),
        meter.writeErrors(),
        meter.flushes(),
        meter.flushErrors(),
        meter.inFlight(),
        meter.readLatency(),
        meter.writeLatency(),
        meter.flushLatency(),
        disk.walBytes(),
        disk.walBytes() - disk.walFreeBytes(),
        disk.dirtyBytes(),
        disk.checkpoints(),
        scrubber.scrubbed(),
        scrubber.passes(),
        scrubber.progressPermille(),
        health.damaged(),
        health.repaired(),
        health.open(),
        health.divergent());
  }

  /** Every replica of this node, in chunk order. */
  public List<ChunkReport> reports() {
    return groups.values().stream().map(this::report).toList();
  }

  /** The replica of a chunk, for checkers in simulation; null when there is none. */
  public RaftReplica replica(ChunkId chunk) {
    Group group = groups.get(chunk);
    return group == null ? null : group.replica();
  }

  /** The open disk, for tools and metrics; null before {@link #start} has ended. */
  public Disk disk() {
    return disk;
  }

  /** Background verification, for tools and metrics; null before {@link #start} has ended. */
  public Scrubber scrubber() {
    return scrubber;
  }

  private void serve(DiskReplica stored) {
    ChunkId chunk = stored.info().chunk();
    stored.info().members().forEach(peers::introduce);
    Group group = new Group(stored, config.node(), peers::introduce);
    ReplicaSetup setup =
        new ReplicaSetup(
            chunk,
            config.node(),
            Membership.first(stored.info().members()),
            loop,
            random.split("replica " + chunk + " " + disk.session()),
            config.raft(),
            stored.log(),
            stored.recovered(),
            stored.blocks(),
            (node, message) -> peers.send(node, message));
    RaftReplica replica = new RaftReplica(setup, group);
    stored.onCheckpoint(replica::appliedEntries);
    replica.members().all().forEach(peers::introduce);
    repairs.add(stored, replica);
    groups.put(chunk, group);
    group.start(replica);
  }

  private ChunkReport report(Group group) {
    return group.report(repairs.health(group.stored().info().chunk()));
  }

  private void onMessage(Link from, Message message) {
    if (closed) {
      return;
    }
    switch (message) {
      case PeerBundle bundle -> onBundle(bundle);
      case RepairMessage repair -> repairs.onMessage(repair);
      case NodeHeartbeatReply reply -> {
        if (reply.clusterId() == config.clusterId()) {
          reply.nodes().forEach(peers::moved);
        }
      }
      case StorageMessage request -> {
        scrubber.clientActive();
        if (!clients.handle(from, request) && !controls.handle(from, request)) {
          LOG.warn("node {}: {} is not for a chunk server", config.node(), request.getClass());
        }
      }
      default -> LOG.warn("node {}: unknown message {}", config.node(), message.getClass());
    }
    clients.resume();
    disk.checkpointIfDue();
  }

  private void onBundle(PeerBundle bundle) {
    peers.heard(bundle.node(), bundle.freeBlocks(), bundle.logRoom());
    boolean flooded = disk.dirtyBytes() > 2 * config.mostDirtyBytes();
    for (RaftMessage message : bundle.messages()) {
      Group group = groups.get(message.group());
      if (group == null || (flooded && bringsData(message))) {
        continue; // as if lost on the way; the leader sends it again
      }
      group.replica().onMessage(message);
    }
  }

  private static boolean bringsData(RaftMessage message) {
    return message instanceof RaftMessage.Append append && append.entries().length > 0
        || message instanceof RaftMessage.Supply
        || message instanceof RaftMessage.CopyPiece;
  }

  private long logRoom() {
    return disk.dirtyBytes() > config.mostDirtyBytes() ? 0 : disk.logRoomBytes();
  }

  /** A checkpoint has ended. */
  private void relieved() {
    if (closed || disk.failure() != null) {
      return;
    }
    keepLogShort();
    clients.resume();
    peers.announceRoom(disk.walBytes() / 8);
  }

  private void upkeep() {
    if (closed || disk.failure() != null) {
      return;
    }
    if (meter.recentReadErrors() > DiskMeter.MOST_READ_ERRORS) {
      disk.fail(
          new IOException(
              meter.recentReadErrors()
                  + " reads failed in 10 s: the disk is given up; replace it"));
      return;
    }
    disk.checkpointIfDue();
    if (disk.freeBlocks() < 2L * config.reserveBlocks()) {
      disk.reclaim();
    }
    keepLogShort();
    clients.resume();
    peers.announceRoom(disk.walBytes() / 8);
    upkeep = loop.schedule(UPKEEP_NANOS, this::upkeep);
  }

  /** Trims when entries crowd the log, and has it cut. */
  private void keepLogShort() {
    if (disk.logCrowded()) {
      for (Group group : groups.values()) {
        group.replica().trimUpTo(group.stored().trimmableForRoom());
      }
      disk.relieveLog();
    }
  }

  private void report() {
    if (closed) {
      return;
    }
    leadLessWhenSlow();
    if (!controllers.isEmpty()) {
      NodeHeartbeat heartbeat = heartbeat();
      controllers.forEach(link -> link.send(heartbeat));
    }
    reporting = loop.schedule(config.heartbeatMillis() * 1_000_000L, this::report);
  }

  /**
   * A slow disk slows every write of the groups it leads: each is handed to another voter, once
   * until the disk is well again, so that slow disks do not pass groups round for ever.
   */
  private void leadLessWhenSlow() {
    if (diskState() != DiskState.SLOW) {
      handedOver.clear();
      return;
    }
    for (Group group : groups.values()) {
      RaftReplica replica = group.replica();
      if (replica.status().serving() && handedOver.add(group.stored().info().chunk())) {
        replica.members().voters().stream()
            .mapToInt(GroupMember::node)
            .filter(node -> node != config.node())
            .findFirst()
            .ifPresent(node -> {
              loop.reached(ServerProbe.SLOW_DISK_HANDED_OVER);
              replica.transfer(node, outcome -> {});
            });
      }
    }
  }

  private NodeHeartbeat heartbeat() {
    beat++;
    List<ChunkReport> reports = new ArrayList<>();
    SortedMap<ChunkId, Group> rest = reportFrom == null ? groups : groups.tailMap(reportFrom);
    reportFrom = null;
    for (Group group : rest.values()) {
      if (reports.size() == StorageLimits.MAX_REPORTS) {
        reportFrom = group.stored().info().chunk();
        break;
      }
      reports.add(report(group));
    }
    return new NodeHeartbeat(
        config.clusterId(),
        config.node(),
        disk.session(),
        beat,
        config.address(),
        config.failureDomain(),
        diskState(),
        diskMessage(),
        disk.totalBlocks(),
        disk.freeBlocks(),
        groups.size(),
        reports,
        metrics());
  }

  private void diskFailed(IOException error) {
    LOG.error(
        "node {}: the disk has failed; nothing is acknowledged any more", config.node(), error);
    for (Group group : groups.values()) {
      group.failed(error);
      group.replica().close();
    }
    scrubber.close();
    repairs.close();
  }
}
