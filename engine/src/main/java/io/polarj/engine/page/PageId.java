package io.polarj.engine.page;

/**
 * Names a page: tablespace and page number, packed in a long so that maps and records need no
 * object.
 */
public final class PageId {
  /** No page. */
  public static final long NONE = -1L;

  private PageId() {}

  public static long of(int spaceId, int pageNo) {
    return ((long) spaceId << 32) | (pageNo & 0xffffffffL);
  }

  public static int space(long pageId) {
    return (int) (pageId >>> 32);
  }

  public static int pageNo(long pageId) {
    return (int) pageId;
  }

  public static String toString(long pageId) {
    return pageId == NONE ? "none" : space(pageId) + ":" + Integer.toUnsignedString(pageNo(pageId));
  }
}
