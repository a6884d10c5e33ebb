package io.polarj.engine.trx;

import static io.polarj.engine.trx.UndoLayout.offset;
import static io.polarj.engine.trx.UndoLayout.page;
import static io.polarj.engine.trx.UndoLayout.position;

import io.polarj.engine.error.EngineException;
import io.polarj.engine.mtr.Latch;
import io.polarj.engine.mtr.Mtr;
import io.polarj.engine.mtr.MtrSource;
import io.polarj.engine.mtr.PageRef;
import io.polarj.engine.page.PageId;
import io.polarj.engine.page.PageLayout;
import io.polarj.engine.page.PageType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Set;

/**
 * Reads and writes undo records. See {@link UndoLayout} for the format. Reading: any thread, on a
 * primary or a replica. Appending to a segment: its leaseholder. Latch order: undo page,
 * tablespace, directory page.
 */
public final class UndoLog {
  private final int spaceId;
  private final MtrSource mtrs;

  public UndoLog(int spaceId, MtrSource mtrs) {
    this.spaceId = spaceId;
    this.mtrs = mtrs;
  }

  int spaceId() {
    return spaceId;
  }

  Mtr begin() {
    return mtrs.begin();
  }

  Mtr reading() {
    return mtrs.read();
  }

  PageRef fix(Mtr mtr, int pageNo, PageType type, Latch latch) {
    PageRef ref = mtr.fix(PageId.of(spaceId, pageNo), latch);
    if (ref.getShort(PageLayout.TYPE) != type.code()) {
      throw new EngineException.Corruption(
          "undo page "
              + pageNo
              + " is no "
              + type
              + " page but of type "
              + PageType.of(ref.getShort(PageLayout.TYPE)));
    }
    return ref;
  }

  /** Appends a record in an mtr of its own and returns its position. */
  long append(UndoSegment segment, UndoRecord record) {
    byte[] body = record.encode();
    int flags = 0;
    if (body.length > UndoLayout.MAX_BODY) {
      body = writeLong(body);
      flags = UndoLayout.FLAG_LONG;
    }
    Mtr mtr = begin();
    try {
      long position = append(mtr, segment, record.kind().code, flags, record.trxId(), body);
      mtr.commit();
      return position;
    } finally {
      mtr.close();
    }
  }

  /** Appends the end of a transaction in the mtr, which ends it and whose LSN goes into it. */
  void appendEnd(Mtr mtr, UndoSegment segment, long trxId, boolean rolledBack, boolean undone) {
    byte[] body = new byte[9];
    body[0] =
        (byte)
            ((rolledBack ? UndoLayout.END_ROLLED_BACK : 0) | (undone ? UndoLayout.END_UNDONE : 0));
    long at = append(mtr, segment, UndoLayout.KIND_END, 0, trxId, body);
    PageRef page = fix(mtr, page(at), PageType.UNDO, Latch.EXCLUSIVE);
    mtr.stampLsn(page, offset(at) + UndoLayout.RECORD_BODY + 1);
  }

  private long append(Mtr mtr, UndoSegment segment, int kind, int flags, long trxId, byte[] body) {
    int length = UndoLayout.FRAME + body.length;
    PageRef page = fix(mtr, segment.lastPage, PageType.UNDO, Latch.EXCLUSIVE);
    if (segment.used + length > PageLayout.PAGE_BYTES) {
      page = appendPage(mtr, segment, page);
    }
    ByteBuffer record = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    record.putShort((short) length).put((byte) kind).put((byte) flags).putLong(trxId);
    record.put(body).putShort((short) length);
    int at = segment.used;
    mtr.putBytes(page, at, record.array(), 0, length);
    mtr.putShort(page, UndoLayout.USED, at + length);
    segment.used = at + length;
    return position(segment.lastPage, at);
  }

  private PageRef appendPage(Mtr mtr, UndoSegment segment, PageRef last) {
    PageRef page = mtr.allocate(spaceId, PageType.UNDO);
    int number = PageId.pageNo(page.pageId());
    initUndoPage(mtr, page, segment.number, PageId.pageNo(last.pageId()));
    mtr.putInt(last, PageLayout.NEXT, number);
    PageRef directory = fix(mtr, segment.entryPage, PageType.UNDO_HEADER, Latch.EXCLUSIVE);
    mtr.putInt(directory, segment.entryOffset + UndoLayout.ENTRY_LAST, number);
    segment.used = PageLayout.BODY;
    segment.lastPage = number;
    return page;
  }

  static void initUndoPage(Mtr mtr, PageRef page, int segment, int previous) {
    mtr.putInt(page, PageLayout.PREVIOUS, previous);
    mtr.putInt(page, PageLayout.NEXT, PageLayout.NO_PAGE);
    mtr.putInt(page, UndoLayout.SEGMENT, segment);
    mtr.putShort(page, UndoLayout.USED, PageLayout.BODY);
  }

