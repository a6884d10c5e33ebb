package io.polarj.engine.btree;

import io.polarj.engine.mtr.Latch;
import io.polarj.engine.mtr.Mtr;
import io.polarj.engine.mtr.PageRef;
import io.polarj.engine.page.PageLayout;
import io.polarj.engine.page.PageType;
import java.util.ArrayList;
import java.util.List;

/**
 * Goes down the tree. The caller holds the tree latch: shared for a single leaf, exclusively for a
 * path. Stateless.
 */
final class TreeSearch {
  /** A tree higher than this is not one. */
  private static final int MAX_LEVEL = 64;

  /** A page on the way to a key, and the slot taken (in a leaf: 0). */
  record Step(PageRef page, int slot) {}

  /** A latched leaf; {@code low} and {@code high} are what its parents say about its keys. */
  record Leaf(PageRef page, byte[] low, byte[] high) {}

  private final TreeContext tree;

  TreeSearch(TreeContext tree) {
    this.tree = tree;
  }

  /** The leaf where the key is or would be. Only it is latched on return. */
  PageRef leaf(Mtr mtr, byte[] key, Latch latch) {
    PageRef node = root(mtr, latch);
    int level = NodeLayout.level(node);
    while (level > 0) {
      node = down(mtr, node, NodeSearch.childSlot(node, key), level, latch);
      level--;
    }
    return node;
  }

  /** As {@link #leaf}; null goes to the first leaf. */
  Leaf leafFrom(Mtr mtr, byte[] key) {
    return fenced(mtr, key == null ? new byte[0] : key, false, false);
  }

  /** The leaf of the highest keys below the given one; null goes to the last leaf. */
  Leaf leafBelow(Mtr mtr, byte[] key) {
    return fenced(mtr, key, true, key == null);
  }

  private Leaf fenced(Mtr mtr, byte[] key, boolean below, boolean last) {
    PageRef node = root(mtr, Latch.SHARED);
    int level = NodeLayout.level(node);
    byte[] low = null;
    byte[] high = null;
    while (level > 0) {
      int count = NodeLayout.count(node);
      int slot;
      if (last) {
        slot = count - 1;
      } else {
        slot = below ? NodeSearch.childSlotBelow(node, key) : NodeSearch.childSlot(node, key);
      }
      if (slot > 0) {
        low = NodeLayout.key(node, slot);
      }
      if (slot + 1 < count) {
        high = NodeLayout.key(node, slot + 1);
      }
      node = down(mtr, node, slot, level, Latch.SHARED);
      level--;
    }
    return new Leaf(node, low, high);
  }

  private PageRef root(Mtr mtr, Latch leafLatch) {
    PageRef root = mtr.fix(tree.root(), Latch.SHARED);
    int level = NodeLayout.level(root);
    if (level == 0 && leafLatch == Latch.EXCLUSIVE) {
      // The root's level is stable under the tree latch.
      mtr.release(root);
      root = mtr.fix(tree.root(), Latch.EXCLUSIVE);
    }
    check(root, level);
    return root;
  }

  private PageRef down(Mtr mtr, PageRef node, int slot, int level, Latch leafLatch) {
    if (NodeLayout.count(node) == 0) {
      throw tree.corrupt(node.pageId(), "inner page without children");
    }
    long child = tree.page(NodeLayout.child(node, slot));
    PageRef page = mtr.fix(child, level == 1 ? leafLatch : Latch.SHARED);
    mtr.release(node);
    check(page, level - 1);
    return page;
  }

  /** All pages from the root to the leaf, exclusively latched. */
  List<Step> path(Mtr mtr, byte[] key) {
    return path(mtr, key, 0);
  }

  /** All pages from the root to the one of that level, exclusively latched. */
  List<Step> path(Mtr mtr, byte[] key, int toLevel) {
    List<Step> path = new ArrayList<>();
    PageRef node = mtr.fix(tree.root(), Latch.EXCLUSIVE);
    int level = NodeLayout.level(node);
    check(node, level);
    while (level > toLevel) {
      if (NodeLayout.count(node) == 0) {
        throw tree.corrupt(node.pageId(), "inner page without children");
      }
      int slot = NodeSearch.childSlot(node, key);
      path.add(new Step(node, slot));
      node = mtr.fix(tree.page(NodeLayout.child(node, slot)), Latch.EXCLUSIVE);
      level--;
      check(node, level);
    }
    path.add(new Step(node, 0));
    return path;
  }

  /** Throws unless the page is one of this tree and of that level. */
  void check(PageRef page, int level) {
    int type = page.getShort(PageLayout.TYPE) & 0xffff;
    PageType wanted = level == 0 ? PageType.BTREE_LEAF : PageType.BTREE_INNER;
    if (type != wanted.code() || level > MAX_LEVEL || NodeLayout.level(page) != level) {
      throw tree.corrupt(
          page.pageId(),
          "type " + type + ", level " + NodeLayout.level(page) + " where level " + level + " is");
    }
    if (page.getLong(NodeLayout.INDEX_ID) != tree.indexId()) {
      throw tree.corrupt(page.pageId(), "belongs to index " + page.getLong(NodeLayout.INDEX_ID));
    }
    int slotsEnd = NodeLayout.slotOffset(NodeLayout.count(page));
    int heapTop = NodeLayout.heapTop(page);
    if (slotsEnd > heapTop || heapTop > PageLayout.PAGE_BYTES) {
      throw tree.corrupt(
          page.pageId(), NodeLayout.count(page) + " records and a heap from " + heapTop);
    }
  }
}
