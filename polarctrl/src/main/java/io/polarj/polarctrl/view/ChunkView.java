package io.polarj.polarctrl.view;

import java.util.List;

/**
 * A chunk.
 *
 * @param chunk volume and number, as {@code 1.0}
 * @param leader 0 when unknown
 * @param plan the open plan that works on it, 0 for none
 */
public record ChunkView(
    String chunk,
    ChunkState state,
    int leader,
    long term,
    long epoch,
    List<ReplicaView> replicas,
    long plan,
    IoView io) {
  public ChunkView {
    replicas = List.copyOf(replicas);
  }
}
