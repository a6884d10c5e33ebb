package io.polarj.polarctrl.state;

import io.polarj.polarctrl.protocol.CtrlStatus;
import io.polarj.polarctrl.protocol.VolumeInfo;
import io.polarj.polarctrl.view.ChunkView;
import io.polarj.polarctrl.view.ClusterView;
import io.polarj.polarctrl.view.NodeState;
import io.polarj.polarctrl.view.NodeView;
import io.polarj.polarctrl.view.PlanView;
import io.polarj.polarctrl.view.RecoveryView;
import io.polarj.polarctrl.view.SnapshotView;
import io.polarj.polarctrl.view.VolumeView;
import io.polarj.storage.protocol.ChunkId;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What operators may see and ask for. On the control plane's loop; a request that can not be
 * granted throws {@link RefusedException} and has changed nothing.
 */
public final class Operator {
  private static final Logger LOG = LoggerFactory.getLogger(Operator.class);

  /** Left out after a recovery, for replicas of nodes that did not report then. */
  private static final int SKIPPED_GENERATIONS = 10_000;

  private final ControlParts parts;
  private final PlanTable plans;
  private final Mover mover;
  private final MovePlanner planner;
  private final Views views;
  private final SnapshotTable snapshots;

  Operator(
      ControlParts parts,
      PlanTable plans,
      Mover mover,
      MovePlanner planner,
      Views views,
      SnapshotTable snapshots) {
    this.parts = parts;
    this.plans = plans;
    this.mover = mover;
    this.planner = planner;
    this.views = views;
    this.snapshots = snapshots;
  }

  public List<SnapshotView> snapshots(String volume) {
    return snapshots.list(volume);
  }

  /** Begins to take a snapshot of a volume, which goes on being written; it is there when READY. */
  public SnapshotView createSnapshot(String volume, String name) {
    return snapshots.create(volume, name, parts.clock().wallMillis(), now());
  }

  /** Begins to forget a snapshot that no clone reads; gone when it is listed no more. */
  public SnapshotView deleteSnapshot(String volume, int number) {
    return snapshots.delete(volume, number, now());
  }

  /** Begins to make a volume that nobody writes what a snapshot shows; done when READY again. */
  public SnapshotView restoreSnapshot(String volume, int number) {
    return snapshots.restore(volume, number, now());
  }

