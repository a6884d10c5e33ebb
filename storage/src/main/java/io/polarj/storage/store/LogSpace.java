package io.polarj.storage.store;

import io.polarj.storage.raft.EntryHeader;
import io.polarj.storage.wal.Wal;

/**
 * Who may still write into the log. What can always be won back is everything but the live entries:
 * those that some replica still has. So these are bounded too, and the rest is kept in steps, each
 * for whom must not be stopped by those before:
 *
 * <pre>
 *   client's new write       used ≤ 12/16, live ≤ 10/16
 *   entry for a follower     used ≤ 13/16, live ≤ 10/16
 *   what a follower lacks    used ≤ 14/16   (without it nothing above it can be applied and trimmed)
 *   moved entries            half of what is free
 *   states of replicas       the rest
 * </pre>
 *
 * <p>Relief (trimming, checkpoints, moving) begins at used 8/16 or live 6/16, so that even the
 * largest record, which takes 4/16, finds room after it. One loop only.
 */
final class LogSpace {
  private Wal wal;
  private long live;

  void open(Wal openedWal) {
    wal = openedWal;
  }

  void add(EntryHeader header) {
    live += bytes(header);
  }

  void remove(EntryHeader header) {
    live -= bytes(header);
  }

  /** Bytes of the entries that replicas still have. */
  long live() {
    return live;
  }

  /** How much clients may still bring; less than nothing when relief is late. */
  long clientRoom() {
    return Math.min(sixteenths(12) - wal.used(), sixteenths(10) - live);
  }

  boolean admits(EntryHeader header, boolean lacking) {
    long cost = Wal.worstCost(StoreCodec.ENTRY_HEAD_BYTES, header.payloadBytes());
    if (lacking) {
      return wal.used() + cost <= sixteenths(14);
    }
    return wal.used() + cost <= sixteenths(13) && live + cost <= sixteenths(10);
  }

  /** Whether entries should be trimmed. */
  boolean crowded() {
    return wal.used() > sixteenths(8) || live > sixteenths(6);
  }

  /** Whether a checkpoint would give much free. */
  boolean worthCutting() {
    return wal.used() > sixteenths(8) && wal.used() - live > sixteenths(2);
  }

  /** Whether every checkpoint must win back what it can. */
  boolean tight() {
    return wal.used() > sixteenths(10) && wal.used() - live > sixteenths(2);
  }

  /** Entries above this position stay for followers that are a little behind. */
  long retainFrom() {
    return wal.end() - sixteenths(4);
  }

  private long sixteenths(int count) {
    return wal.capacity() / 16 * count;
  }

  private static long bytes(EntryHeader header) {
    return (long) header.payloadBytes() + StoreCodec.ENTRY_HEAD_BYTES + 48;
  }
}
