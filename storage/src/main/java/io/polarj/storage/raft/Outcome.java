package io.polarj.storage.raft;

/** How a client's request ended. */
public enum Outcome {
  /** Done. A write is durable on a majority. */
  OK,
  /**
   * This replica does not lead, or does not yet; nothing is known of the request: ask the leader.
   */
  NOT_LEADER,
  /** Leadership was lost while the write was under way: it may or may not have happened. Retry. */
  UNKNOWN,
  /** The chunk was told a newer epoch. Nothing was done; this client must stop. */
  FENCED,
  /** A late copy of a request that the client declared settled. Nothing was done now. */
  STALE,
  /** Too many requests wait. Nothing was done; retry later. */
  OVERLOADED,
  /** The members are not those that the asker saw. Nothing was done. */
  CONFLICT,
  /** The members can not be changed now. Nothing was done; retry later. */
  BUSY,
  /** Not aligned, too long, outside the chunk or with a bad request id. Nothing was done. */
  INVALID,
  /** There is no such snapshot of the chunk. Nothing was done. */
  NO_SNAPSHOT,
  /** The local disk failed. Retry: another replica takes over. */
  FAILED
}
