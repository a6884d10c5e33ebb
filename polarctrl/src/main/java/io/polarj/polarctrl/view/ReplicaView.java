package io.polarj.polarctrl.view;

/**
 * A replica of a chunk. {@code role} is what the node reports, or VOTER, when it was never heard
 * of.
 *
 * @param damagedSectors damaged now; {@code repairedSectors} were, since the node's start
 * @param divergentBlocks that differ from another member's though both are intact (leader only)
 * @param scrubPasses how often all of it was verified since the node's start
 */
public record ReplicaView(
    int node,
    String role,
    NodeState nodeState,
    boolean lost,
    boolean caughtUp,
    long appliedIndex,
    long allocatedBytes,
    long damagedSectors,
    long repairedSectors,
    long divergentBlocks,
    long scrubPasses) {}
