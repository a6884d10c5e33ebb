package io.polarj.storage.raft;

import java.util.List;

/**
 * What a log held when it was opened.
 *
 * @param entries headers in index order, all above the snapshot's index; holes are allowed
 * @param applied entries that the blocks are known to hold; they were decided, and are not applied
 *     again
 */
public record RecoveredLog(
    HardState hardState, Snapshot snapshot, List<EntryHeader> entries, AppliedEntries applied) {
  public static final RecoveredLog EMPTY =
      new RecoveredLog(HardState.INITIAL, Snapshot.EMPTY, List.of(), AppliedEntries.NONE);
}
