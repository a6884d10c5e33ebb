package io.polarj.storage.repair;

/** Carries messages to other nodes; may lose, repeat and reorder them. */
@FunctionalInterface
public interface Outlet {
  void send(int node, RepairMessage message);
}
