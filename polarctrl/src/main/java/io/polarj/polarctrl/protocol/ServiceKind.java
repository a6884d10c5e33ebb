package io.polarj.polarctrl.protocol;

/** What a service that reports to PolarCtrl is. ChunkServers have a heartbeat of their own. */
public enum ServiceKind {
  POLARSWITCH(0),
  PRIMARY(1),
  REPLICA(2),
  STANDBY(3),
  PROXY(4);

  private static final ServiceKind[] BY_CODE = values();
  private final int code;

  ServiceKind(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }

  static ServiceKind ofCode(int code) {
    return code >= 0 && code < BY_CODE.length ? BY_CODE[code] : null;
  }
}
