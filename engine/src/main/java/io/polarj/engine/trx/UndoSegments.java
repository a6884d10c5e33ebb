package io.polarj.engine.trx;

import io.polarj.engine.error.EngineException;
import io.polarj.engine.mtr.Latch;
import io.polarj.engine.mtr.Mtr;
import io.polarj.engine.mtr.PageRef;
import io.polarj.engine.page.PageId;
import io.polarj.engine.page.PageLayout;
import io.polarj.engine.page.PageType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * All rollback segments of a tablespace. A segment is leased by one transaction at a time and the
 * one given back last is leased first, so that its page is still cached; there are as many as
 * transactions ever wrote at once. Any thread.
 */
public final class UndoSegments {
  /** A transaction that had not ended when the engine stopped. */
  public record Loser(long trxId, UndoSegment segment, long start, int records) {}

  /** What the undo of a stopped engine says. */
  public record Recovered(long maxTrxId, List<Loser> losers, List<Ended> ended) {}

  /** A transaction that ended and whose undo is still there. */
  public record Ended(long trxId, long endLsn) {}

  private final UndoLog log;
  private final List<UndoSegment> segments = new ArrayList<>();
  private final ArrayDeque<UndoSegment> free = new ArrayDeque<>();
  private final List<Integer> directoryPages = new ArrayList<>();

  private UndoSegments(UndoLog log) {
    this.log = log;
  }

  /** Makes the directory in a new undo tablespace; returns its page number. */
  public static int create(UndoLog log) {
    Mtr mtr = log.begin();
    try {
      int page = newDirectoryPage(log, mtr);
      mtr.commit();
      return page;
    } finally {
      mtr.close();
    }
  }

  private static int newDirectoryPage(UndoLog log, Mtr mtr) {
    PageRef page = mtr.allocate(log.spaceId(), PageType.UNDO_HEADER);
    mtr.putInt(page, PageLayout.NEXT, PageLayout.NO_PAGE);
    mtr.putInt(page, UndoLayout.ENTRY_COUNT, 0);
    return PageId.pageNo(page.pageId());
  }

  /** Reads the directory and every stream; {@code found} gets what they say. */
  public static UndoSegments open(UndoLog log, int directoryPage, List<Recovered> found) {
    UndoSegments segments = new UndoSegments(log);
    long maxTrxId = 0;
    List<Loser> losers = new ArrayList<>();
    List<Ended> ended = new ArrayList<>();
    for (long[] entry : segments.readDirectory(directoryPage)) {
      UndoSegment segment = segments.openSegment(entry);
      segments.segments.add(segment);
      maxTrxId = Math.max(maxTrxId, segments.scan(segment, entry[3], losers, ended));
      boolean leased = !losers.isEmpty() && losers.get(losers.size() - 1).segment == segment;
      if (!leased) {
        segments.free.addLast(segment);
      }
    }
    found.add(new Recovered(maxTrxId, losers, ended));
    return segments;
  }

  /** Entries as {directory page, offset, last page, head position}. */
  private List<long[]> readDirectory(int firstPage) {
    List<long[]> entries = new ArrayList<>();
    int next = firstPage;
    while (next != PageLayout.NO_PAGE) {
      Mtr mtr = log.reading();
      try {
        PageRef page = log.fix(mtr, next, PageType.UNDO_HEADER, Latch.SHARED);
        int count = page.getInt(UndoLayout.ENTRY_COUNT);
        if (count < 0 || count > UndoLayout.ENTRIES_PER_PAGE) {
          throw new EngineException.Corruption("undo directory page of " + count + " entries");
        }
        for (int i = 0; i < count; i++) {
          int at = PageLayout.BODY + i * UndoLayout.ENTRY_BYTES;
          entries.add(
              new long[] {
                next,
                at,
                page.getInt(at + UndoLayout.ENTRY_LAST),
                page.getLong(at + UndoLayout.ENTRY_HEAD)
              });
        }
        directoryPages.add(next);
        next = page.getInt(PageLayout.NEXT);
      } finally {
        mtr.commit();
      }
    }
    return entries;
  }

  private UndoSegment openSegment(long[] entry) {
    int last = (int) entry[2];
    Mtr mtr = log.reading();
    try {
      PageRef page = log.fix(mtr, last, PageType.UNDO, Latch.SHARED);
      return new UndoSegment(
          page.getInt(UndoLayout.SEGMENT),
          (int) entry[0],
          (int) entry[1],
          UndoLayout.page(entry[3]),
          last,
          page.getShort(UndoLayout.USED) & 0xffff);
    } finally {
      mtr.commit();
    }
  }

