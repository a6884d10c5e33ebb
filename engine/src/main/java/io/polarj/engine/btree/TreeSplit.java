package io.polarj.engine.btree;

import io.polarj.engine.btree.TreeSearch.Step;
import io.polarj.engine.error.EngineException;
import io.polarj.engine.mtr.Latch;
import io.polarj.engine.mtr.Mtr;
import io.polarj.engine.mtr.PageRef;
import io.polarj.engine.page.PageId;
import io.polarj.engine.page.PageLayout;
import io.polarj.engine.page.PageType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * Inserts where pages have to be split. The caller holds the tree latch exclusively and the path.
 * What is to be split is planned first, then the pages are allocated, then things are changed: so
 * that a full volume leaves the tree as it was. Stateless.
 *
 * <p>A record that goes to a page's end gets a new page of its own, so ascending keys fill their
 * pages; others split a page into halves.
 */
final class TreeSplit {
  /** One page to split: records before {@code at} (counted with the new one) stay. */
  private record Plan(
      PageRef node,
      int slot,
      byte[] key,
      byte[] value,
      boolean overflow,
      int at,
      byte[] separator) {}

  private final TreeContext tree;

  TreeSplit(TreeContext tree) {
    this.tree = tree;
  }

  /** Inserts a record, whose key is not in the tree, into the last page of the path. */
  void insert(Mtr mtr, List<Step> path, byte[] key, byte[] value, boolean overflow) {
    List<Plan> plans = new ArrayList<>();
    byte[] nextKey = key;
    byte[] nextValue = value;
    boolean nextOverflow = overflow;
    int depth = path.size() - 1;
    for (; depth >= 0; depth--) {
      PageRef node = path.get(depth).page();
      if (NodeEdit.fits(node, nextKey.length, nextValue.length)) {
        break;
      }
      Plan plan = plan(node, nextKey, nextValue, nextOverflow);
      plans.add(plan);
      nextKey = plan.separator();
      nextValue = new byte[NodeLayout.CHILD_BYTES];
      nextOverflow = false;
    }
    if (plans.isEmpty()) {
      PageRef leaf = path.get(depth).page();
      NodeEdit.insert(mtr, leaf, NodeSearch.lowerBound(leaf, key), key, value, overflow);
      return;
    }
    boolean rootSplits = depth < 0;
    PageRef right = rightNeighbour(mtr, path.get(path.size() - 1).page());
    Deque<PageRef> pages = allocate(mtr, plans.size() + (rootSplits ? 1 : 0));
    mtr.structureChange(tree.indexId());
    nextKey = key;
    nextValue = value;
    nextOverflow = overflow;
    for (Plan plan : plans) {
      PageRef node = plan.node();
      if (rootSplits && plan == plans.get(plans.size() - 1)) {
        node = raiseRoot(mtr, node, pages.poll());
      }
      PageRef added = pages.poll();
      link(mtr, node, added, right);
      right = null;
      split(mtr, plan, node, added, nextValue);
      nextKey = plan.separator();
      nextValue = NodeLayout.childBytes(PageId.pageNo(added.pageId()));
      nextOverflow = false;
    }
    PageRef top = path.get(Math.max(depth, 0)).page();
    boolean done =
        NodeEdit.insert(
            mtr, top, NodeSearch.lowerBound(top, nextKey), nextKey, nextValue, nextOverflow);
    if (!done) {
      throw new IllegalStateException("page " + PageId.toString(top.pageId()) + " has no room");
    }
  }

  /**
   * Gives the record at that slot of the path's last page a value that the page has no room for.
   * The split is planned over the page without the record.
   */
  void replace(Mtr mtr, List<Step> path, int slot, byte[] key, byte[] value, boolean overflow) {
    PageRef leaf = path.get(path.size() - 1).page();
    byte[] old = NodeLayout.storedValue(leaf, slot);
    boolean oldOverflow = NodeLayout.overflow(leaf, NodeLayout.record(leaf, slot));
    NodeEdit.remove(mtr, leaf, slot);
    try {
      insert(mtr, path, key, value, overflow);
    } catch (EngineException.NoSpace e) {
      NodeEdit.insert(mtr, leaf, slot, key, old, oldOverflow);
      throw e;
    }
  }

  private Plan plan(PageRef node, byte[] key, byte[] value, boolean overflow) {
    int slot = NodeSearch.lowerBound(node, key);
    int at = splitAt(node, slot, NodeLayout.recordBytes(key.length, value.length));
    byte[] left = keyAt(node, at - 1, slot, key);
    byte[] right = keyAt(node, at, slot, key);
    byte[] separator =
        NodeLayout.level(node) == 0
            ? Arrays.copyOf(right, Arrays.mismatch(left, right) + 1)
            : right;
    return new Plan(node, slot, key, value, overflow, at, separator);
  }

  /** The key at a position, counted with the new one that goes to {@code slot}. */
  private static byte[] keyAt(PageRef node, int position, int slot, byte[] key) {
    if (position == slot) {
      return key;
    }
    return NodeLayout.key(node, position < slot ? position : position - 1);
  }

  /** The first position, counted with the new record, that goes to the right page; at least 1. */
  private static int splitAt(PageRef node, int slot, int recordBytes) {
    int count = NodeLayout.count(node);
    if (slot == count) {
      return count;
    }
    if (slot == 0 && node.getInt(PageLayout.PREVIOUS) == PageLayout.NO_PAGE) {
      return 1;
    }
    if (followsNewest(node, slot)) {
      return afterRun(node, slot, recordBytes);
    }
    int total = NodeLayout.used(node) + recordBytes + NodeLayout.SLOT_BYTES;
    int left = 0;
    int best = 1;
    int bestDistance = Integer.MAX_VALUE;
    for (int position = 0; position < count; position++) {
      int bytes =
          position == slot
              ? recordBytes
              : NodeLayout.recordBytes(
                  node, NodeLayout.record(node, position < slot ? position : position - 1));
      left += bytes + NodeLayout.SLOT_BYTES;
      int distance = Math.abs(total - 2 * left);
      if (distance < bestDistance) {
        bestDistance = distance;
        best = position + 1;
      }
    }
    return best;
  }

