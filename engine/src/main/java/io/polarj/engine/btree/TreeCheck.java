package io.polarj.engine.btree;

import io.polarj.engine.error.EngineException;
import io.polarj.engine.mtr.Latch;
import io.polarj.engine.mtr.Mtr;
import io.polarj.engine.mtr.PageRef;
import io.polarj.engine.page.PageId;
import io.polarj.engine.page.PageLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;

/**
 * Walks a whole tree: order of keys inside pages and against the parents' separators, levels,
 * neighbours, use of the heap, overflow chains, pages used twice. It holds the tree latch shared,
 * so records may be changed meanwhile but the structure may not. Stateless but for one run.
 */
public final class TreeCheck {
  /**
   * What was found. {@code pages}: all page numbers of the tree, {@code overflowPages} those of its
   * long values; {@code findings} is empty when the tree is sound.
   */
  public record Report(
      List<String> findings,
      TreeSet<Integer> pages,
      TreeSet<Integer> overflowPages,
      int height,
      long records,
      long leaves,
      long usedLeafBytes) {
    public boolean sound() {
      return findings.isEmpty();
    }

    /** How full the leaves are, in percent. */
    public int leafFillPercent() {
      return leaves == 0 ? 0 : (int) (usedLeafBytes * 100 / (leaves * NodeLayout.CAPACITY));
    }
  }

  private static final int MOST_FINDINGS = 100;

  private final TreeContext tree;
  private final TreeSearch search;
  private final List<String> findings = new ArrayList<>();
  private final TreeSet<Integer> pages = new TreeSet<>();
  private final TreeSet<Integer> overflowPages = new TreeSet<>();
  private int[] previousOfLevel = new int[0];
  private int[] nextOfLevel = new int[0];
  private long records;
  private long leaves;
  private long usedLeafBytes;

  TreeCheck(TreeContext tree, TreeSearch search) {
    this.tree = tree;
    this.search = search;
  }

  Report run() {
    long stamp = tree.latch().readLock();
    int height = 0;
    try {
      int level = rootLevel();
      height = level + 1;
      previousOfLevel = new int[height];
      nextOfLevel = new int[height];
      Arrays.fill(previousOfLevel, PageLayout.NO_PAGE);
      Arrays.fill(nextOfLevel, PageLayout.NO_PAGE);
      nextOfLevel[level] = tree.rootPageNo();
      walk(tree.rootPageNo(), level, new byte[0], null);
      for (int i = 0; i < height; i++) {
        if (nextOfLevel[i] != PageLayout.NO_PAGE) {
          find(previousOfLevel[i], "is the last of its level but has a next page");
        }
      }
    } catch (EngineException.Corruption e) {
      findings.add(e.getMessage());
    } finally {
      tree.latch().unlockRead(stamp);
    }
    return new Report(
        List.copyOf(findings), pages, overflowPages, height, records, leaves, usedLeafBytes);
  }

  private int rootLevel() {
    Mtr mtr = tree.mtrs().read();
    try {
      PageRef root = mtr.fix(tree.root(), Latch.SHARED);
      int level = NodeLayout.level(root);
      search.check(root, level);
      return level;
    } finally {
      mtr.commit();
    }
  }

  /** {@code low}: what the parent says the first key is at least; {@code high}: is below. */
  private void walk(int pageNo, int level, byte[] low, byte[] high) {
    if (!pages.add(pageNo)) {
      find(pageNo, "is in the tree twice");
      return;
    }
    List<Integer> children = new ArrayList<>();
    List<byte[]> keys = new ArrayList<>();
    Mtr mtr = tree.mtrs().read();
    try {
      PageRef page = mtr.fix(tree.page(pageNo), Latch.SHARED);
      search.check(page, level);
      neighbours(page, pageNo, level);
      records(mtr, page, pageNo, level, low, high, keys);
      for (int slot = 0; level > 0 && slot < keys.size(); slot++) {
        children.add(NodeLayout.child(page, slot));
      }
    } catch (EngineException.Corruption | IndexOutOfBoundsException e) {
      find(pageNo, e.getMessage());
      return;
    } finally {
      mtr.commit();
    }
    if (level > 0 && children.isEmpty()) {
      find(pageNo, "is an inner page without children");
    }
    for (int i = 0; i < children.size() && findings.size() < MOST_FINDINGS; i++) {
      byte[] upper = i + 1 < keys.size() ? keys.get(i + 1) : high;
      walk(children.get(i), level - 1, keys.get(i), upper);
    }
  }

  private void neighbours(PageRef page, int pageNo, int level) {
    boolean first = previousOfLevel[level] == PageLayout.NO_PAGE;
    if (!first && nextOfLevel[level] != pageNo) {
      find(pageNo, "follows a page whose next page is " + nextOfLevel[level]);
    }
    if (page.getInt(PageLayout.PREVIOUS) != previousOfLevel[level]) {
      find(
          pageNo,
          "has previous page "
              + page.getInt(PageLayout.PREVIOUS)
              + " instead of "
              + previousOfLevel[level]);
    }
    previousOfLevel[level] = pageNo;
    nextOfLevel[level] = page.getInt(PageLayout.NEXT);
  }

  private void records(
      Mtr mtr, PageRef page, int pageNo, int level, byte[] low, byte[] high, List<byte[]> keys) {
    int count = NodeLayout.count(page);
    int heap = 0;
    byte[] previous = null;
    for (int slot = 0; slot < count; slot++) {
      int record = NodeLayout.record(page, slot);
      int bytes = NodeLayout.recordBytes(page, record);
      heap += bytes;
      if (record < NodeLayout.heapTop(page) || record + bytes > PageLayout.PAGE_BYTES) {
        find(pageNo, "slot " + slot + " has a record outside the heap");
        return;
      }
      byte[] key = NodeLayout.key(page, slot);
      if (previous != null && Arrays.compareUnsigned(previous, key) >= 0) {
        find(pageNo, "slot " + slot + " is out of order");
      }
      previous = key;
      keys.add(key);
      if (level == 0 && NodeLayout.overflow(page, record)) {
        overflow(mtr, NodeLayout.storedValue(page, slot));
      }
    }
    boundaries(pageNo, level, low, high, keys);
    int expected = PageLayout.PAGE_BYTES - NodeLayout.heapTop(page) - NodeLayout.garbage(page);
    if (heap != expected) {
      find(pageNo, "records take " + heap + " bytes of the heap, its header says " + expected);
    }
    if (level == 0) {
      records += count;
      leaves++;
      usedLeafBytes += NodeLayout.used(page);
    }
  }

  private void boundaries(int pageNo, int level, byte[] low, byte[] high, List<byte[]> keys) {
    if (keys.isEmpty()) {
      return;
    }
    byte[] first = keys.get(0);
    byte[] last = keys.get(keys.size() - 1);
    int order = Arrays.compareUnsigned(first, low);
    if (order < 0 || (level > 0 && order != 0)) {
      find(pageNo, "begins at another key than its parent says");
    }
    if (high != null && Arrays.compareUnsigned(last, high) >= 0) {
      find(pageNo, "has keys that belong to the next page");
    }
  }

  private void overflow(Mtr mtr, byte[] reference) {
    new OverflowChain(tree)
        .read(
            mtr,
            reference,
            pageNo -> {
              if (!overflowPages.add(pageNo) || pages.contains(pageNo)) {
                find(pageNo, "is in two overflow chains, or also a page of the tree");
              }
            });
  }

  private void find(int pageNo, String what) {
    findings.add(
        "index " + tree.indexId() + ", page " + PageId.toString(tree.page(pageNo)) + " " + what);
  }
}
