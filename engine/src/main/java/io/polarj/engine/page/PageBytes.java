package io.polarj.engine.page;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/** Little-endian access to pages, and the checksum that pages carry. */
public final class PageBytes {
  public static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
  public static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  public static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  public static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private PageBytes() {}

  public static long lsn(MemorySegment page) {
    return page.get(LONG, PageLayout.LSN);
  }

  public static void setLsn(MemorySegment page, long lsn) {
    page.set(LONG, PageLayout.LSN, lsn);
  }

  /** What the page's checksum has to be. */
  public static int checksum(MemorySegment page) {
    CRC32C crc = new CRC32C();
    crc.update(
        page.asSlice(PageLayout.MAGIC, PageLayout.PAGE_BYTES - PageLayout.MAGIC).asByteBuffer());
    return (int) crc.getValue();
  }

  /** Fills in the checksum of a page that is about to be written. */
  public static void seal(MemorySegment page) {
    page.set(INT, PageLayout.CRC, checksum(page));
  }

  /** What is wrong with a page that was read, or null when it is sound and of that id. */
  public static String defect(MemorySegment page, long pageId) {
    int magic = page.get(SHORT, PageLayout.MAGIC) & 0xffff;
    if (magic != PageLayout.MAGIC_VALUE) {
      return "magic is 0x" + Integer.toHexString(magic);
    }
    long id = PageId.of(page.get(INT, PageLayout.SPACE), page.get(INT, PageLayout.PAGE_NO));
    if (id != pageId) {
      return "it says that it is page " + PageId.toString(id);
    }
    int expected = checksum(page);
    int found = page.get(INT, PageLayout.CRC);
    if (expected != found) {
      return "checksum is 0x%08x, content has 0x%08x".formatted(found, expected);
    }
    return null;
  }
}
