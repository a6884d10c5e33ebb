package io.polarj.storage.raft;

import io.polarj.platform.disk.IoCallback;

/**
 * The durable log of one chunk replica, typically one of many that share a disk's write-ahead log.
 *
 * <p>Order is the contract: changes take effect in the order of the calls, a callback without an
 * error means that its change and every earlier one of this log are durable, and after a crash the
 * log holds the effect of a prefix of the calls that includes every confirmed one. Callbacks run
 * later on the replica's loop, never inside the call. After an error the log takes no further
 * changes; the replica stops.
 */
public interface RaftLog {
  /** Stores the entry, replacing one of the same index. Indices may come with holes. */
  void append(LogEntry entry, IoCallback durable);

  /** Forgets every entry at or above the index. */
  void truncateFrom(long index, IoCallback durable);

  void saveHardState(HardState state, IoCallback durable);

  /** Remembers the snapshot and forgets every entry up to its index. */
  void saveSnapshot(Snapshot snapshot, IoCallback durable);

  /**
   * Whether there is room for an entry that a follower may also refuse for now; the leader sends it
   * again.
   *
   * @param lacking nothing above it can be applied without it: refused only in the last extremity
   */
  default boolean admits(EntryHeader header, boolean lacking) {
    return true;
  }

  /**
   * Whether every entry held can be read, as far as is known. A replica that remembers an entry but
   * has lost its bytes votes as before, but leaves leading to others.
   */
  default boolean whole() {
    return true;
  }

  /** Reads an entry back, stored before by {@link #append} and not forgotten since. */
  void read(long index, EntryCallback done);

  /** Exactly one of the arguments is null. A stored entry that fails its checksum is an error. */
  @FunctionalInterface
  interface EntryCallback {
    void completed(LogEntry entry, java.io.IOException error);
  }
}
