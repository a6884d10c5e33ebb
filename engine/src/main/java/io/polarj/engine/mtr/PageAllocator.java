package io.polarj.engine.mtr;

/** Gives out and takes back page numbers of a tablespace, in mini-transactions of its own. */
public interface PageAllocator {
  /** A page that nobody uses. Throws {@code NoSpace}. */
  long allocate(int spaceId);

  /** The page is not used any more; its user has committed that. */
  void free(long pageId);
}
