package io.polarj.polarctrl.view;

/**
 * A snapshot of a volume.
 *
 * @param state TAKING, READY, RESTORING or DELETING
 * @param chunksLeft chunks that have not done yet what the state says
 * @param clones names of the volumes that are clones of it, with commas
 */
public record SnapshotView(
    String volume,
    int number,
    String name,
    String state,
    long sizeBytes,
    long createdMillis,
    int chunksLeft,
    String clones) {}
