package io.polarj.polarctrl.state;

import io.polarj.polarctrl.protocol.ChunkRoute;
import io.polarj.polarctrl.protocol.CreateVolume;
import io.polarj.polarctrl.protocol.CtrlReply;
import io.polarj.polarctrl.protocol.CtrlStatus;
import io.polarj.polarctrl.protocol.FindVolume;
import io.polarj.polarctrl.protocol.GrowVolume;
import io.polarj.polarctrl.protocol.Refusal;
import io.polarj.polarctrl.protocol.RouteReply;
import io.polarj.polarctrl.protocol.RouteRequest;
import io.polarj.polarctrl.protocol.VolumeInfo;
import io.polarj.polarctrl.protocol.VolumeReply;
import io.polarj.storage.protocol.ChunkId;
import io.polarj.storage.protocol.CreateChunk;
import io.polarj.storage.protocol.GroupMember;
import io.polarj.storage.protocol.StorageLimits;
import io.polarj.storage.protocol.VolumeLabel;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The volumes: making and growing them, and where their chunks are. A volume whose size is behind
 * its target has chunks that some ChunkServer has not made yet; that goes on after a restart.
 */
final class VolumeTable {
  private static final Logger LOG = LoggerFactory.getLogger(VolumeTable.class);
  private static final int MAX_NAME_CHARACTERS = 64;
  private static final int MAX_CHUNKS = 1 << 20;

  private final TreeMap<Long, Volume> byId = new TreeMap<>();
  private final TreeMap<String, Volume> byName = new TreeMap<>();
  private final NodeTable nodes;
  private final ReportTable reports;
  private final ChunkHealth health;
  private final ControlCalls calls;
  private final CtrlStore store;
  private final Placement placement;
  private final long timeoutNanos;

  VolumeTable(
      NodeTable nodes,
      ReportTable reports,
      ChunkHealth health,
      ControlCalls calls,
      CtrlStore store,
      Placement placement,
      long timeoutNanos) {
    this.nodes = nodes;
    this.reports = reports;
    this.health = health;
    this.placement = placement;
    this.calls = calls;
    this.store = store;
    this.timeoutNanos = timeoutNanos;
  }

  void restore(StoredState state, long nowNanos) {
    state.volumes().forEach(info -> add(new Volume(info)));
    for (StoredChunk chunk : state.chunks()) {
      Volume volume = byId.get(chunk.chunk().volume());
      if (volume == null || volume.chunks.size() != chunk.chunk().index()) {
        throw new IllegalStateException(
            "PolarCtrl's database: chunk " + chunk.chunk() + " is out of place");
      }
      volume.chunks.add(chunk.nodes());
    }
    byId.values().forEach(volume -> makeChunks(volume, nowNanos));
  }

  /** Null when there is none. */
  Volume find(long id) {
    return byId.get(id);
  }

  Iterable<Volume> all() {
    return byId.values();
  }

  List<VolumeInfo> infos() {
    return byId.values().stream().map(volume -> volume.info).toList();
  }

  /** Null when there is none. */
  Volume find(String name) {
    return byName.get(name);
  }

  /** The chunks that volumes have by now, without those still being made. */
  List<ChunkId> chunksMade() {
    List<ChunkId> made = new ArrayList<>();
    for (Volume volume : byId.values()) {
      for (int index = 0; index < volume.info.chunks(); index++) {
        made.add(new ChunkId(volume.info.id(), index));
      }
    }
    return made;
  }

  /** Whether there is such a chunk, made by now or not. */
  boolean has(ChunkId chunk) {
    Volume volume = byId.get(chunk.volume());
    return volume != null && chunk.index() < volume.chunks.size();
  }

  ChunkHealth.Assessment assess(ChunkId chunk, long nowNanos) {
    Volume volume = byId.get(chunk.volume());
    return health.assess(chunk, volume.chunks.get(chunk.index()), volume.info.replicas(), nowNanos);
  }

  /** The voters in the order of the known placement, newcomers last. */
  List<Integer> placed(ChunkId chunk, List<Integer> voters) {
    List<Integer> ordered = new ArrayList<>(byId.get(chunk.volume()).chunks.get(chunk.index()));
    ordered.retainAll(voters);
    voters.stream().filter(node -> !ordered.contains(node)).forEach(ordered::add);
    return ordered;
  }

  /** Takes over a placement that is in the store already. */
  void place(ChunkId chunk, List<Integer> voters) {
    byId.get(chunk.volume()).chunks.set(chunk.index(), List.copyOf(voters));
  }

