package io.polarj.polarctrl.protocol;

/** How a request to PolarCtrl ended. The codes on the wire are stable. */
public enum CtrlStatus {
  OK(0),
  NOT_FOUND(1),
  /** A volume of that name exists with other parameters. */
  ALREADY_EXISTS(2),
  /** Another writer's lease is alive; force takes the volume all the same. */
  WRITER_BUSY(3),
  /** The epoch is not the newest one: the asker is deposed. */
  STALE_EPOCH(4),
  /** Too few live ChunkServers to place the replicas. */
  NOT_ENOUGH_NODES(5),
  INVALID(6),
  /** It could not be finished in time; what was begun goes on; ask again. */
  TIMED_OUT(7),
  ERROR(8),
  /** The database does not know volumes that the ChunkServers hold; it is to be rebuilt first. */
  NEEDS_RECOVERY(9);

  private static final CtrlStatus[] BY_CODE = values();
  private final int code;

  CtrlStatus(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }

  static CtrlStatus ofCode(int code) {
    return code >= 0 && code < BY_CODE.length ? BY_CODE[code] : null;
  }
}