  /** Begins to make a volume of what a snapshot shows; whole when its size is the target's. */
  public VolumeView cloneSnapshot(String volume, int number, String name) {
    Volume parent = parts.volumes().find(volume);
    if (parent == null) {
      throw new RefusedException(CtrlStatus.NOT_FOUND, "there is no volume '" + volume + "'");
    }
    StoredSnapshot snapshot = snapshots.ready(parent, number);
    for (int index = 0; index < parent.info.chunks(); index++) {
      ChunkId chunk = new ChunkId(parent.info.id(), index);
      if (plans.of(chunk) != null) {
        throw new RefusedException(
            CtrlStatus.ALREADY_EXISTS,
            "a replica of chunk " + chunk + " is being moved; clone when that has ended");
      }
    }
    parts.volumes().cloneOf(parent, snapshot, name, now());
    return views.volumes(now()).stream()
        .filter(view -> view.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  public ClusterView cluster() {
    return views.cluster(now());
  }

  public List<NodeView> nodes() {
    return views.nodes(now());
  }

  public List<VolumeView> volumes() {
    return views.volumes(now());
  }

  /** {@code volume}: a name, or empty for all. */
  public List<ChunkView> chunks(String volume) {
    Volume only = volume.isEmpty() ? null : parts.volumes().find(volume);
    if (only == null && !volume.isEmpty()) {
      throw new RefusedException(CtrlStatus.NOT_FOUND, "there is no volume '" + volume + "'");
    }
    return views.chunks(only, now());
  }

  /** {@code all}: also those that ended lately. */
  public List<PlanView> plans(boolean all) {
    return views.plans(all, now());
  }

  /** Its replicas are moved away; it gets no new ones. */
  public void decommission(int number) {
    NodeTable.Node node = node(number);
    if (node.stored().admin() == NodeAdmin.DRAINING) {
      return;
    }
    int replicas = parts.volumes().replicasOfNodes().getOrDefault(number, 0);
    save(node.stored().withAdmin(NodeAdmin.DRAINING, replicas));
  }

  /** It may have replicas again, whatever was decided about it before. */
  public void recommission(int number) {
    NodeTable.Node node = node(number);
    if (node.stored().admin() != NodeAdmin.IN_SERVICE) {
      save(node.stored().withAdmin(NodeAdmin.IN_SERVICE, 0));
    }
  }

  /** It will not come back: its replicas are made anew elsewhere at once. */
  public void lost(int number, boolean force) {
    NodeTable.Node node = node(number);
    if (!force && parts.nodes().up(number, now())) {
      throw new RefusedException(
          CtrlStatus.INVALID,
          "node "
              + number
              + " is up; decommission it, or say with --force that it is to count as lost");
    }
    if (node.stored().admin() != NodeAdmin.LOST_BY_ORDER) {
      save(node.stored().withAdmin(NodeAdmin.LOST_BY_ORDER, 0));
    }
  }

  /** Moves one replica of a chunk; the target 0 is chosen here. */
  public PlanView move(String chunkText, int source, int target) {
    ChunkId chunk = chunk(chunkText);
    node(source);
    long now = now();
    ChunkHealth.Assessment found = parts.volumes().assess(chunk, now);
    PlanTable.Plan other = plans.of(chunk);
    if (other != null) {
      throw new RefusedException(
          CtrlStatus.ALREADY_EXISTS,
          "plan "
              + other.stored().id()
              + " works on chunk "
              + chunk
              + "; wait for it or cancel it");
    }
    int to = target;
    if (to == 0 && found.changeable()) {
      to = planner.target(found, source, now);
    }
    if (target != 0) {
      node(target);
    }
    String wrong = planner.wrongWith(found, source, to, now);
    if (to == 0 && found.changeable()) {
      wrong = "no other ChunkServer is up and has room for a replica of chunk " + chunk;
    }
    if (wrong != null) {
      throw new RefusedException(CtrlStatus.INVALID, wrong);
    }
    return views.plan(
        plans.create(chunk, PlanKind.OPERATOR, source, to, false, parts.clock().wallMillis()), now);
  }

  /** Undoes a plan, which is possible until its target votes. */
  public PlanView cancel(long id) {
    PlanTable.Plan plan = plans.find(id);
    if (plan == null) {
      throw new RefusedException(
          CtrlStatus.NOT_FOUND, "there is no open plan " + id + "; `polarj ctl plans` lists them");
    }
    String wrong = mover.cancel(plan, "cancelled by an operator");
    if (wrong != null) {
      throw new RefusedException(CtrlStatus.INVALID, wrong);
    }
    return views.plan(plan, now());
  }

  /**
   * Rebuilds volumes from the ChunkServers' reports, or only looks what could be rebuilt.
   *
   * @param names for volumes that do not know theirs, by number
   */
  public RecoveryView recover(boolean apply, Map<Long, String> names) {
    Recovery recovery = new Recovery(parts, names, now());
    recovery.look();
    if (!apply) {
      return recovery.view(false);
    }
    StoreChange change = new StoreChange();
    for (Recovery.Rebuilt volume : recovery.rebuilt()) {
      change.volume(volume.info());
      for (int index = 0; index < volume.chunks().size(); index++) {
        change.placement(
            new StoredChunk(new ChunkId(volume.info().id(), index), volume.chunks().get(index)));
      }
    }
    parts.store().save(change);
    if (!recovery.rebuilt().isEmpty()) {
      plans.skipTo(
          recovery.newestGeneration() + SKIPPED_GENERATIONS,
          new ChunkId(recovery.rebuilt().getFirst().info().id(), 0),
          parts.clock().wallMillis());
    }
    for (Recovery.Rebuilt volume : recovery.rebuilt()) {
      VolumeInfo info = volume.info();
      parts.volumes().add(info, volume.chunks(), now(), parts.settings().writerLeaseMillis());
      LOG.info("volume '{}' is rebuilt with {} chunks", info.name(), volume.chunks().size());
    }
    return recovery.view(true);
  }

  private NodeTable.Node node(int number) {
    NodeTable.Node node = parts.nodes().find(number);
    if (node == null) {
      throw new RefusedException(
          CtrlStatus.NOT_FOUND, "there is no node " + number + "; `polarj ctl nodes` lists them");
    }
    return node;
  }

  private ChunkId chunk(String text) {
    int dot = text.indexOf('.');
    ChunkId chunk = null;
    try {
      if (dot > 0) {
        chunk =
            new ChunkId(
                Long.parseLong(text.substring(0, dot)), Integer.parseInt(text.substring(dot + 1)));
      }
    } catch (IllegalArgumentException e) {
      LOG.debug("not a chunk: {}", text, e);
    }
    if (chunk == null || !parts.volumes().has(chunk)) {
      throw new RefusedException(
          CtrlStatus.NOT_FOUND,
          "there is no chunk '"
              + text
              + "'; a chunk is called VOLUME.NUMBER, as `polarj ctl"
              + " chunks` lists them");
    }
    return chunk;
  }

  private void save(StoredNode changed) {
    parts.store().saveNode(changed);
    NodeState before = parts.nodes().state(changed.node(), now());
    parts.nodes().saved(changed);
    LOG.info("node {} ({}) is {} now", changed.node(), before, changed.admin());
  }

  private long now() {
    return parts.clock().nanoTime();
  }
}