  /**
   * Follows the group when its voters are others than those stored, for whatever reason. Not while
   * a plan works on it: that stores them with its own end.
   */
  void follow(ChunkId chunk) {
    ReportTable.Leader leader = reports.leader(chunk);
    Volume volume = byId.get(chunk.volume());
    if (leader == null || volume == null || chunk.index() >= volume.info.chunks()) {
      return;
    }
    List<Integer> voters = leader.report().voters();
    List<Integer> known = volume.chunks.get(chunk.index());
    if (voters.isEmpty() || (known.containsAll(voters) && voters.containsAll(known))) {
      return;
    }
    List<Integer> now = placed(chunk, voters);
    store.save(new StoreChange().placement(new StoredChunk(chunk, now)));
    place(chunk, now);
    LOG.info("chunk {} is on nodes {} now, not on {}", chunk, now, known);
  }

  /** Bytes of the chunks that each node has a replica of, however little of them is written. */
  TreeMap<Integer, Long> promisedBytes() {
    TreeMap<Integer, Long> bytes = new TreeMap<>();
    for (Volume volume : byId.values()) {
      for (List<Integer> chunk : volume.chunks) {
        chunk.forEach(node -> bytes.merge(node, volume.info.chunkBytes(), Long::sum));
      }
    }
    return bytes;
  }

  /** Chunks that are reported and belong to no volume: this database does not know them. */
  List<ChunkId> unknownChunks() {
    List<ChunkId> unknown = new ArrayList<>();
    for (ChunkId chunk : reports.reported()) {
      if (!byId.containsKey(chunk.volume())) {
        unknown.add(chunk);
      }
    }
    return unknown;
  }

  TreeMap<Integer, Integer> replicasOfNodes() {
    TreeMap<Integer, Integer> counts = new TreeMap<>();
    for (Volume volume : byId.values()) {
      for (List<Integer> chunk : volume.chunks) {
        chunk.forEach(node -> counts.merge(node, 1, Integer::sum));
      }
    }
    return counts;
  }

  void create(CreateVolume request, Consumer<CtrlReply> reply, long nowNanos) {
    String wrong = wrongWith(request);
    if (wrong != null) {
      reply.accept(new Refusal(request.requestId(), CtrlStatus.INVALID, wrong));
      return;
    }
    long target = roundUp(request.sizeBytes(), request.chunkBytes());
    Volume known = byName.get(request.name());
    if (known == null) {
      List<ChunkId> unknown = unknownChunks();
      if (!unknown.isEmpty()) {
        reply.accept(
            new Refusal(
                request.requestId(),
                CtrlStatus.NEEDS_RECOVERY,
                "ChunkServers hold "
                    + unknown.size()
                    + " chunks of volumes that this database does not know; rebuild it from them"
                    + " with `polarj ctl recover`"));
        return;
      }
      long id = byId.isEmpty() ? 1 : byId.lastKey() + 1;
      VolumeInfo info =
          new VolumeInfo(
              id, request.name(), 0, target, request.chunkBytes(), request.replicas(), 0, "");
      extend(new Volume(info), target, request.requestId(), reply, nowNanos);
    } else if (known.info.chunkBytes() == request.chunkBytes()
        && known.info.replicas() == request.replicas()
        && known.info.targetBytes() == target) {
      answerWhenComplete(known, request.requestId(), reply, nowNanos);
    } else {
      reply.accept(
          new Refusal(
              request.requestId(),
              CtrlStatus.ALREADY_EXISTS,
              "volume '" + request.name() + "' exists with other parameters: " + known.info));
    }
  }

  void grow(GrowVolume request, Consumer<CtrlReply> reply, long nowNanos) {
    Volume volume = byName.get(request.name());
    if (volume == null) {
      reply.accept(unknown(request.requestId(), request.name()));
      return;
    }
    long chunkBytes = volume.info.chunkBytes();
    if (volume.info.parent() != 0 && volume.info.sizeBytes() == 0) {
      String wrong = "volume '" + request.name() + "' is still being cloned; grow it afterwards";
      reply.accept(new Refusal(request.requestId(), CtrlStatus.INVALID, wrong));
      return;
    }
    if (request.sizeBytes() <= 0 || request.sizeBytes() / chunkBytes >= MAX_CHUNKS) {
      reply.accept(
          new Refusal(
              request.requestId(), CtrlStatus.INVALID, "size " + request.sizeBytes() + " bytes"));
      return;
    }
    long target = roundUp(request.sizeBytes(), chunkBytes);
    if (target <= volume.info.targetBytes()) {
      answerWhenComplete(volume, request.requestId(), reply, nowNanos);
    } else {
      extend(volume, target, request.requestId(), reply, nowNanos);
    }
  }

  void find(FindVolume request, Consumer<CtrlReply> reply) {
    Volume volume = byName.get(request.name());
    reply.accept(
        volume == null
            ? unknown(request.requestId(), request.name())
            : new VolumeReply(request.requestId(), volume.info));
  }

