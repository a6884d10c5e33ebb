package io.polarj.engine.buffer;

import io.polarj.engine.page.PageOps;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Redo of pages that are not (or not certainly) as new in storage: recovery's whole log, a
 * replica's changes that the primary has not flushed. Applied to a page when it is read, before
 * anybody sees it. Records of a page are in LSN order.
 */
public final class PendingRedo {
  /** What one group did to one page: a range of the group's bytes. */
  public record Change(long startLsn, long endLsn, byte[] bytes, int offset, int length) {
    boolean isInit() {
      return PageOps.beginsWithInit(bytes, offset, length);
    }
  }

  private final ConcurrentHashMap<Long, List<Change>> pages = new ConcurrentHashMap<>();

  /** Adds in LSN order; one thread at a time. */
  public void add(long pageId, Change change) {
    pages.compute(
        pageId,
        (_, known) -> {
          List<Change> list = known == null ? new ArrayList<>(2) : known;
          list.add(change);
          return list;
        });
  }

  /** The page's changes, or null. */
  List<Change> of(long pageId) {
    List<Change>[] copy = new List[1];
    pages.computeIfPresent(
        pageId,
        (_, known) -> {
          copy[0] = List.copyOf(known);
          return known;
        });
    return copy[0];
  }

  void remove(long pageId) {
    pages.remove(pageId);
  }

  /** Forgets a tablespace's pages. */
  void removeIf(java.util.function.LongPredicate pageIds) {
    pages.keySet().removeIf(pageIds::test);
  }

  public boolean isEmpty() {
    return pages.isEmpty();
  }

  public int pageCount() {
    return pages.size();
  }

  /** Ids of the pages that have changes now. */
  public long[] pageIds() {
    return pages.keySet().stream().mapToLong(Long::longValue).toArray();
  }

  /** Drops changes that ended at or below the LSN: storage has them. */
  public void dropBelow(long lsn) {
    for (Long pageId : pages.keySet()) {
      pages.computeIfPresent(
          pageId,
          (_, known) -> {
            int from = 0;
            while (from < known.size() && known.get(from).endLsn() <= lsn) {
              from++;
            }
            if (from == 0) {
              return known;
            }
            return from == known.size() ? null : new ArrayList<>(known.subList(from, known.size()));
          });
    }
  }
}
