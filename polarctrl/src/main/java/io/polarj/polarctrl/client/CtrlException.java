package io.polarj.polarctrl.client;

import io.polarj.polarctrl.protocol.CtrlStatus;
import java.io.IOException;

/** PolarCtrl refused, or did not answer in time. */
public final class CtrlException extends IOException {
  private static final long serialVersionUID = 1L;
  private final CtrlStatus status;

  public CtrlException(CtrlStatus status, String message) {
    super("PolarCtrl: " + status + ": " + message);
    this.status = status;
  }

  /** The same refusal with the stack of the thread that waited for it. */
  CtrlException(CtrlException original) {
    super(original.getMessage(), original);
    this.status = original.status;
  }

  public CtrlStatus status() {
    return status;
  }
}
