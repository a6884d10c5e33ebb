package io.polarj.storage.raft;

/**
 * The leader's look-behind window: computes for a new entry which of its N predecessors in the same
 * segment it overlaps. Entries of older segments are closed before the segment opens, so they are
 * not the window's business (rule 7).
 */
final class ConflictWindow {
  private final int lookBehind;

  ConflictWindow(int lookBehind) {
    this.lookBehind = lookBehind;
  }

  EntryHeader complete(EntryHeader entry, Journal journal) {
    long conflicts = 0;
    for (int k = 0; k < lookBehind; k++) {
      Slot slot = journal.slot(entry.index() - 1 - k);
      if (slot == null || slot.header.segment() != entry.segment()) {
        break;
      }
      if (slot.header.conflictsWith(entry)) {
        conflicts |= 1L << k;
      }
    }
    return new EntryHeader(
        entry.index(),
        entry.segment(),
        entry.ballot(),
        entry.kind(),
        entry.request(),
        entry.epoch(),
        entry.offset(),
        entry.length(),
        conflicts,
        lookBehind,
        entry.crc());
  }
}
