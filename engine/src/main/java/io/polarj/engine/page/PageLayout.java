package io.polarj.engine.page;

/**
 * The header every page has, little-endian:
 *
 * <pre>
 *  0  u32 crc32c of bytes 4..16383 (filled in when the page is written)
 *  4  u16 magic 0x504A
 *  6  u16 type ({@link PageType#code()})
 *  8  u64 page LSN: end LSN of the newest mtr that changed the page
 * 16  u32 space id
 * 20  u32 page number
 * 24  u32 previous page of the same level or chain (0xffffffff: none)
 * 28  u32 next page
 * 32  32 bytes owned by the page type
 * 64  body
 * </pre>
 */
public final class PageLayout {
  public static final int PAGE_BYTES = 16384;
  public static final int CRC = 0;
  public static final int MAGIC = 4;
  public static final int TYPE = 6;
  public static final int LSN = 8;
  public static final int SPACE = 16;
  public static final int PAGE_NO = 20;
  public static final int PREVIOUS = 24;
  public static final int NEXT = 28;
  public static final int TYPE_HEADER = 32;
  public static final int BODY = 64;
  public static final int MAGIC_VALUE = 0x504A;
  public static final int NO_PAGE = 0xffffffff;

  private PageLayout() {}
}
