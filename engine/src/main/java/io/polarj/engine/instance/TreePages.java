package io.polarj.engine.instance;

import io.polarj.engine.btree.BTree;
import io.polarj.engine.btree.TreeCheck;
import io.polarj.engine.kernel.Kernel;
import io.polarj.engine.mtr.Latch;
import io.polarj.engine.mtr.Mtr;
import io.polarj.engine.page.PageId;
import java.util.TreeSet;

/**
 * Gives the pages of a tree that nobody uses any more back to its tablespace. A crash in between
 * leaves the rest unused.
 */
final class TreePages {
  private TreePages() {}

  static void free(Kernel kernel, BTree tree) {
    TreeCheck.Report report = tree.check();
    if (!report.sound()) {
      // Pages of a tree that is not sound may be somebody else's.
      return;
    }
    TreeSet<Integer> pages = new TreeSet<>(report.pages());
    pages.addAll(report.overflowPages());
    for (int page : pages) {
      Mtr mtr = kernel.begin();
      try {
        mtr.free(mtr.fix(PageId.of(tree.spaceId(), page), Latch.EXCLUSIVE));
        mtr.commit();
      } finally {
        mtr.close();
      }
    }
  }
}
