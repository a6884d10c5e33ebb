package io.polarj.storage.protocol;

/** Health of a ChunkServer's one disk. */
public enum DiskState {
  /** Replaying after a start; no requests are served yet. */
  RECOVERING(0),
  HEALTHY(1),
  /** No free block: reads and writes to blocks that exist go on. */
  FULL(2),
  /** An I/O failed: nothing is acknowledged any more. */
  FAILED(3),
  /** It serves, but its requests take longer than they should. */
  SLOW(4),
  /** It serves, but some reads failed lately; what they wanted came from other members. */
  FAILING(5);

  private static final DiskState[] BY_CODE = values();
  private final int code;

  DiskState(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }

  static DiskState ofCode(int code) {
    return code >= 0 && code < BY_CODE.length ? BY_CODE[code] : null;
  }
}
