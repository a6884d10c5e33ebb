package io.polarj.polarctrl.state;

import io.polarj.polarctrl.protocol.VolumeInfo;
import java.util.ArrayList;
import java.util.List;

/** What one transaction of the store changes; every entry inserts or replaces. */
public final class StoreChange {
  private final List<StoredNode> nodes = new ArrayList<>();
  private final List<VolumeInfo> volumes = new ArrayList<>();
  private final List<StoredChunk> placements = new ArrayList<>();
  private final List<StoredPlan> plans = new ArrayList<>();
  private final List<Leftover> leftovers = new ArrayList<>();
  private final List<Leftover> cleared = new ArrayList<>();
  private final List<StoredSnapshot> snapshots = new ArrayList<>();
  private final List<StoredSnapshot> removed = new ArrayList<>();

  public StoreChange node(StoredNode node) {
    nodes.add(node);
    return this;
  }

  public StoreChange volume(VolumeInfo volume) {
    volumes.add(volume);
    return this;
  }

  /** Where the chunk's voters are from now on. */
  public StoreChange placement(StoredChunk chunk) {
    placements.add(chunk);
    return this;
  }

  public StoreChange plan(StoredPlan plan) {
    plans.add(plan);
    return this;
  }

  public StoreChange leftover(Leftover leftover) {
    leftovers.add(leftover);
    return this;
  }

  /** The leftover is deleted. */
  public StoreChange cleared(Leftover leftover) {
    cleared.add(leftover);
    return this;
  }

  public StoreChange snapshot(StoredSnapshot snapshot) {
    snapshots.add(snapshot);
    return this;
  }

  /** The snapshot is gone. */
  public StoreChange removed(StoredSnapshot snapshot) {
    removed.add(snapshot);
    return this;
  }

  List<StoredSnapshot> snapshots() {
    return snapshots;
  }

  List<StoredSnapshot> removedSnapshots() {
    return removed;
  }

  List<StoredNode> nodes() {
    return nodes;
  }

  List<VolumeInfo> volumes() {
    return volumes;
  }

  List<StoredChunk> placements() {
    return placements;
  }

  List<StoredPlan> plans() {
    return plans;
  }

  List<Leftover> leftovers() {
    return leftovers;
  }

  List<Leftover> clearedLeftovers() {
    return cleared;
  }
}
