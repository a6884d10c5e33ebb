package io.polarj.engine.btree;

import io.polarj.engine.codec.KeyBounds;
import io.polarj.engine.error.EngineException;
import io.polarj.engine.mtr.Latch;
import io.polarj.engine.mtr.Mtr;
import io.polarj.engine.mtr.MtrSource;
import io.polarj.engine.mtr.PageRef;
import io.polarj.engine.mtr.TreeLatches;
import io.polarj.engine.page.PageId;
import java.util.Iterator;
import java.util.Map;

/**
 * A B+tree over byte keys, compared unsigned, and byte values. The root keeps its page number. Keys
 * have up to {@link #MAX_KEY_BYTES}, values up to {@link #MAX_VALUE_BYTES}; values above 4000 bytes
 * live in overflow pages. Every change is one mtr, atomic and visible at once to all; nobody waits
 * for a lock inside. Any thread; objects are cheap and hold no state of the tree, so there may be
 * several for one.
 */
public final class BTree {
  public static final int MAX_KEY_BYTES = NodeLayout.MAX_KEY;
  public static final int MAX_VALUE_BYTES = OverflowChain.MAX_VALUE;

  private final TreeContext tree;
  private final TreeSearch search;

  public BTree(MtrSource mtrs, TreeLatches latches, int spaceId, int rootPageNo, long indexId) {
    this.tree = new TreeContext(mtrs, latches.of(indexId), spaceId, rootPageNo, indexId);
    this.search = new TreeSearch(tree);
  }

  /** Makes an empty tree as part of the mtr and returns the number of its root page. */
  public static int create(Mtr mtr, int spaceId, long indexId) {
    return PageId.pageNo(NodeEdit.create(mtr, spaceId, indexId, 0).pageId());
  }

  public long indexId() {
    return tree.indexId();
  }

  public int spaceId() {
    return tree.spaceId();
  }

  public int rootPageNo() {
    return tree.rootPageNo();
  }

  /** The value (the caller's own copy), or null when the key is absent. */
  public byte[] get(byte[] key) {
    Mtr mtr = tree.mtrs().read();
    try {
      PageRef leaf;
      long stamp = tree.latch().readLock();
      try {
        leaf = search.leaf(mtr, key, Latch.SHARED);
      } finally {
        tree.latch().unlockRead(stamp);
      }
      int slot = NodeSearch.find(leaf, key);
      if (slot < 0) {
        return null;
      }
      byte[] stored = NodeLayout.storedValue(leaf, slot);
      return NodeLayout.overflow(leaf, NodeLayout.record(leaf, slot))
          ? new OverflowChain(tree).read(mtr, stored, pageNo -> {})
          : stored;
    } finally {
      mtr.commit();
    }
  }

  /** The lowest key that is at least {@code from}; null when there is none. */
  public byte[] ceilingKey(byte[] from) {
    byte[] position = from;
    while (true) {
      Mtr mtr = tree.mtrs().read();
      try {
        TreeSearch.Leaf leaf;
        long stamp = tree.latch().readLock();
        try {
          leaf = search.leafFrom(mtr, position);
        } finally {
          tree.latch().unlockRead(stamp);
        }
        int slot = NodeSearch.lowerBound(leaf.page(), position);
        if (slot < NodeLayout.count(leaf.page())) {
          return NodeLayout.key(leaf.page(), slot);
        }
        if (leaf.high() == null) {
          return null;
        }
        position = leaf.high();
      } finally {
        mtr.commit();
      }
    }
  }

  /** Adds the record; false, with nothing changed, when the key is there already. */
  public boolean insert(byte[] key, byte[] value) {
    return modify(key, current -> current == null ? value : current) != 0;
  }

  /** Stores the value, whether the key is there or not. Returns the commit LSN. */
  public long put(byte[] key, byte[] value) {
    return modify(key, current -> value);
  }

  /** Gives a key that is there another value of any length; false when it is absent. */
  public boolean update(byte[] key, byte[] value) {
    return modify(key, current -> current == null ? null : value) != 0;
  }

  /** Removes the key; false when it was absent. */
  public boolean remove(byte[] key) {
    return modify(key, current -> null) != 0;
  }

  /**
   * Changes the key as the modifier decides under the leaf's exclusive latch, in one mtr to which
   * the modifier may add logical records. Returns the LSN of its commit (not durable yet), or 0
   * when nothing was changed.
   */
  public long modify(byte[] key, Modifier modifier) {
    checkKey(key);
    return new TreeWrite(tree, search, key, modifier).run();
  }

  /**
   * Records from {@code low} (null: the first) on, below {@code high} (null: no end), ascending.
   */
  public TreeCursor ascending(byte[] low, byte[] high) {
    return new TreeCursor(tree, search, low, high, false);
  }

  /** Records below {@code high} (null: from the last) down to {@code low} (null: no end). */
  public TreeCursor descending(byte[] low, byte[] high) {
    return new TreeCursor(tree, search, low, high, true);
  }

  /** The records of that range. */
  public TreeCursor scan(KeyBounds bounds, boolean reverse) {
    return new TreeCursor(tree, search, bounds.low(), bounds.high(), reverse);
  }

  /** About how many records the range holds. Two dives; exact when both end in the same leaf. */
  public long estimate(byte[] low, byte[] high) {
    return new TreeEstimate(tree, search).records(low, high);
  }

  /**
   * Appends records, which must be in ascending order and above every key of the tree, page by
   * page: for building an index. {@code fillPercent} (50 to 100) is how full leaves get. Returns
   * how many.
   */
  public long bulkAppend(Iterator<Map.Entry<byte[], byte[]>> sorted, int fillPercent) {
    return new BulkAppend(tree, search, fillPercent).run(sorted);
  }

  /** Walks the whole tree and says what is wrong with it and which pages it has. */
  public TreeCheck.Report check() {
    return new TreeCheck(tree, search).run();
  }

  static void checkKey(byte[] key) {
    if (key.length > MAX_KEY_BYTES) {
      throw new EngineException.TooLarge(
          "key of " + key.length + " bytes; the most is " + MAX_KEY_BYTES);
    }
  }

  static void checkValue(byte[] value) {
    if (value.length > MAX_VALUE_BYTES) {
      throw new EngineException.TooLarge(
          "value of " + value.length + " bytes; the most is " + MAX_VALUE_BYTES);
    }
  }
}
