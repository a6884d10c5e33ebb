package io.polarj.engine.btree;

import static io.polarj.engine.page.PageLayout.PAGE_BYTES;

import io.polarj.engine.mtr.Mtr;
import io.polarj.engine.mtr.PageRef;

/**
 * A tree page being put together in memory, compact and in key order; then written to the page with
 * two operations. One thread, short-lived.
 */
final class NodeImage {
  private final byte[] bytes = new byte[PAGE_BYTES];
  private int count;
  private int heapTop = PAGE_BYTES;

  int count() {
    return count;
  }

  int used() {
    return PAGE_BYTES - heapTop + count * NodeLayout.SLOT_BYTES;
  }

  boolean fits(int keyLength, int valueLength) {
    return used() + NodeLayout.recordBytes(keyLength, valueLength) + NodeLayout.SLOT_BYTES
        <= NodeLayout.CAPACITY;
  }

  void append(byte[] key, byte[] value, boolean overflow) {
    int at = open(NodeLayout.recordBytes(key.length, value.length));
    putShort(at, key.length);
    putShort(at + 2, value.length | (overflow ? NodeLayout.OVERFLOW : 0));
    System.arraycopy(key, 0, bytes, at + NodeLayout.RECORD_HEADER, key.length);
    System.arraycopy(value, 0, bytes, at + NodeLayout.RECORD_HEADER + key.length, value.length);
  }

  /** Appends the records of a page from one slot up to, not including, another. */
  void append(PageRef page, int from, int to) {
    for (int slot = from; slot < to; slot++) {
      int record = NodeLayout.record(page, slot);
      int length = NodeLayout.recordBytes(page, record);
      int at = open(length);
      page.getBytes(record, bytes, at, length);
    }
  }

  private int open(int length) {
    heapTop -= length;
    putShort(NodeLayout.slotOffset(count), heapTop);
    count++;
    return heapTop;
  }

  private void putShort(int offset, int value) {
    bytes[offset] = (byte) value;
    bytes[offset + 1] = (byte) (value >>> 8);
  }

  /** Replaces the records of the page. */
  void writeTo(Mtr mtr, PageRef page, int level) {
    if (count > 0) {
      int slots = count * NodeLayout.SLOT_BYTES;
      mtr.putBytes(page, NodeLayout.SLOTS, bytes, NodeLayout.SLOTS, slots);
      mtr.putBytes(page, heapTop, bytes, heapTop, PAGE_BYTES - heapTop);
    }
    mtr.putLong(page, NodeLayout.STATE, NodeLayout.state(level, count, heapTop, 0));
  }
}
