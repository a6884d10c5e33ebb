package io.polarj.engine.btree;

import io.polarj.engine.mtr.Mtr;
import io.polarj.engine.mtr.PageRef;
import io.polarj.engine.page.PageLayout;
import io.polarj.engine.page.PageType;
import java.util.Arrays;

/** Changes the records of one exclusively latched page. Stateless. */
final class NodeEdit {
  private NodeEdit() {}

  /** A new, empty page of the tree without neighbours. */
  static PageRef create(Mtr mtr, int spaceId, long indexId, int level) {
    PageRef page = mtr.allocate(spaceId, level == 0 ? PageType.BTREE_LEAF : PageType.BTREE_INNER);
    mtr.putInt(page, PageLayout.PREVIOUS, PageLayout.NO_PAGE);
    mtr.putInt(page, PageLayout.NEXT, PageLayout.NO_PAGE);
    mtr.putLong(page, NodeLayout.INDEX_ID, indexId);
    new NodeImage().writeTo(mtr, page, level);
    return page;
  }

  static boolean fits(PageRef page, int keyLength, int valueLength) {
    return NodeLayout.used(page)
            + NodeLayout.recordBytes(keyLength, valueLength)
            + NodeLayout.SLOT_BYTES
        <= NodeLayout.CAPACITY;
  }

  /** Puts a record at that slot; false, with nothing changed, when the page has no room for it. */
  static boolean insert(
      Mtr mtr, PageRef page, int slot, byte[] key, byte[] value, boolean overflow) {
    if (!fits(page, key.length, value.length)) {
      return false;
    }
    int length = NodeLayout.recordBytes(key.length, value.length);
    int count = NodeLayout.count(page);
    int level = NodeLayout.level(page);
    if (NodeLayout.gap(page) < length + NodeLayout.SLOT_BYTES) {
      NodeImage image = new NodeImage();
      image.append(page, 0, slot);
      image.append(key, value, overflow);
      image.append(page, slot, count);
      image.writeTo(mtr, page, level);
      return true;
    }
    int at = NodeLayout.heapTop(page) - length;
    putRecord(mtr, page, at, key, value, overflow);
    if (slot < count) {
      int from = NodeLayout.slotOffset(slot);
      int moved = (count - slot) * NodeLayout.SLOT_BYTES;
      mtr.move(page, from + NodeLayout.SLOT_BYTES, from, moved);
    }
    mtr.putShort(page, NodeLayout.slotOffset(slot), at);
    int garbage = NodeLayout.garbage(page);
    mtr.putLong(page, NodeLayout.STATE, NodeLayout.state(level, count + 1, at, garbage));
    return true;
  }

  /** Gives the slot's record another value; false, with nothing changed, when there is no room. */
  static boolean replace(Mtr mtr, PageRef page, int slot, byte[] value, boolean overflow) {
    int record = NodeLayout.record(page, slot);
    int keyLength = NodeLayout.keyLength(page, record);
    int oldLength = NodeLayout.valueLength(page, record);
    int growth = value.length - oldLength;
    if (growth <= 0) {
      overwrite(mtr, page, slot, value, overflow);
      return true;
    }
    if (NodeLayout.used(page) + growth > NodeLayout.CAPACITY) {
      return false;
    }
    int length = NodeLayout.recordBytes(keyLength, value.length);
    int level = NodeLayout.level(page);
    int count = NodeLayout.count(page);
    byte[] key = NodeLayout.key(page, slot);
    if (NodeLayout.gap(page) < length) {
      NodeImage image = new NodeImage();
      image.append(page, 0, slot);
      image.append(key, value, overflow);
      image.append(page, slot + 1, count);
      image.writeTo(mtr, page, level);
      return true;
    }
    int at = NodeLayout.heapTop(page) - length;
    int garbage = NodeLayout.garbage(page) + NodeLayout.recordBytes(keyLength, oldLength);
    putRecord(mtr, page, at, key, value, overflow);
    mtr.putShort(page, NodeLayout.slotOffset(slot), at);
    mtr.putLong(page, NodeLayout.STATE, NodeLayout.state(level, count, at, garbage));
    return true;
  }

  /** Writes only the bytes that differ. */
  private static void overwrite(Mtr mtr, PageRef page, int slot, byte[] value, boolean overflow) {
    int record = NodeLayout.record(page, slot);
    byte[] old = NodeLayout.storedValue(page, slot);
    int at = record + NodeLayout.RECORD_HEADER + NodeLayout.keyLength(page, record);
    if (old.length != value.length || overflow != NodeLayout.overflow(page, record)) {
      mtr.putShort(page, record + 2, value.length | (overflow ? NodeLayout.OVERFLOW : 0));
    }
    if (old.length != value.length) {
      int garbage = NodeLayout.garbage(page) + old.length - value.length;
      mtr.putShort(page, NodeLayout.STATE + 6, garbage);
    }
    int from = Arrays.mismatch(old, value);
    if (from < 0 || from >= value.length) {
      return;
    }
    int to = value.length;
    while (old.length == value.length && to > from + 1 && old[to - 1] == value[to - 1]) {
      to--;
    }
    mtr.putBytes(page, at + from, value, from, to - from);
  }

  private static void putRecord(
      Mtr mtr, PageRef page, int at, byte[] key, byte[] value, boolean overflow) {
    byte[] record = new byte[NodeLayout.recordBytes(key.length, value.length)];
    int valueLength = value.length | (overflow ? NodeLayout.OVERFLOW : 0);
    record[0] = (byte) key.length;
    record[1] = (byte) (key.length >>> 8);
    record[2] = (byte) valueLength;
    record[3] = (byte) (valueLength >>> 8);
    System.arraycopy(key, 0, record, NodeLayout.RECORD_HEADER, key.length);
    System.arraycopy(value, 0, record, NodeLayout.RECORD_HEADER + key.length, value.length);
    mtr.putBytes(page, at, record, 0, record.length);
  }

  /** Removes the slot and its record. */
  static void remove(Mtr mtr, PageRef page, int slot) {
    int record = NodeLayout.record(page, slot);
    int length = NodeLayout.recordBytes(page, record);
    int count = NodeLayout.count(page);
    int level = NodeLayout.level(page);
    if (slot < count - 1) {
      int at = NodeLayout.slotOffset(slot);
      int moved = (count - 1 - slot) * NodeLayout.SLOT_BYTES;
      mtr.move(page, at, at + NodeLayout.SLOT_BYTES, moved);
    }
    int heapTop = NodeLayout.heapTop(page);
    int garbage = NodeLayout.garbage(page) + length;
    if (record == heapTop) {
      heapTop += length;
      garbage -= length;
    }
    if (count == 1) {
      heapTop = PageLayout.PAGE_BYTES;
      garbage = 0;
    }
    mtr.putLong(page, NodeLayout.STATE, NodeLayout.state(level, count - 1, heapTop, garbage));
  }

  /** Drops the records from that slot on. */
  static void truncate(Mtr mtr, PageRef page, int slot) {
    int count = NodeLayout.count(page);
    int garbage = NodeLayout.garbage(page);
    for (int i = slot; i < count; i++) {
      garbage += NodeLayout.recordBytes(page, NodeLayout.record(page, i));
    }
    int heapTop = slot == 0 ? PageLayout.PAGE_BYTES : NodeLayout.heapTop(page);
    long state = NodeLayout.state(NodeLayout.level(page), slot, heapTop, slot == 0 ? 0 : garbage);
    mtr.putLong(page, NodeLayout.STATE, state);
  }
}
