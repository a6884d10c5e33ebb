package io.polarj.engine.btree;

import io.polarj.engine.mtr.PageRef;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Finds keys in one page. Stateless. */
final class NodeSearch {
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final VarHandle ARRAY_LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private NodeSearch() {}

  /** The slot with that key, or {@code -(slot where it would go) - 1}. */
  static int find(PageRef page, byte[] key) {
    int low = 0;
    int high = NodeLayout.count(page) - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int order = compare(page, middle, key);
      if (order < 0) {
        low = middle + 1;
      } else if (order > 0) {
        high = middle - 1;
      } else {
        return middle;
      }
    }
    return -low - 1;
  }

  /** The first slot whose key is at least that key; the count when there is none. */
  static int lowerBound(PageRef page, byte[] key) {
    int found = find(page, key);
    return found >= 0 ? found : -found - 1;
  }

  /** The slot of an inner page whose child holds the key. */
  static int childSlot(PageRef page, byte[] key) {
    int found = find(page, key);
    return found >= 0 ? found : Math.max(0, -found - 2);
  }

  /** The slot of an inner page whose child holds the highest keys below the key. */
  static int childSlotBelow(PageRef page, byte[] key) {
    return Math.max(0, lowerBound(page, key) - 1);
  }

  /** The order of the slot's key relative to the given one. */
  static int compare(PageRef page, int slot, byte[] key) {
    int record = NodeLayout.record(page, slot);
    int length = NodeLayout.keyLength(page, record);
    MemorySegment memory = page.memory();
    int at = record + NodeLayout.RECORD_HEADER;
    int common = Math.min(length, key.length);
    int i = 0;
    for (; i + 8 <= common; i += 8) {
      long mine = memory.get(LONG, at + i);
      long other = (long) ARRAY_LONG.get(key, i);
      if (mine != other) {
        return Long.compareUnsigned(mine, other);
      }
    }
    for (; i < common; i++) {
      int difference = (memory.get(ValueLayout.JAVA_BYTE, at + i) & 0xff) - (key[i] & 0xff);
      if (difference != 0) {
        return difference;
      }
    }
    return length - key.length;
  }
}
