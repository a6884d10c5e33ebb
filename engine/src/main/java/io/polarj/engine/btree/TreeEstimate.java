package io.polarj.engine.btree;

import io.polarj.engine.mtr.Latch;
import io.polarj.engine.mtr.Mtr;
import io.polarj.engine.mtr.PageRef;
import java.util.ArrayList;
import java.util.List;

/**
 * Estimates how many records a range holds from the two ways down to its bounds: what lies between
 * them in the pages seen, times what a child of such a page is taken to hold. Stateless.
 */
final class TreeEstimate {
  /** A page on the way: the slot taken (in a leaf: the bound's place) and how many there are. */
  record Dive(long pageId, int slot, int count) {}

  private final TreeContext tree;
  private final TreeSearch search;

  TreeEstimate(TreeContext tree, TreeSearch search) {
    this.tree = tree;
    this.search = search;
  }

  long records(byte[] low, byte[] high) {
    List<Dive> left;
    List<Dive> right;
    long stamp = tree.latch().readLock();
    try {
      left = dive(low, false);
      right = dive(high, true);
    } finally {
      tree.latch().unlockRead(stamp);
    }
    int depth = 0;
    while (depth < left.size() && left.get(depth).pageId() == right.get(depth).pageId()) {
      if (left.get(depth).slot() != right.get(depth).slot()) {
        break;
      }
      depth++;
    }
    if (depth == left.size()) {
      return 0;
    }
    if (depth == left.size() - 1) {
      return Math.max(0, right.get(depth).slot() - left.get(depth).slot());
    }
    return between(left, right, depth);
  }

  /** {@code depth}: the page that both go through last; below it they go different ways. */
  private static long between(List<Dive> left, List<Dive> right, int depth) {
    double records = 0;
    double perChild = 1;
    for (int i = left.size() - 1; i > depth; i--) {
      Dive a = left.get(i);
      Dive b = right.get(i);
      boolean leaf = i == left.size() - 1;
      // The children that were gone into are counted at their own level.
      records += (a.count() - a.slot() - (leaf ? 0 : 1)) * perChild + b.slot() * perChild;
      perChild *= Math.max(1, (a.count() + b.count()) / 2.0);
    }
    int children = right.get(depth).slot() - left.get(depth).slot() - 1;
    return children < 0 ? 0 : Math.round(records + children * perChild);
  }

  private List<Dive> dive(byte[] key, boolean toEnd) {
    List<Dive> dives = new ArrayList<>();
    Mtr mtr = tree.mtrs().read();
    try {
      PageRef node = mtr.fix(tree.root(), Latch.SHARED);
      int level = NodeLayout.level(node);
      search.check(node, level);
      while (true) {
        int count = NodeLayout.count(node);
        int slot;
        if (key == null) {
          slot = toEnd ? count - (level == 0 ? 0 : 1) : 0;
        } else {
          slot = level == 0 ? NodeSearch.lowerBound(node, key) : NodeSearch.childSlot(node, key);
        }
        dives.add(new Dive(node.pageId(), slot, count));
        if (level == 0) {
          return dives;
        }
        PageRef child = mtr.fix(tree.page(NodeLayout.child(node, slot)), Latch.SHARED);
        mtr.release(node);
        node = child;
        level--;
        search.check(node, level);
      }
    } finally {
      mtr.commit();
    }
  }
}
