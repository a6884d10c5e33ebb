package io.polarj.storage.protocol;

/** What a replica is to its group at this moment, as reported to PolarCtrl. */
public enum ChunkRole {
  FOLLOWER(0),
  CANDIDATE(1),
  LEADER(2),
  LEARNER(3),
  /** Refuses service: its data could not be read, or its disk failed. */
  FAILED(4);

  private static final ChunkRole[] BY_CODE = values();
  private final int code;

  ChunkRole(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }

  static ChunkRole ofCode(int code) {
    return code >= 0 && code < BY_CODE.length ? BY_CODE[code] : null;
  }
}
