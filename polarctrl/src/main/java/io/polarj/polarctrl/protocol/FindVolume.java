package io.polarj.polarctrl.protocol;

import java.util.Objects;

/** Looks a volume up by name; answered by {@link VolumeReply}. */
public record FindVolume(long requestId, String name) implements CtrlRequest {
  public FindVolume {
    Objects.requireNonNull(name, "name");
  }
}
