package io.polarj.polarctrl.state;

/** How far a snapshot is. The names are stored. */
public enum SnapshotState {
  /** Intended; not every chunk has taken it. */
  TAKING,
  /** Every chunk has it, durably. */
  READY,
  /** Ready, and every chunk is made what it shows. */
  RESTORING,
  /** Not to be used any more; not every chunk has forgotten it. */
  DELETING
}
