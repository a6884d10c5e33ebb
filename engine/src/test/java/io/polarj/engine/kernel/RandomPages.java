package io.polarj.engine.kernel;

import io.polarj.engine.mtr.Latch;
import io.polarj.engine.mtr.Mtr;
import io.polarj.engine.mtr.PageRef;
import io.polarj.engine.page.PageLayout;
import io.polarj.engine.page.PageType;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Random mini-transactions over the pages of one tablespace. One thread. */
final class RandomPages {
  final List<Long> pages = new ArrayList<>();
  private final Random random;
  private final int spaceId;

  RandomPages(Random random, int spaceId) {
    this.random = random;
    this.spaceId = spaceId;
  }

  /** One mini-transaction on up to four pages; returns its end LSN. */
  long step(Kernel kernel) {
    Mtr mtr = kernel.begin();
    Long freed = null;
    List<Long> made = new ArrayList<>();
    for (int i = 1 + random.nextInt(4); i > 0; i--) {
      PageRef page;
      if (pages.size() < 4 || random.nextInt(8) == 0) {
        page = mtr.allocate(spaceId, PageType.BTREE_LEAF);
        made.add(page.pageId());
      } else {
        page = mtr.fix(pages.get(random.nextInt(pages.size())), Latch.EXCLUSIVE);
      }
      if (freed != null && freed == page.pageId()) {
        continue;
      }
      change(mtr, page);
      if (freed == null && pages.size() > 40 && pages.contains(page.pageId())) {
        mtr.free(page);
        freed = page.pageId();
      }
    }
    long lsn = mtr.commit();
    pages.addAll(made);
    pages.remove(freed);
    return lsn;
  }

  private void change(Mtr mtr, PageRef page) {
    for (int i = random.nextInt(6); i >= 0; i--) {
      int room = PageLayout.PAGE_BYTES - PageLayout.BODY - 600;
      int at = PageLayout.BODY + random.nextInt(room);
      switch (random.nextInt(9)) {
        case 0 -> mtr.putByte(page, at, random.nextInt());
        case 1 -> mtr.putShort(page, at, random.nextInt());
        case 2 -> mtr.putInt(page, at, random.nextInt());
        case 3 -> mtr.putLong(page, at, random.nextLong());
        case 4, 5 -> {
          byte[] bytes = new byte[random.nextInt(600)];
          random.nextBytes(bytes);
          mtr.putBytes(page, at, bytes, 0, bytes.length);
        }
        case 6 -> mtr.move(page, at, PageLayout.BODY + random.nextInt(room), random.nextInt(600));
        case 7 -> mtr.fill(page, at, random.nextInt(600), random.nextInt());
        default -> mtr.stampLsn(page, at);
      }
    }
  }
}
