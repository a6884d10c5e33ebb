package io.polarj.storage.protocol;

/** How a request ended. The code on the wire is stable; the names tell what the asker should do. */
public enum Status {
  /** Done. For a write: durable on a majority and visible to every later read. */
  OK(0),
  /** Ask the node of the hint, or the other members when the hint is unknown. */
  NOT_LEADER(1),
  /** The request's epoch is older than the newest the chunk was told: the sender is deposed. */
  STALE_EPOCH(2),
  /** No free block on a disk of the group. Nothing was written. */
  NO_SPACE(3),
  /**
   * Too much is in flight, or leadership is changing; nothing was accepted; retry after a pause.
   */
  BUSY(4),
  /** This node holds no replica of the chunk. */
  NO_SUCH_CHUNK(5),
  /** A retry of a write that its client has already called finished; it was not applied (again). */
  STALE_SEQUENCE(6),
  /** The request makes no sense (bounds, alignment, size); the message says which. */
  INVALID(7),
  /**
   * The outcome is unknown, because leadership was lost in between: retry with the same sequence.
   */
  IN_DOUBT(8),
  /** The bytes on this node's disk fail their checksum and were not returned; repair is needed. */
  CORRUPT(9),
  /** This node's disk has failed or was refused; it acknowledges nothing any more. */
  DISK_FAILED(10),
  /** A chunk of that id exists with other parameters. */
  ALREADY_EXISTS(11),
  /** Anything else; the message tells. */
  ERROR(12),
  /** The group's configuration is not the one the request was decided on; nothing was done. */
  CONFLICT(13),
  /** The chunk has no such snapshot; nothing was done. */
  NO_SNAPSHOT(14);

  private static final Status[] BY_CODE = values();
  private final int code;

  Status(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }

  /** Null when there is no such code. */
  static Status ofCode(int code) {
    return code >= 0 && code < BY_CODE.length ? BY_CODE[code] : null;
  }
}