  /**
   * Writes a body that no page can take into a chain of its own, last page first and a page per
   * mtr. A crash before the record that points to it leaks the chain, which is only space.
   */
  private byte[] writeLong(byte[] body) {
    int next = PageLayout.NO_PAGE;
    int from = (body.length - 1) / UndoLayout.LONG_CAPACITY * UndoLayout.LONG_CAPACITY;
    for (; from >= 0; from -= UndoLayout.LONG_CAPACITY) {
      int length = Math.min(UndoLayout.LONG_CAPACITY, body.length - from);
      Mtr mtr = begin();
      try {
        PageRef page = mtr.allocate(spaceId, PageType.OVERFLOW);
        mtr.putInt(page, PageLayout.NEXT, next);
        mtr.putInt(page, UndoLayout.LONG_BYTES, length);
        mtr.putBytes(page, PageLayout.BODY, body, from, length);
        mtr.commit();
        next = PageId.pageNo(page.pageId());
      } finally {
        mtr.close();
      }
    }
    ByteBuffer pointer = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    return pointer.putInt(body.length).putInt(next).array();
  }

  private byte[] readLong(byte[] pointer) {
    ByteBuffer in = ByteBuffer.wrap(pointer).order(ByteOrder.LITTLE_ENDIAN);
    int total = in.getInt();
    int next = in.getInt();
    if (next == PageLayout.NO_PAGE) {
      return null;
    }
    if (total < 0) {
      throw new EngineException.Corruption("undo body of " + total + " bytes");
    }
    ByteBuffer body = ByteBuffer.allocate(total);
    while (body.hasRemaining()) {
      Mtr mtr = reading();
      try {
        PageRef page = fix(mtr, next, PageType.OVERFLOW, Latch.SHARED);
        int length = page.getInt(UndoLayout.LONG_BYTES);
        if (length <= 0 || length > UndoLayout.LONG_CAPACITY || length > body.remaining()) {
          throw new EngineException.Corruption("undo page " + next + " holds " + length + " bytes");
        }
        page.getBytes(PageLayout.BODY, body.array(), body.position(), length);
        body.position(body.position() + length);
        next = page.getInt(PageLayout.NEXT);
      } finally {
        mtr.commit();
      }
    }
    return body.array();
  }

  /** Frees the chain of a long body, and says so in the record, so that it is freed once. */
  private void freeLong(long position, int firstPage) {
    int next = firstPage;
    while (next != PageLayout.NO_PAGE) {
      Mtr mtr = begin();
      try {
        PageRef record = fix(mtr, page(position), PageType.UNDO, Latch.EXCLUSIVE);
        PageRef page = fix(mtr, next, PageType.OVERFLOW, Latch.EXCLUSIVE);
        int following = page.getInt(PageLayout.NEXT);
        mtr.putInt(record, offset(position) + UndoLayout.RECORD_BODY + 4, following);
        mtr.free(page);
        mtr.commit();
        next = following;
      } finally {
        mtr.close();
      }
    }
  }

  /** A record as it lies in the stream; {@code body} null when a long body was purged. */
  record Entry(long position, long next, int kind, int flags, long trxId, byte[] body) {
    boolean isEnd() {
      return kind == UndoLayout.KIND_END;
    }

    long endLsn() {
      return ByteBuffer.wrap(body).order(ByteOrder.LITTLE_ENDIAN).getLong(1);
    }

    int endFlags() {
      return body[0];
    }

    UndoRecord record() {
      return body == null ? null : UndoRecord.decode(kind, trxId, body);
    }
  }

  /** The record that undoes a version, or null when there is none of that transaction there. */
  public UndoRecord read(long position, long trxId) {
    Entry entry;
    Mtr mtr = reading();
    try {
      PageRef page = mtr.fix(PageId.of(spaceId, page(position)), Latch.SHARED);
      int at = offset(position);
      if (page.getShort(PageLayout.TYPE) != PageType.UNDO.code()
          || at < PageLayout.BODY
          || at + UndoLayout.FRAME > (page.getShort(UndoLayout.USED) & 0xffff)
          || page.getLong(at + UndoLayout.RECORD_TRX) != trxId) {
        return null;
      }
      entry = entry(page, at);
    } finally {
      mtr.commit();
    }
    entry = whole(entry);
    return entry.isEnd() ? null : entry.record();
  }

  private Entry whole(Entry entry) {
    if ((entry.flags & UndoLayout.FLAG_LONG) == 0) {
      return entry;
    }
    return new Entry(
        entry.position, entry.next, entry.kind, entry.flags, entry.trxId, readLong(entry.body));
  }

