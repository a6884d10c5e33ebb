package io.polarj.engine.page;

/** What a page is. Codes are part of the format. */
public enum PageType {
  FREE(0),
  SPACE_HEADER(1),
  BTREE_LEAF(2),
  BTREE_INNER(3),
  OVERFLOW(4),
  UNDO_HEADER(5),
  UNDO(6),
  DICTIONARY_HEADER(7);

  private static final PageType[] BY_CODE = values();
  private final int code;

  PageType(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }

  /** The type, or null when there is none of that code. */
  public static PageType of(int code) {
    return code >= 0 && code < BY_CODE.length ? BY_CODE[code] : null;
  }
}
