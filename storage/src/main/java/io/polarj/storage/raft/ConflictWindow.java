package io.polarj.storage.raft;

/**
 * The leader's look-behind window: computes for a new entry which of its N predecessors in the same
 * segment it overlaps. Entries of older segments are closed before the segment opens, so they are
 * not the window's business (rule 7).
 */
final class ConflictWindow {
  private final int lookBehind;
  private final boolean blind;

  /**
   * @param blind plants {@link PlantedBug#BLIND_BATCHES}
   */
  ConflictWindow(int lookBehind, boolean blind) {
    this.lookBehind = lookBehind;
    this.blind = blind;
  }

  EntryHeader complete(EntryHeader entry, Journal journal) {
    long conflicts = 0;
    int reach = lookBehind;
    for (int k = 0; k < lookBehind; k++) {
      Slot slot = journal.slot(entry.index() - 1 - k);
      long earlier = entry.index() - 1 - k;
      if (earlier < journal.hard().barrierStart()) {
        break; // closed before the segment opened
      }
      if (slot == null && blind) {
        continue;
      }
      if (slot == null) {
        reach = k; // trimmed: applied here, but a follower must not take our word for it
        break;
      }
      if (slot.header.conflictsWith(entry)) {
        conflicts |= 1L << k;
      }
    }
    return entry.withConflicts(conflicts, reach);
  }
}
