package io.polarj.storage.raft;

/** What an entry does when it is applied. The code is stored and sent; it never changes. */
public enum EntryKind {
  /** Nothing: a hole that a merge decided to leave empty. */
  NOOP(0),
  /** Writes the payload at the range. */
  WRITE(1),
  /** Raises the chunk's fencing epoch; ordered against every other entry. */
  FENCE(2),
  /** Forgets the range, which then reads as zeros; has no payload. */
  DISCARD(3),
  /** Begins the next era; ordered against every other entry. */
  SNAPSHOT(4),
  /** Forgets a snapshot; ordered against every other entry. */
  DELETE_SNAPSHOT(5),
  /**
   * Begins an era in which a snapshot's content is the present one; ordered against every other
   * entry.
   */
  RESTORE(6);

  private final int code;

  EntryKind(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }

  /** Whether a client asked for it under a request id, and it changes a range of bytes. */
  boolean changesBytes() {
    return this == WRITE || this == DISCARD;
  }

  /** Whether it concerns the chunk as a whole and what its snapshots show. */
  boolean ofSnapshots() {
    return this == SNAPSHOT || this == DELETE_SNAPSHOT || this == RESTORE;
  }

  /** The kind with that code, or null. */
  public static EntryKind ofCode(int code) {
    return switch (code) {
      case 0 -> NOOP;
      case 1 -> WRITE;
      case 2 -> FENCE;
      case 3 -> DISCARD;
      case 4 -> SNAPSHOT;
      case 5 -> DELETE_SNAPSHOT;
      case 6 -> RESTORE;
      default -> null;
    };
  }
}
