package io.polarj.polarctrl.protocol;

import java.util.Objects;

/** Renews a writer's lease; answered by {@link WriterReply}, or STALE_EPOCH when it is deposed. */
public record RenewWriter(long requestId, long volume, String owner, long epoch)
    implements CtrlRequest {
  public RenewWriter {
    Objects.requireNonNull(owner, "owner");
  }
}
