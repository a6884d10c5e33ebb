package io.polarj.engine.space;

import io.polarj.engine.buffer.Tablespaces;
import io.polarj.engine.error.EngineException;
import io.polarj.engine.mtr.Latch;
import io.polarj.engine.mtr.Mtr;
import io.polarj.engine.mtr.PageAllocator;
import io.polarj.engine.mtr.PageMtr;
import io.polarj.engine.mtr.PageRef;
import io.polarj.engine.page.PageId;
import io.polarj.engine.page.PageLayout;
import io.polarj.engine.page.PageType;
import java.util.function.Supplier;

/**
 * Page allocation. Page 0 of a tablespace is its header: the head of the list of free pages, which
 * are linked by their next-page field, their count, and the high-water mark, from which on pages
 * were never used. Every step is a mini-transaction of its own that holds at most the header and
 * one free page, so it may be called with other pages latched.
 *
 * <pre>
 * 64 u32 format (1)   68 u32 first free page   72 u32 free pages   76 u32 high-water mark
 * </pre>
 */
public final class SpaceAllocator implements PageAllocator {
  private static final int FORMAT = PageLayout.BODY;
  static final int FIRST_FREE = PageLayout.BODY + 4;
  static final int FREE_PAGES = PageLayout.BODY + 8;
  static final int HIGH_WATER = PageLayout.BODY + 12;

  private final Tablespaces tablespaces;
  private final Supplier<PageMtr> mtrs;

  public SpaceAllocator(Tablespaces tablespaces, Supplier<PageMtr> mtrs) {
    this.tablespaces = tablespaces;
    this.mtrs = mtrs;
  }

  /** Makes the header of a new tablespace; returns the end LSN. */
  public long format(int spaceId) {
    tablespaces.of(spaceId).ensurePages(1);
    PageMtr mtr = mtrs.get();
    PageRef header = mtr.initialize(PageId.of(spaceId, 0), PageType.SPACE_HEADER);
    mtr.putInt(header, FORMAT, 1);
    mtr.putInt(header, FIRST_FREE, PageLayout.NO_PAGE);
    mtr.putInt(header, HIGH_WATER, 1);
    return mtr.commit();
  }

  @Override
  public long allocate(int spaceId) {
    PageMtr mtr = mtrs.get();
    try {
      PageRef header = header(mtr, spaceId, Latch.EXCLUSIVE);
      int head = header.getInt(FIRST_FREE);
      if (head == PageLayout.NO_PAGE) {
        int pageNo = header.getInt(HIGH_WATER);
        if (pageNo == PageLayout.NO_PAGE - 1) {
          throw new EngineException.NoSpace(
              Tablespaces.path(spaceId) + " has as many pages as it can", null);
        }
        tablespaces.of(spaceId).ensurePages(pageNo + 1);
        mtr.putInt(header, HIGH_WATER, pageNo + 1);
        mtr.commit();
        return PageId.of(spaceId, pageNo);
      }
      long pageId = PageId.of(spaceId, head);
      PageRef page = mtr.fix(pageId, Latch.EXCLUSIVE);
      if (page.getShort(PageLayout.TYPE) != PageType.FREE.code()) {
        throw new EngineException.Corruption(
            "page " + PageId.toString(pageId) + " is on the free list and in use");
      }
      mtr.putInt(header, FIRST_FREE, page.getInt(PageLayout.NEXT));
      mtr.putInt(header, FREE_PAGES, header.getInt(FREE_PAGES) - 1);
      mtr.commit();
      return pageId;
    } finally {
      mtr.close();
    }
  }

  @Override
  public void free(long pageId) {
    PageMtr mtr = mtrs.get();
    try {
      PageRef header = header(mtr, PageId.space(pageId), Latch.EXCLUSIVE);
      PageRef page = mtr.fix(pageId, Latch.EXCLUSIVE);
      mtr.putInt(page, PageLayout.NEXT, header.getInt(FIRST_FREE));
      mtr.putInt(header, FIRST_FREE, PageId.pageNo(pageId));
      mtr.putInt(header, FREE_PAGES, header.getInt(FREE_PAGES) + 1);
      mtr.commit();
    } finally {
      mtr.close();
    }
  }

  static PageRef header(Mtr mtr, int spaceId, Latch latch) {
    PageRef header = mtr.fix(PageId.of(spaceId, 0), latch);
    if (header.getShort(PageLayout.TYPE) != PageType.SPACE_HEADER.code()
        || header.getInt(FORMAT) != 1) {
      throw new EngineException.Corruption(
          Tablespaces.path(spaceId) + " does not begin with a tablespace header");
    }
    return header;
  }
}
