package io.polarj.polarctrl.protocol;

import java.util.Objects;

/** Gives the lease back, so that the next writer need not wait for its end. */
public record ReleaseWriter(long requestId, long volume, String owner, long epoch)
    implements CtrlRequest {
  public ReleaseWriter {
    Objects.requireNonNull(owner, "owner");
  }
}
