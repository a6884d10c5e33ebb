package io.polarj.engine.mtr;

import io.polarj.engine.page.PageType;

/**
 * A mini-transaction: a group of page changes that recovery and replicas see whole or not at all
 * (E3). One thread. It must end with {@link #commit}; once it has changed something it can not be
 * given up ({@link #close} then fails the engine), so validate first. Never wait for a lock, for
 * I/O of others or for a durable LSN while holding one.
 */
public interface Mtr {
  /**
   * Fixes and latches a page, reading it if needed. Fixing one twice in an mtr returns the held one
   * (S can't become X).
   */
  PageRef fix(long pageId, Latch latch);

  /** Lets go of a page that this mtr has not changed, before commit. */
  void release(PageRef page);

  /** A new page of the tablespace: zeroed, with header set, exclusively latched. */
  PageRef allocate(int spaceId, PageType type);

  /** Gives the page (exclusively latched) back to its tablespace; it is not readable afterwards. */
  void free(PageRef page);

  // Changes of an exclusively latched page. Offsets below PageLayout.PREVIOUS (crc, magic, lsn,
  // ids) are refused.

  void putByte(PageRef page, int offset, int value);

  void putShort(PageRef page, int offset, int value);

  void putInt(PageRef page, int offset, int value);

  void putLong(PageRef page, int offset, long value);

  void putBytes(PageRef page, int offset, byte[] source, int sourceOffset, int length);

  /** Moves bytes inside the page; the ranges may overlap. */
  void move(PageRef page, int targetOffset, int sourceOffset, int length);

  void fill(PageRef page, int offset, int length, int value);

  /** Changes the page's type in its header. */
  void setType(PageRef page, PageType type);

  /** Writes this mtr's end LSN as 8 bytes at the offset. */
  void stampLsn(PageRef page, int offset);

  /**
   * Marks the group as a structure change of that tree: replicas apply it under the tree's
   * exclusive latch (R4).
   */
  void structureChange(long indexId);

  /** Adds a logical record, handed to listeners by recovery and replicas in LSN order. */
  void logical(LogicalType type, byte[] payload);

  /**
   * Writes the group to the log buffer, stamps the pages and releases everything. Returns the end
   * LSN, or 0 when nothing was changed. Not durable yet.
   */
  long commit();

  /**
   * For a {@code finally}: does nothing after {@link #commit}. Without one it lets go of the pages;
   * when some were changed the change can be neither kept nor undone, so the engine fails: nothing
   * is logged or written any more, and whoever meets those pages gets the error.
   */
  void close();
}
