package io.polarj.engine.trx;

import io.polarj.engine.page.PageLayout;

/**
 * The layout of the undo tablespace, little-endian. A position is {@code page number << 16 |
 * offset}; the roll pointer in a row is the position of the record that undoes the row's version, 0
 * for none.
 *
 * <pre>
 * directory page (UNDO_HEADER), linked by NEXT:
 *   32 u32 entries in use on this page
 *   64 entries of 16 bytes, one per rollback segment:
 *      u32 last page, u32 unused, u64 position of the oldest transaction that is not purged
 * undo page (UNDO), linked by PREVIOUS and NEXT in stream order:
 *   32 u32 segment number, 36 u16 end of the records
 *   64 records
 * record:
 *   u16 length, u8 kind, u8 flags, u64 transaction id, body, u16 length again
 *   kind 1..3: a row change, see UndoRecord; flag 1: the body is elsewhere,
 *              here {u32 bytes, u32 first page} (0xffffffff: purged)
 *   kind 15:   end of the transaction {u8 flags: 1 rolled back, 2 something was undone; u64 LSN}
 * page of a long body (OVERFLOW), linked by NEXT: 32 u32 bytes, 64 the bytes
 * </pre>
 */
final class UndoLayout {
  static final int ENTRY_COUNT = PageLayout.TYPE_HEADER;
  static final int ENTRY_BYTES = 16;
  static final int ENTRY_LAST = 0;
  static final int ENTRY_HEAD = 8;
  static final int ENTRIES_PER_PAGE = (PageLayout.PAGE_BYTES - PageLayout.BODY) / ENTRY_BYTES;

  static final int SEGMENT = PageLayout.TYPE_HEADER;
  static final int USED = PageLayout.TYPE_HEADER + 4;

  static final int RECORD_KIND = 2;
  static final int RECORD_FLAGS = 3;
  static final int RECORD_TRX = 4;
  static final int RECORD_BODY = 12;
  static final int FRAME = 14;
  static final int FLAG_LONG = 1;
  static final int KIND_END = 15;
  static final int END_ROLLED_BACK = 1;
  static final int END_UNDONE = 2;
  static final int END_BYTES = FRAME + 9;
  static final int MAX_BODY = PageLayout.PAGE_BYTES - PageLayout.BODY - FRAME;

  static final int LONG_BYTES = PageLayout.TYPE_HEADER;
  static final int LONG_CAPACITY = PageLayout.PAGE_BYTES - PageLayout.BODY;

  private UndoLayout() {}

  static long position(int page, int offset) {
    return (page & 0xffffffffL) << 16 | offset;
  }

  static int page(long position) {
    return (int) (position >>> 16);
  }

  static int offset(long position) {
    return (int) (position & 0xffff);
  }
}
