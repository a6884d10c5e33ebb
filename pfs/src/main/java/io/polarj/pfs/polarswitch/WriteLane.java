package io.polarj.pfs.polarswitch;

import org.agrona.collections.Long2ObjectHashMap;

/**
 * The writes of this switch to one chunk: their sequence numbers, and which of them have had no
 * final answer. A chunk refuses what lies below the oldest of these, so that a write that was given
 * up here never lands later on top of a newer one (S7).
 */
final class WriteLane {
  private final Long2ObjectHashMap<Piece> pending = new Long2ObjectHashMap<>();
  private long next = 1;
  private long oldest = 1;

  /** Numbers a write that is about to be sent for the first time. */
  void begin(Piece piece) {
    piece.id = next++;
    pending.put(piece.id, piece);
  }

  /** Null when it has ended. */
  Piece find(long sequence) {
    return pending.get(sequence);
  }

  void end(Piece piece) {
    pending.remove(piece.id);
    while (oldest < next && !pending.containsKey(oldest)) {
      oldest++;
    }
  }

  long oldestPending() {
    return oldest;
  }
}
