package io.polarj.storage.store;

import io.polarj.platform.loop.Probe;

/** Rare places of the disk's code; see {@link Probe}. */
public enum StoreProbe implements Probe {
  /** A log record was found whose body is damaged. */
  RECORD_WITHOUT_BODY,
  /** A checkpoint was torn, or not written yet, and the other was taken. */
  ONE_CHECKPOINT_ONLY,
  /** Entries that pinned the log were written again at its end. */
  ENTRIES_MOVED,
  DISK_FAILED
}
