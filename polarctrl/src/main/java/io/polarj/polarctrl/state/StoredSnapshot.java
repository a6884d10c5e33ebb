package io.polarj.polarctrl.state;

import java.util.Objects;

/**
 * A snapshot of a volume as it is kept.
 *
 * @param number counts the volume's snapshots and restores; never used twice
 * @param sizeBytes of the volume when it was begun: later chunks are not in it
 * @param restoreNumber the number of a restore that is under way, else 0
 */
public record StoredSnapshot(
    long volume,
    int number,
    String name,
    SnapshotState state,
    long sizeBytes,
    long createdMillis,
    int restoreNumber) {
  public StoredSnapshot {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(state, "state");
  }

  StoredSnapshot in(SnapshotState other, int restore) {
    return new StoredSnapshot(volume, number, name, other, sizeBytes, createdMillis, restore);
  }
}
