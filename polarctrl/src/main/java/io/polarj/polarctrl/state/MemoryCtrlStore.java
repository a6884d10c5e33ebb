package io.polarj.polarctrl.state;

import io.polarj.polarctrl.protocol.VolumeInfo;
import io.polarj.storage.protocol.ChunkId;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** A store that lives as long as its object: for simulations, where it plays the surviving disk. */
public final class MemoryCtrlStore implements CtrlStore {
  private final TreeMap<Integer, StoredNode> nodes = new TreeMap<>();
  private final TreeMap<Long, VolumeInfo> volumes = new TreeMap<>();
  private final TreeMap<ChunkId, StoredChunk> chunks = new TreeMap<>();
  private final TreeMap<Long, StoredPlan> plans = new TreeMap<>();
  private final TreeMap<ChunkId, TreeMap<Integer, Leftover>> leftovers = new TreeMap<>();

  private final TreeMap<String, StoredSnapshot> snapshots = new TreeMap<>();

  @Override
  public StoredState load() {
    List<Leftover> rests = new ArrayList<>();
    leftovers.values().forEach(ofChunk -> rests.addAll(ofChunk.values()));
    return new StoredState(
        new ArrayList<>(nodes.values()),
        new ArrayList<>(volumes.values()),
        new ArrayList<>(chunks.values()),
        new ArrayList<>(plans.values()),
        rests,
        new ArrayList<>(snapshots.values()));
  }

  @Override
  public void saveNode(StoredNode node) {
    nodes.put(node.node(), node);
  }

  @Override
  public void saveVolume(VolumeInfo volume) {
    volumes.put(volume.id(), volume);
  }

  @Override
  public void saveVolume(VolumeInfo volume, List<StoredChunk> newChunks) {
    saveVolume(volume);
    newChunks.forEach(chunk -> chunks.put(chunk.chunk(), chunk));
  }

  @Override
  public void save(StoreChange change) {
    change.nodes().forEach(this::saveNode);
    change.volumes().forEach(this::saveVolume);
    change.placements().forEach(chunk -> chunks.put(chunk.chunk(), chunk));
    change.plans().forEach(plan -> plans.put(plan.id(), plan));
    change.snapshots().forEach(snapshot -> snapshots.put(key(snapshot), snapshot));
    change.removedSnapshots().forEach(snapshot -> snapshots.remove(key(snapshot)));
    for (Leftover leftover : change.leftovers()) {
      leftovers
          .computeIfAbsent(leftover.chunk(), chunk -> new TreeMap<>())
          .put(leftover.node(), leftover);
    }
    for (Leftover leftover : change.clearedLeftovers()) {
      TreeMap<Integer, Leftover> ofChunk = leftovers.get(leftover.chunk());
      if (ofChunk != null) {
        ofChunk.remove(leftover.node());
      }
    }
  }

  private static String key(StoredSnapshot snapshot) {
    return "%019d.%010d".formatted(snapshot.volume(), snapshot.number());
  }

  @Override
  public void close() {}
}
