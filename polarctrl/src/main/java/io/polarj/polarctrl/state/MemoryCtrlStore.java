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

  @Override
  public StoredState load() {
    return new StoredState(
        new ArrayList<>(nodes.values()),
        new ArrayList<>(volumes.values()),
        new ArrayList<>(chunks.values()));
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
  public void close() {}
}
