package io.polarj.storage.raft;

/**
 * A replica as it sees itself.
 *
 * @param serving leads and answers clients
 * @param leaderHint replica id of the leader, 0 when unknown
 * @param decided every index up to here is decided and held
 * @param applied every index up to here is applied
 * @param trimmed every index up to here is in the blocks only
 */
public record ReplicaStatus(
    Role role,
    boolean serving,
    long term,
    int leaderHint,
    long barrierTerm,
    long last,
    long decided,
    long applied,
    long trimmed,
    long epoch) {

  /** Codes are not stored. */
  public enum Role {
    FOLLOWER,
    CANDIDATE,
    LEADER,
    FAILED
  }
}