  private static Entry entry(PageRef page, int at) {
    int number = PageId.pageNo(page.pageId());
    int used = page.getShort(UndoLayout.USED) & 0xffff;
    int length = at + UndoLayout.FRAME > used ? 0 : page.getShort(at) & 0xffff;
    if (length < UndoLayout.FRAME
        || at + length > used
        || used > PageLayout.PAGE_BYTES
        || (page.getShort(at + length - 2) & 0xffff) != length) {
      throw new EngineException.Corruption("undo page " + number + " has no record at " + at);
    }
    byte[] body = new byte[length - UndoLayout.FRAME];
    page.getBytes(at + UndoLayout.RECORD_BODY, body, 0, body.length);
    return new Entry(
        position(number, at),
        position(number, at + length),
        page.getByte(at + UndoLayout.RECORD_KIND) & 0xff,
        page.getByte(at + UndoLayout.RECORD_FLAGS) & 0xff,
        page.getLong(at + UndoLayout.RECORD_TRX),
        body);
  }

  /** The record at or after the position, or null at the end of the stream. */
  Entry forward(long position, boolean wholeBody) {
    long at = position;
    while (true) {
      Mtr mtr = reading();
      try {
        PageRef page = fix(mtr, page(at), PageType.UNDO, Latch.SHARED);
        if (offset(at) < (page.getShort(UndoLayout.USED) & 0xffff)) {
          Entry entry = entry(page, offset(at));
          if (!wholeBody) {
            return entry;
          }
          mtr.release(page);
          return whole(entry);
        }
        int next = page.getInt(PageLayout.NEXT);
        if (next == PageLayout.NO_PAGE) {
          return null;
        }
        at = position(next, PageLayout.BODY);
      } finally {
        mtr.commit();
      }
    }
  }

  /** The record before the position, or null at {@code limit} or at the beginning of the stream. */
  Entry backward(long position, long limit) {
    long at = position;
    while (at != limit) {
      Mtr mtr = reading();
      try {
        PageRef page = fix(mtr, page(at), PageType.UNDO, Latch.SHARED);
        if (offset(at) > PageLayout.BODY) {
          int length = page.getShort(offset(at) - 2) & 0xffff;
          if (length > offset(at) - PageLayout.BODY) {
            throw new EngineException.Corruption(
                "undo page " + page(at) + " has no record before " + offset(at));
          }
          Entry entry = entry(page, offset(at) - length);
          mtr.release(page);
          return whole(entry);
        }
        int previous = page.getInt(PageLayout.PREVIOUS);
        if (previous == PageLayout.NO_PAGE) {
          return null;
        }
        mtr.release(page);
        PageRef before = fix(mtr, previous, PageType.UNDO, Latch.SHARED);
        at = position(previous, before.getShort(UndoLayout.USED) & 0xffff);
      } finally {
        mtr.commit();
      }
    }
    return null;
  }

  /** Adds the pages of a stream and of the long bodies that its records refer to. */
  void addPages(UndoSegment segment, Set<Integer> pages) {
    int page = segment.headPage;
    while (page != PageLayout.NO_PAGE && pages.add(page)) {
      page = next(page, PageType.UNDO);
    }
    long at = segment.firstPosition();
    for (Entry entry = forward(at, false); entry != null; entry = forward(at, false)) {
      if ((entry.flags & UndoLayout.FLAG_LONG) != 0) {
        int body = ByteBuffer.wrap(entry.body).order(ByteOrder.LITTLE_ENDIAN).getInt(4);
        while (body != PageLayout.NO_PAGE && pages.add(body)) {
          body = next(body, PageType.OVERFLOW);
        }
      }
      at = entry.next;
    }
  }

  private int next(int pageNo, PageType type) {
    Mtr mtr = reading();
    try {
      return fix(mtr, pageNo, type, Latch.SHARED).getInt(PageLayout.NEXT);
    } finally {
      mtr.commit();
    }
  }

  /** Frees what the record holds outside the stream; called once it is purged. */
  void purged(Entry entry) {
    if ((entry.flags & UndoLayout.FLAG_LONG) == 0) {
      return;
    }
    Mtr mtr = reading();
    int first;
    try {
      PageRef page = fix(mtr, page(entry.position), PageType.UNDO, Latch.SHARED);
      first = page.getInt(offset(entry.position) + UndoLayout.RECORD_BODY + 4);
    } finally {
      mtr.commit();
    }
    freeLong(entry.position, first);
  }

  /** Frees the segment's pages before the one of {@code position}; nobody needs them any more. */
  void freeBefore(UndoSegment segment, long position) {
    while (segment.headPage != page(position)) {
      Mtr mtr = begin();
      try {
        PageRef page = fix(mtr, segment.headPage, PageType.UNDO, Latch.EXCLUSIVE);
        int next = page.getInt(PageLayout.NEXT);
        PageRef following = fix(mtr, next, PageType.UNDO, Latch.EXCLUSIVE);
        mtr.putInt(following, PageLayout.PREVIOUS, PageLayout.NO_PAGE);
        mtr.free(page);
        PageRef directory = fix(mtr, segment.entryPage, PageType.UNDO_HEADER, Latch.EXCLUSIVE);
        long head = next == page(position) ? position : position(next, PageLayout.BODY);
        mtr.putLong(directory, segment.entryOffset + UndoLayout.ENTRY_HEAD, head);
        mtr.commit();
        segment.headPage = next;
      } finally {
        mtr.close();
      }
    }
  }
}
