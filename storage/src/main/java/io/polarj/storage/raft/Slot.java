package io.polarj.storage.raft;

/** One held log entry in memory. Package-private and mutable; owned by {@link Journal}. */
final class Slot {
  final EntryHeader header;

  /** Null once applied, or when it was only read back as a header. */
  byte[] payload;

  boolean durable;
  boolean decided;
  boolean applying;
  boolean applied;
  boolean loading;

  /** Leader: bit per member ordinal whose acknowledgement under the current ballot came in. */
  long acknowledged;

  Slot(EntryHeader header, byte[] payload) {
    this.header = header;
    this.payload = payload;
  }
}