  /**
   * Whether the record before the slot is the one inserted last: it has the heap's lowest place.
   */
  private static boolean followsNewest(PageRef node, int slot) {
    return slot > 0 && NodeLayout.record(node, slot - 1) == NodeLayout.heapTop(node);
  }

  /**
   * Keys rise in the middle of the page. What follows them goes to the right page, so that the run
   * gets to a page's end and fills its pages from then on; when that makes no room, the new record
   * goes too.
   */
  private static int afterRun(PageRef node, int slot, int recordBytes) {
    int left = recordBytes + NodeLayout.SLOT_BYTES;
    for (int i = 0; i < slot; i++) {
      left += NodeLayout.recordBytes(node, NodeLayout.record(node, i)) + NodeLayout.SLOT_BYTES;
    }
    return left <= NodeLayout.CAPACITY ? slot + 1 : slot;
  }

  private PageRef rightNeighbour(Mtr mtr, PageRef node) {
    int next = node.getInt(PageLayout.NEXT);
    return next == PageLayout.NO_PAGE ? null : mtr.fix(tree.page(next), Latch.EXCLUSIVE);
  }

  private Deque<PageRef> allocate(Mtr mtr, int count) {
    Deque<PageRef> pages = new ArrayDeque<>();
    try {
      while (pages.size() < count) {
        pages.add(mtr.allocate(tree.spaceId(), PageType.BTREE_LEAF));
      }
      return pages;
    } catch (EngineException e) {
      pages.forEach(mtr::free);
      throw e;
    }
  }

  /** Moves the root's records to a new child, which takes its place in the plan. */
  private PageRef raiseRoot(Mtr mtr, PageRef root, PageRef child) {
    int level = NodeLayout.level(root);
    prepare(mtr, child, level);
    mtr.putInt(child, PageLayout.PREVIOUS, PageLayout.NO_PAGE);
    mtr.putInt(child, PageLayout.NEXT, PageLayout.NO_PAGE);
    NodeImage moved = new NodeImage();
    moved.append(root, 0, NodeLayout.count(root));
    moved.writeTo(mtr, child, level);
    if (level == 0) {
      mtr.setType(root, PageType.BTREE_INNER);
    }
    NodeImage top = new NodeImage();
    int childNo = PageId.pageNo(child.pageId());
    top.append(new byte[0], NodeLayout.childBytes(childNo), false);
    top.writeTo(mtr, root, level + 1);
    return child;
  }

  private void prepare(Mtr mtr, PageRef page, int level) {
    if (level > 0) {
      mtr.setType(page, PageType.BTREE_INNER);
    }
    mtr.putLong(page, NodeLayout.INDEX_ID, tree.indexId());
  }

  private void link(Mtr mtr, PageRef left, PageRef added, PageRef knownRight) {
    prepare(mtr, added, NodeLayout.level(left));
    PageRef right = knownRight != null ? knownRight : rightNeighbour(mtr, left);
    int addedNo = PageId.pageNo(added.pageId());
    mtr.putInt(added, PageLayout.PREVIOUS, PageId.pageNo(left.pageId()));
    mtr.putInt(added, PageLayout.NEXT, left.getInt(PageLayout.NEXT));
    mtr.putInt(left, PageLayout.NEXT, addedNo);
    if (right != null) {
      mtr.putInt(right, PageLayout.PREVIOUS, addedNo);
    }
  }

  /**
   * Divides the node's records, together with the new one, between the node and its new neighbour.
   */
  private static void split(Mtr mtr, Plan plan, PageRef node, PageRef added, byte[] value) {
    int level = NodeLayout.level(node);
    int count = NodeLayout.count(node);
    NodeImage right = new NodeImage();
    if (plan.slot() >= plan.at()) {
      right.append(node, plan.at(), plan.slot());
      right.append(plan.key(), value, plan.overflow());
      right.append(node, plan.slot(), count);
      right.writeTo(mtr, added, level);
      if (plan.at() < count) {
        NodeEdit.truncate(mtr, node, plan.at());
      }
      return;
    }
    right.append(node, plan.at() - 1, count);
    right.writeTo(mtr, added, level);
    NodeImage left = new NodeImage();
    left.append(node, 0, plan.slot());
    left.append(plan.key(), value, plan.overflow());
    left.append(node, plan.slot(), plan.at() - 1);
    left.writeTo(mtr, node, level);
  }

  /**
   * Hangs a new rightmost leaf, already filled, behind the last page of the path; its separator
   * goes to the parents.
   */
  void append(Mtr mtr, List<Step> path, NodeImage image, byte[] separator) {
    PageRef last = path.get(path.size() - 1).page();
    if (path.size() == 1) {
      PageRef child = allocate(mtr, 1).poll();
      mtr.structureChange(tree.indexId());
      raiseRoot(mtr, last, child);
      append(mtr, List.of(new Step(last, 0), new Step(child, 0)), image, separator);
      return;
    }
    PageRef added = allocate(mtr, 1).poll();
    byte[] child = NodeLayout.childBytes(PageId.pageNo(added.pageId()));
    List<Step> parents = path.subList(0, path.size() - 1);
    try {
      insert(mtr, parents, separator, child, false);
    } catch (EngineException.NoSpace e) {
      mtr.free(added);
      throw e;
    }
    link(mtr, last, added, null);
    image.writeTo(mtr, added, 0);
  }
}
