package io.polarj.polarctrl.state;

import io.polarj.polarctrl.protocol.VolumeInfo;
import java.util.List;

/** All that the store holds; of plans that ended only the newest. */
public record StoredState(
    List<StoredNode> nodes,
    List<VolumeInfo> volumes,
    List<StoredChunk> chunks,
    List<StoredPlan> plans,
    List<Leftover> leftovers,
    List<StoredSnapshot> snapshots) {
  public StoredState {
    nodes = List.copyOf(nodes);
    volumes = List.copyOf(volumes);
    chunks = List.copyOf(chunks);
    plans = List.copyOf(plans);
    leftovers = List.copyOf(leftovers);
    snapshots = List.copyOf(snapshots);
  }
}