  void route(RouteRequest request, Consumer<CtrlReply> reply) {
    Volume volume = byId.get(request.volume());
    if (volume == null) {
      reply.accept(unknown(request.requestId(), "number " + request.volume()));
      return;
    }
    if (request.firstChunk() < 0 || request.count() < 0) {
      reply.accept(new Refusal(request.requestId(), CtrlStatus.INVALID, "" + request));
      return;
    }
    long wanted = (long) request.firstChunk() + Math.min(request.count(), RouteRequest.MAX_COUNT);
    int end = (int) Math.min(wanted, volume.info.chunks());
    List<ChunkRoute> routes = new ArrayList<>();
    for (int chunk = request.firstChunk(); chunk < end; chunk++) {
      routes.add(route(new ChunkId(request.volume(), chunk)));
    }
    reply.accept(new RouteReply(request.requestId(), volume.info, routes));
  }

  /** The members are those stored and those the leader names: a move is between the two. */
  ChunkRoute route(ChunkId chunk) {
    return new ChunkRoute(
        chunk.index(), reports.leaderNode(chunk), nodes.members(membersKnown(chunk)));
  }

  /** Whoever may be a member, by what is stored and by what the leader says. */
  List<Integer> membersKnown(ChunkId chunk) {
    List<Integer> members = new ArrayList<>(byId.get(chunk.volume()).chunks.get(chunk.index()));
    ReportTable.Leader leader = reports.leader(chunk);
    if (leader != null) {
      leader.report().voters().stream()
          .filter(node -> !members.contains(node))
          .forEach(members::add);
    }
    return members;
  }

  /** Saves what could not be saved before, and refuses those who have waited too long. */
  void tick(long nowNanos) {
    for (Volume volume : byId.values()) {
      completeIfMade(volume);
      Iterator<Volume.Waiter> waiters = volume.waiters.iterator();
      while (waiters.hasNext()) {
        Volume.Waiter waiter = waiters.next();
        if (nowNanos - waiter.deadlineNanos() >= 0) {
          waiters.remove();
          String left = volume.replicasToMake + " replicas of volume '" + volume.info.name() + "'";
          waiter
              .reply()
              .accept(
                  new Refusal(
                      waiter.requestId(),
                      CtrlStatus.TIMED_OUT,
                      left + " are not made yet: see whether all ChunkServers are up"));
        }
      }
    }
  }

  /** Places and makes the chunks up to the target. The volume may be new. */
  private void extend(
      Volume volume, long target, long requestId, Consumer<CtrlReply> reply, long nowNanos) {
    VolumeInfo info = volume.info;
    int present = volume.chunks.size();
    int wanted = (int) (target / info.chunkBytes()) - present;
    List<List<Integer>> placed;
    try {
      placed =
          placement.place(
              nodes.candidates(promisedBytes(), nowNanos),
              wanted,
              info.replicas(),
              info.chunkBytes());
    } catch (IllegalArgumentException e) {
      reply.accept(new Refusal(requestId, CtrlStatus.NOT_ENOUGH_NODES, e.getMessage()));
      return;
    }
    List<StoredChunk> stored = new ArrayList<>();
    for (int i = 0; i < placed.size(); i++) {
      stored.add(new StoredChunk(new ChunkId(info.id(), present + i), placed.get(i)));
    }
    VolumeInfo grown = volume.withSize(info.sizeBytes(), target);
    store.saveVolume(grown, stored);
    volume.info = grown;
    volume.chunks.addAll(placed);
    if (!byId.containsKey(info.id())) {
      add(volume);
    }
    answerWhenComplete(volume, requestId, reply, nowNanos);
    makeChunks(volume, present, nowNanos);
  }

  /**
   * Makes a volume whose chunks begin as what a snapshot shows, on the nodes that have it. Repeated
   * with the same name it is the same volume.
   */
  void cloneOf(Volume parent, StoredSnapshot snapshot, String name, long nowNanos) {
    Volume known = byName.get(name);
    VolumeInfo from = parent.info;
    if (known != null) {
      boolean same =
          known.info.parent() == from.id() && known.info.parentSnapshot() == snapshot.number();
      if (!same) {
        throw new RefusedException(
            CtrlStatus.ALREADY_EXISTS, "volume '" + name + "' exists and is no such clone");
      }
      return;
    }
    CreateVolume request =
        new CreateVolume(0, name, snapshot.sizeBytes(), from.chunkBytes(), from.replicas());
    String wrong = wrongWith(request);
    if (wrong != null) {
      throw new RefusedException(CtrlStatus.INVALID, wrong);
    }
    VolumeInfo info =
        new VolumeInfo(
            byId.lastKey() + 1,
            name,
            0,
            snapshot.sizeBytes(),
            from.chunkBytes(),
            from.replicas(),
            0,
            "",
            0,
            from.id(),
            snapshot.number());
    Volume volume = new Volume(info);
    List<StoredChunk> stored = new ArrayList<>();
    for (int i = 0; i < snapshot.sizeBytes() / from.chunkBytes(); i++) {
      List<Integer> on = List.copyOf(parent.chunks.get(i));
      volume.chunks.add(on);
      stored.add(new StoredChunk(new ChunkId(info.id(), i), on));
    }
    store.saveVolume(info, stored);
    add(volume);
    makeChunks(volume, 0, nowNanos);
  }

