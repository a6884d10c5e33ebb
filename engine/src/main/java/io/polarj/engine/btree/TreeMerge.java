package io.polarj.engine.btree;

import io.polarj.engine.btree.TreeSearch.Step;
import io.polarj.engine.mtr.Latch;
import io.polarj.engine.mtr.Mtr;
import io.polarj.engine.mtr.PageRef;
import io.polarj.engine.page.PageId;
import io.polarj.engine.page.PageLayout;
import io.polarj.engine.page.PageType;
import java.util.List;

/**
 * Puts pages that have become almost empty together with a neighbour under the same parent, from a
 * leaf upwards, and lowers the tree when the root has a single child. The caller holds the tree
 * latch exclusively. Records are not moved between pages that do not fit into one: such a page
 * stays as it is. Stateless.
 */
final class TreeMerge {
  /** A page that uses less is worth a merge. */
  static final int THRESHOLD = NodeLayout.CAPACITY / 4;

  /** A merged page keeps some room, so that the next insert does not split it again. */
  private static final int MERGED_MOST = NodeLayout.CAPACITY * 7 / 8;

  private final TreeContext tree;
  private final TreeSearch search;

  TreeMerge(TreeContext tree, TreeSearch search) {
    this.tree = tree;
    this.search = search;
  }

  /** Whether a removal took the page over an edge where a merge should be tried. */
  static boolean crossed(int usedBefore, int usedAfter) {
    return usedAfter == 0
        || (usedBefore >= THRESHOLD && usedAfter < THRESHOLD)
        || (usedBefore >= THRESHOLD / 4 && usedAfter < THRESHOLD / 4);
  }

  /** Merges along the path to the key, where there is something to merge. */
  void shrink(Mtr mtr, byte[] key) {
    List<Step> path = search.path(mtr, key);
    for (int depth = path.size() - 1; depth > 0; depth--) {
      PageRef node = path.get(depth).page();
      if (NodeLayout.used(node) >= THRESHOLD) {
        break;
      }
      Step parent = path.get(depth - 1);
      if (!mergeWithNeighbour(mtr, node, parent.page(), parent.slot())) {
        break;
      }
    }
    lowerRoot(mtr, path.get(0).page());
  }

  private boolean mergeWithNeighbour(Mtr mtr, PageRef node, PageRef parent, int slot) {
    int level = NodeLayout.level(node);
    int count = NodeLayout.count(parent);
    if (count < 2) {
      // Nothing beside it; its parent is almost empty too and may merge.
      return true;
    }
    if (slot > 0) {
      PageRef left = neighbour(mtr, parent, slot - 1, level);
      if (fit(left, node)) {
        merge(mtr, parent, slot, left, node);
        return true;
      }
    }
    if (slot + 1 < count) {
      PageRef right = neighbour(mtr, parent, slot + 1, level);
      if (fit(node, right)) {
        merge(mtr, parent, slot + 1, node, right);
        return true;
      }
    }
    return false;
  }

  private PageRef neighbour(Mtr mtr, PageRef parent, int slot, int level) {
    PageRef page = mtr.fix(tree.page(NodeLayout.child(parent, slot)), Latch.EXCLUSIVE);
    search.check(page, level);
    return page;
  }

  private static boolean fit(PageRef left, PageRef right) {
    int together = NodeLayout.used(left) + NodeLayout.used(right);
    boolean oneEmpty = NodeLayout.count(left) == 0 || NodeLayout.count(right) == 0;
    return oneEmpty || together <= MERGED_MOST;
  }

  /** Moves all records of the right page, the parent's child {@code rightSlot}, to the left one. */
  private void merge(Mtr mtr, PageRef parent, int rightSlot, PageRef left, PageRef right) {
    int nextNo = right.getInt(PageLayout.NEXT);
    PageRef next =
        nextNo == PageLayout.NO_PAGE ? null : mtr.fix(tree.page(nextNo), Latch.EXCLUSIVE);
    mtr.structureChange(tree.indexId());
    if (NodeLayout.count(right) > 0) {
      NodeImage image = new NodeImage();
      image.append(left, 0, NodeLayout.count(left));
      image.append(right, 0, NodeLayout.count(right));
      image.writeTo(mtr, left, NodeLayout.level(left));
    }
    mtr.putInt(left, PageLayout.NEXT, nextNo);
    if (next != null) {
      mtr.putInt(next, PageLayout.PREVIOUS, PageId.pageNo(left.pageId()));
    }
    NodeEdit.remove(mtr, parent, rightSlot);
    mtr.free(right);
  }

  private void lowerRoot(Mtr mtr, PageRef root) {
    while (NodeLayout.level(root) > 0 && NodeLayout.count(root) == 1) {
      int level = NodeLayout.level(root) - 1;
      PageRef child = neighbour(mtr, root, 0, level);
      mtr.structureChange(tree.indexId());
      NodeImage image = new NodeImage();
      image.append(child, 0, NodeLayout.count(child));
      image.writeTo(mtr, root, level);
      if (level == 0) {
        mtr.setType(root, PageType.BTREE_LEAF);
      }
      mtr.free(child);
    }
  }
}
