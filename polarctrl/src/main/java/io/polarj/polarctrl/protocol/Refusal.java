package io.polarj.polarctrl.protocol;

import java.util.Objects;

/** The answer to any request that did not succeed. */
public record Refusal(long requestId, CtrlStatus status, String message) implements CtrlReply {
  public Refusal {
    Objects.requireNonNull(status, "status");
    Objects.requireNonNull(message, "message");
    if (status == CtrlStatus.OK) {
      throw new IllegalArgumentException("a refusal is not OK");
    }
  }
}
