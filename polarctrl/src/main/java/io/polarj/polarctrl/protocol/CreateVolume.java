package io.polarj.polarctrl.protocol;

import java.util.Objects;

/**
 * Makes a volume and all its chunks; answered by {@link VolumeReply} when they are there. Repeated
 * with the same parameters it answers the same volume.
 *
 * @param sizeBytes rounded up to whole chunks
 * @param chunkBytes a multiple of 64 KiB
 */
public record CreateVolume(
    long requestId, String name, long sizeBytes, long chunkBytes, int replicas)
    implements CtrlRequest {
  public CreateVolume {
    Objects.requireNonNull(name, "name");
  }
}
