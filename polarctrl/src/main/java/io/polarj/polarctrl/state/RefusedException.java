package io.polarj.polarctrl.state;

import io.polarj.polarctrl.protocol.CtrlStatus;

/** An operator asked for what can not be; the message says why, and the way out. */
public final class RefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final CtrlStatus status;

  public RefusedException(CtrlStatus status, String message) {
    super(message);
    this.status = status;
  }

  public CtrlStatus status() {
    return status;
  }
}
