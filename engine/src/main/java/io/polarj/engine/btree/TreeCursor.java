package io.polarj.engine.btree;

import static io.polarj.engine.page.PageLayout.PAGE_BYTES;

import io.polarj.engine.btree.TreeSearch.Leaf;
import io.polarj.engine.mtr.Mtr;
import io.polarj.engine.mtr.PageRef;
import java.util.Arrays;

/**
 * Walks over records in key order or its reverse. It copies a leaf at a time under the shared latch
 * and holds nothing in between; for the next leaf it goes down again by key, using what the parents
 * say about the leaf's keys, so splits and merges in between neither hide nor repeat a record that
 * is there all the time. A record is as it was when its leaf was copied. One thread at a time;
 * needs no closing.
 */
public final class TreeCursor {
  /** Long values are read with their leaf's copy, up to about this many bytes at once. */
  private static final int LONG_VALUE_BYTES = 1 << 20;

  private final TreeContext tree;
  private final TreeSearch search;
  private final byte[] low;
  private final byte[] high;
  private final boolean reverse;

  /** Where the next copy begins: from this key on, or below it in reverse; null: from the edge. */
  private byte[] position;

  private boolean ended;
  private byte[] copy;
  private byte[][] longValues;
  private int slot;
  private int remaining;

  TreeCursor(TreeContext tree, TreeSearch search, byte[] low, byte[] high, boolean reverse) {
    this.tree = tree;
    this.search = search;
    this.low = low;
    this.high = high;
    this.reverse = reverse;
    this.position = reverse ? high : low;
  }

  /** Goes to the next record; false when there is none. */
  public boolean next() {
    if (remaining > 0 && --remaining > 0) {
      slot += reverse ? -1 : 1;
      return true;
    }
    while (!ended && remaining == 0) {
      copyLeaf();
    }
    return remaining > 0;
  }

  /** The current record's key, a copy. */
  public byte[] key() {
    int record = record();
    int from = record + NodeLayout.RECORD_HEADER;
    return Arrays.copyOfRange(copy, from, from + number(record));
  }

  /** The current record's value, a copy. */
  public byte[] value() {
    if (longValues != null && longValues[slot] != null) {
      return longValues[slot];
    }
    int record = record();
    int from = record + NodeLayout.RECORD_HEADER + number(record);
    return Arrays.copyOfRange(copy, from, from + (number(record + 2) & ~NodeLayout.OVERFLOW));
  }

  private int record() {
    if (remaining <= 0) {
      throw new IllegalStateException("the cursor is not on a record");
    }
    return number(NodeLayout.slotOffset(slot));
  }

  private int number(int offset) {
    return (copy[offset] & 0xff) | (copy[offset + 1] & 0xff) << 8;
  }

  private void copyLeaf() {
    Mtr mtr = tree.mtrs().read();
    try {
      Leaf leaf;
      long stamp = tree.latch().readLock();
      try {
        leaf = reverse ? search.leafBelow(mtr, position) : search.leafFrom(mtr, position);
      } finally {
        tree.latch().unlockRead(stamp);
      }
      if (reverse) {
        copyDown(mtr, leaf);
      } else {
        copyUp(mtr, leaf);
      }
    } finally {
      mtr.commit();
    }
  }

  private void copyUp(Mtr mtr, Leaf leaf) {
    PageRef page = leaf.page();
    int count = NodeLayout.count(page);
    int from = position == null ? 0 : NodeSearch.lowerBound(page, position);
    boolean last = leaf.high() == null || (high != null && atOrAfter(leaf.high(), high));
    int to = last && high != null ? NodeSearch.lowerBound(page, high) : count;
    int stop = take(mtr, page, from, Math.max(from, to));
    if (stop < to) {
      position = NodeLayout.key(page, stop);
    } else {
      ended = last;
      position = leaf.high();
    }
  }

  private void copyDown(Mtr mtr, Leaf leaf) {
    PageRef page = leaf.page();
    int from =
        (position == null ? NodeLayout.count(page) : NodeSearch.lowerBound(page, position)) - 1;
    boolean last = leaf.low() == null || (low != null && atOrAfter(low, leaf.low()));
    int to = last && low != null ? NodeSearch.lowerBound(page, low) - 1 : -1;
    int stop = take(mtr, page, from, Math.min(from, to));
    if (stop > to) {
      position = NodeLayout.key(page, stop + 1);
    } else {
      ended = last;
      position = leaf.low();
    }
  }

  /**
   * Copies the page and takes the records from one slot up or down to, not including, another.
   * Returns the first that was not taken, because the long values have become too many bytes.
   */
  private int take(Mtr mtr, PageRef page, int from, int to) {
    int step = reverse ? -1 : 1;
    longValues = null;
    slot = from;
    remaining = Math.abs(to - from);
    if (remaining == 0) {
      return to;
    }
    long bytes = 0;
    for (int i = from; i != to; i += step) {
      int record = NodeLayout.record(page, i);
      if (!NodeLayout.overflow(page, record)) {
        continue;
      }
      if (bytes >= LONG_VALUE_BYTES) {
        remaining = Math.abs(i - from);
        break;
      }
      if (longValues == null) {
        longValues = new byte[NodeLayout.count(page)][];
      }
      byte[] reference = NodeLayout.storedValue(page, i);
      longValues[i] = new OverflowChain(tree).read(mtr, reference, pageNo -> {});
      bytes += longValues[i].length;
    }
    if (copy == null) {
      copy = new byte[PAGE_BYTES];
    }
    page.getBytes(0, copy, 0, PAGE_BYTES);
    return from + step * remaining;
  }

  private static boolean atOrAfter(byte[] left, byte[] right) {
    return Arrays.compareUnsigned(left, right) >= 0;
  }
}