  private long scan(UndoSegment segment, long head, List<Loser> losers, List<Ended> ended) {
    long start = head;
    long at = head;
    long maxTrxId = 0;
    long open = 0;
    int records = 0;
    for (UndoLog.Entry entry = log.forward(at, false);
        entry != null;
        entry = log.forward(at, false)) {
      maxTrxId = Math.max(maxTrxId, entry.trxId());
      at = entry.next();
      if (entry.isEnd()) {
        boolean undone = (entry.endFlags() & UndoLayout.END_UNDONE) != 0;
        UndoSegment.Group group =
            new UndoSegment.Group(entry.trxId(), entry.endLsn(), undone, start, at, records);
        segment.add(group);
        ended.add(new Ended(group.trxId(), group.endLsn()));
        start = at;
        records = 0;
        open = 0;
      } else {
        open = entry.trxId();
        records++;
      }
    }
    if (open != 0) {
      losers.add(new Loser(open, segment, start, records));
    }
    return maxTrxId;
  }

  synchronized UndoSegment lease() {
    UndoSegment segment = free.pollLast();
    return segment != null ? segment : grow();
  }

  synchronized void release(UndoSegment segment) {
    free.addLast(segment);
  }

  private UndoSegment grow() {
    int number = segments.size();
    int within = number % UndoLayout.ENTRIES_PER_PAGE;
    Mtr mtr = log.begin();
    try {
      PageRef page = mtr.allocate(log.spaceId(), PageType.UNDO);
      UndoLog.initUndoPage(mtr, page, number, PageLayout.NO_PAGE);
      int pageNo = PageId.pageNo(page.pageId());
      int last = directoryPages.get(directoryPages.size() - 1);
      if (number > 0 && within == 0) {
        int added = directoryPageBeside(mtr, page);
        PageRef before = log.fix(mtr, last, PageType.UNDO_HEADER, Latch.EXCLUSIVE);
        mtr.putInt(before, PageLayout.NEXT, added);
        directoryPages.add(added);
        last = added;
      }
      int at = PageLayout.BODY + within * UndoLayout.ENTRY_BYTES;
      PageRef directory = log.fix(mtr, last, PageType.UNDO_HEADER, Latch.EXCLUSIVE);
      mtr.putInt(directory, at + UndoLayout.ENTRY_LAST, pageNo);
      mtr.putLong(
          directory, at + UndoLayout.ENTRY_HEAD, UndoLayout.position(pageNo, PageLayout.BODY));
      mtr.putInt(directory, UndoLayout.ENTRY_COUNT, within + 1);
      UndoSegment segment = new UndoSegment(number, last, at, pageNo, pageNo, PageLayout.BODY);
      mtr.commit();
      segments.add(segment);
      return segment;
    } finally {
      mtr.close();
    }
  }

  /** When there is no room for it the other new page is given back. */
  private int directoryPageBeside(Mtr mtr, PageRef page) {
    try {
      return newDirectoryPage(log, mtr);
    } catch (EngineException.NoSpace e) {
      mtr.free(page);
      mtr.commit();
      throw e;
    }
  }

  synchronized List<UndoSegment> all() {
    return new ArrayList<>(segments);
  }

  /** Ended transactions that purge has not got to yet. */
  public int historyLength() {
    int length = 0;
    for (UndoSegment segment : all()) {
      length += segment.size();
    }
    return length;
  }

  /** All pages in use. */
  public TreeSet<Integer> pages() {
    TreeSet<Integer> pages = new TreeSet<>();
    synchronized (this) {
      pages.addAll(directoryPages);
    }
    all().forEach(segment -> log.addPages(segment, pages));
    return pages;
  }

  /** Walks every stream from its oldest transaction on; returns what is wrong. */
  public List<String> check() {
    List<String> findings = new ArrayList<>();
    for (UndoSegment segment : all()) {
      long at = UndoLayout.position(segment.lastPage, PageLayout.BODY);
      try {
        for (UndoLog.Entry entry = log.forward(segment.firstPosition(), true);
            entry != null;
            entry = log.forward(at, true)) {
          if (!entry.isEnd()) {
            entry.record();
          }
          at = entry.next();
        }
      } catch (EngineException e) {
        findings.add("undo segment " + segment.number + ": " + e.getMessage());
      }
    }
    return findings;
  }
}
