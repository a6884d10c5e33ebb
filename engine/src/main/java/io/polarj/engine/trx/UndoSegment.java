package io.polarj.engine.trx;

import java.util.ArrayDeque;

/**
 * A rollback segment: a stream of undo records. It is leased by one transaction at a time, which
 * alone appends; purge alone takes from the other end. {@code groups}, the ended transactions that
 * are not purged yet in stream order, is guarded by this object's monitor.
 */
final class UndoSegment {
  /** The records of an ended transaction. */
  record Group(long trxId, long endLsn, boolean undone, long start, long end, int records) {}

  final int number;

  /** Where its directory entry is. */
  final int entryPage;

  final int entryOffset;

  /** Where the next record goes; changed by the leaseholder. */
  volatile int lastPage;

  int used;

  /** The first page that is not freed yet; changed by purge. */
  int headPage;

  private final ArrayDeque<Group> groups = new ArrayDeque<>();

  UndoSegment(int number, int entryPage, int entryOffset, int headPage, int lastPage, int used) {
    this.number = number;
    this.entryPage = entryPage;
    this.entryOffset = entryOffset;
    this.headPage = headPage;
    this.lastPage = lastPage;
    this.used = used;
  }

  long end() {
    return UndoLayout.position(lastPage, used);
  }

  synchronized void add(Group group) {
    groups.addLast(group);
  }

  /** The oldest group if it ended at or below the LSN. */
  synchronized Group purgeable(long bound) {
    Group first = groups.peekFirst();
    return first != null && first.endLsn() <= bound ? first : null;
  }

  synchronized void purged() {
    groups.removeFirst();
  }

  synchronized int size() {
    return groups.size();
  }

  /** Where the oldest transaction that is not purged begins, or the end. */
  synchronized long firstPosition() {
    Group first = groups.peekFirst();
    return first != null ? first.start() : UndoLayout.position(lastPage, used);
  }
}
