package io.polarj.polarctrl.protocol;

import java.util.Objects;

/** Adds chunks up to that size; answered by {@link VolumeReply}. A volume never shrinks. */
public record GrowVolume(long requestId, String name, long sizeBytes) implements CtrlRequest {
  public GrowVolume {
    Objects.requireNonNull(name, "name");
  }
}