  /** Takes in volumes that are in the store already. */
  void add(VolumeInfo info, List<List<Integer>> chunks, long nowNanos, long leaseMillis) {
    Volume volume = new Volume(info);
    volume.chunks.addAll(chunks);
    volume.leaseEndNanos = nowNanos + leaseMillis * 1_000_000;
    add(volume);
    makeChunks(volume, nowNanos);
  }

  private void add(Volume volume) {
    byId.put(volume.info.id(), volume);
    byName.put(volume.info.name(), volume);
  }

  private void makeChunks(Volume volume, long nowNanos) {
    if (!volume.info.complete()) {
      makeChunks(volume, volume.info.chunks(), nowNanos);
    }
  }

  private void makeChunks(Volume volume, int first, long nowNanos) {
    int last = volume.chunks.size();
    for (int index = first; index < last; index++) {
      volume.replicasToMake += volume.chunks.get(index).size();
    }
    for (int at = first; at < last; at++) {
      int index = at;
      ChunkId chunk = new ChunkId(volume.info.id(), index);
      VolumeLabel label = new VolumeLabel(volume.info.name(), volume.info.replicas());
      List<Integer> numbers = volume.chunks.get(index);
      List<GroupMember> members = nodes.members(numbers);
      for (int node : numbers) {
        calls.start(
            new ControlCalls.Call(
                chunk,
                List.of(node),
                node,
                id ->
                    new CreateChunk(
                        id,
                        chunk,
                        volume.info.chunkBytes(),
                        volume.info.epoch(),
                        members,
                        label,
                        0,
                        origin(volume.info, index)),
                done -> made(volume)),
            nowNanos);
      }
    }
  }

  /** A clone's chunks behind the snapshot's end begin empty, like any other. */
  private CreateChunk.Origin origin(VolumeInfo info, int index) {
    Volume parent = byId.get(info.parent());
    if (parent == null || info.sizeBytes() > 0) {
      return CreateChunk.Origin.NONE; // it has grown since it was cloned
    }
    return new CreateChunk.Origin(new ChunkId(info.parent(), index), info.parentSnapshot());
  }

  private void made(Volume volume) {
    volume.replicasToMake--;
    completeIfMade(volume);
  }

  private void completeIfMade(Volume volume) {
    if (volume.replicasToMake > 0 || volume.info.complete()) {
      return;
    }
    VolumeInfo complete = volume.withSize(volume.info.targetBytes(), volume.info.targetBytes());
    store.saveVolume(complete);
    volume.info = complete;
    for (Volume.Waiter waiter : volume.waiters) {
      waiter.reply().accept(new VolumeReply(waiter.requestId(), complete));
    }
    volume.waiters.clear();
  }

  private void answerWhenComplete(
      Volume volume, long requestId, Consumer<CtrlReply> reply, long nowNanos) {
    if (volume.info.complete()) {
      reply.accept(new VolumeReply(requestId, volume.info));
      return;
    }
    volume.waiters.removeIf(waiter -> waiter.requestId() == requestId);
    volume.waiters.add(new Volume.Waiter(requestId, nowNanos + timeoutNanos, reply));
  }

  private static String wrongWith(CreateVolume request) {
    if (request.name().isBlank() || request.name().length() > MAX_NAME_CHARACTERS) {
      return "a volume's name has 1 to " + MAX_NAME_CHARACTERS + " characters";
    }
    if (request.chunkBytes() <= 0 || request.chunkBytes() % StorageLimits.BLOCK_BYTES != 0) {
      return "chunk size " + request.chunkBytes() + " is not a multiple of 64 KiB";
    }
    if (request.sizeBytes() <= 0 || request.sizeBytes() / request.chunkBytes() >= MAX_CHUNKS) {
      return "size " + request.sizeBytes() + ": a volume has 1 to " + MAX_CHUNKS + " chunks";
    }
    if (request.replicas() < 1 || request.replicas() > StorageLimits.MAX_MEMBERS) {
      return request.replicas() + " replicas: 1 to " + StorageLimits.MAX_MEMBERS + " are possible";
    }
    return null;
  }

  static Refusal unknown(long requestId, String what) {
    return new Refusal(requestId, CtrlStatus.NOT_FOUND, "there is no volume " + what);
  }

  private static long roundUp(long bytes, long unit) {
    return Math.ceilDiv(bytes, unit) * unit;
  }
}
