package io.polarj.polarctrl.protocol;

import java.util.Objects;

/** A volume as it is now. */
public record VolumeReply(long requestId, VolumeInfo volume) implements CtrlReply {
  public VolumeReply {
    Objects.requireNonNull(volume, "volume");
  }
}
