package io.polarj.engine.btree;

import static io.polarj.engine.page.PageLayout.BODY;
import static io.polarj.engine.page.PageLayout.PAGE_BYTES;
import static io.polarj.engine.page.PageLayout.TYPE_HEADER;

import io.polarj.engine.error.EngineException;
import io.polarj.engine.mtr.PageRef;
import io.polarj.engine.page.PageId;

/**
 * The format of a tree page:
 *
 * <pre>
 * 32  u64 index id
 * 40  u16 level (0: leaf)
 * 42  u16 records
 * 44  u16 lowest offset of the heap, which grows down from the page's end
 * 46  u16 bytes of the heap that no record uses
 * 64  u16 record offsets in key order
 * </pre>
 *
 * A record is {u16 key bytes, u16 value bytes, key, value}; bit 15 of the second says that the
 * value is the reference of an {@link OverflowChain}. An inner record's value is the u32 number of
 * a child that holds keys from this key on; the first record's key counts as lower than every key.
 * A page's first inner key is the key its parent has for it.
 */
final class NodeLayout {
  static final int INDEX_ID = TYPE_HEADER;
  static final int STATE = TYPE_HEADER + 8;
  static final int SLOTS = BODY;
  static final int SLOT_BYTES = 2;
  static final int RECORD_HEADER = 4;
  static final int OVERFLOW = 0x8000;
  static final int CHILD_BYTES = 4;
  static final int CAPACITY = PAGE_BYTES - BODY;

  /** The longest key, and the longest value that is kept in the leaf. */
  static final int MAX_KEY = 3072;

  static final int MAX_INLINE = 4000;

  private NodeLayout() {}

  static long state(int level, int count, int heapTop, int garbage) {
    return level | (long) count << 16 | (long) heapTop << 32 | (long) garbage << 48;
  }

  static int level(PageRef page) {
    return page.getShort(STATE) & 0xffff;
  }

  static int count(PageRef page) {
    return page.getShort(STATE + 2) & 0xffff;
  }

  static int heapTop(PageRef page) {
    return page.getShort(STATE + 4) & 0xffff;
  }

  static int garbage(PageRef page) {
    return page.getShort(STATE + 6) & 0xffff;
  }

  /** Bytes between the slots and the heap. */
  static int gap(PageRef page) {
    return heapTop(page) - SLOTS - count(page) * SLOT_BYTES;
  }

  /** Bytes that records and their slots use. */
  static int used(PageRef page) {
    return CAPACITY - gap(page) - garbage(page);
  }

  static int slotOffset(int slot) {
    return SLOTS + slot * SLOT_BYTES;
  }

  /** Where the record of that slot begins; checked to lie in the heap. */
  static int record(PageRef page, int slot) {
    int offset = page.getShort(slotOffset(slot)) & 0xffff;
    if (offset < SLOTS || offset > PAGE_BYTES - RECORD_HEADER) {
      throw new EngineException.Corruption(
          "page " + PageId.toString(page.pageId()) + ": slot " + slot + " points at " + offset);
    }
    return offset;
  }

  static int keyLength(PageRef page, int record) {
    return page.getShort(record) & 0xffff;
  }

  static int valueLength(PageRef page, int record) {
    return page.getShort(record + 2) & ~OVERFLOW & 0xffff;
  }

  static boolean overflow(PageRef page, int record) {
    return (page.getShort(record + 2) & OVERFLOW) != 0;
  }

  static int recordBytes(PageRef page, int record) {
    return RECORD_HEADER + keyLength(page, record) + valueLength(page, record);
  }

  static int recordBytes(int keyLength, int valueLength) {
    return RECORD_HEADER + keyLength + valueLength;
  }

  static byte[] key(PageRef page, int slot) {
    int record = record(page, slot);
    byte[] key = new byte[keyLength(page, record)];
    page.getBytes(record + RECORD_HEADER, key, 0, key.length);
    return key;
  }

  /** The value as it is kept in the page. */
  static byte[] storedValue(PageRef page, int slot) {
    int record = record(page, slot);
    byte[] value = new byte[valueLength(page, record)];
    page.getBytes(record + RECORD_HEADER + keyLength(page, record), value, 0, value.length);
    return value;
  }

  static int child(PageRef page, int slot) {
    int record = record(page, slot);
    return page.getInt(record + RECORD_HEADER + keyLength(page, record));
  }

  static byte[] childBytes(int pageNo) {
    return new byte[] {
      (byte) pageNo, (byte) (pageNo >>> 8), (byte) (pageNo >>> 16), (byte) (pageNo >>> 24)
    };
  }
}
