package io.polarj.polarctrl.state;

import io.polarj.storage.protocol.ChunkId;
import java.util.Objects;

/**
 * The decision to move a chunk's replica. Only the decision and its end are stored: the steps in
 * between are derived from what the ChunkServers report, so that a plan goes on after a restart
 * wherever the group really is.
 *
 * @param id also the generation of the replica that it makes
 * @param source the voter that is to go, 0 when one is only to be added
 * @param target the node that is to have a replica, 0 when one is only to go
 * @param cancelled whether it is to be undone; possible until the target votes
 * @param outcome how it ended, for people
 */
public record StoredPlan(
    long id,
    ChunkId chunk,
    PlanKind kind,
    int source,
    int target,
    PlanState state,
    boolean cancelled,
    long createdMillis,
    long endedMillis,
    String outcome) {
  public StoredPlan {
    Objects.requireNonNull(chunk, "chunk");
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(state, "state");
    Objects.requireNonNull(outcome, "outcome");
    if (source == target) {
      throw new IllegalArgumentException("plan " + id + " moves from " + source + " to itself");
    }
  }

  StoredPlan cancel(String why) {
    return new StoredPlan(
        id, chunk, kind, source, target, state, true, createdMillis, endedMillis, why);
  }

  /** Past the point where it can be undone: it goes on. */
  StoredPlan uncancel() {
    return new StoredPlan(
        id, chunk, kind, source, target, state, false, createdMillis, endedMillis, "");
  }

  StoredPlan ended(PlanState end, long nowMillis, String how) {
    return new StoredPlan(
        id, chunk, kind, source, target, end, cancelled, createdMillis, nowMillis, how);
  }
}
