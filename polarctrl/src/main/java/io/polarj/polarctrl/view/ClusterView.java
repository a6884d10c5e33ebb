package io.polarj.polarctrl.view;

/**
 * The cluster in one line.
 *
 * @param waiting replicas that are to be made or moved and have no plan yet
 * @param stuck of those, the ones that can not be begun now; {@code message} says why the first can
 *     not
 * @param unknownChunks chunks that ChunkServers report and that belong to no volume: the database
 *     was lost, see {@code polarj ctl recover}
 */
public record ClusterView(
    long clusterId,
    int nodes,
    int up,
    int suspect,
    int lost,
    int volumes,
    int chunks,
    int healthy,
    int degraded,
    int underReplicated,
    int unavailable,
    int openPlans,
    int mostMoves,
    int waiting,
    int stuck,
    int leftovers,
    int unknownChunks,
    String message) {}
