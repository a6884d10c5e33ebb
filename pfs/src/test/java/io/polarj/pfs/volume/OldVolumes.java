package io.polarj.pfs.volume;

import io.polarj.pfs.device.DeviceIo;
import io.polarj.pfs.device.VolumeDevice;
import io.polarj.pfs.volume.format.SuperBlock;
import io.polarj.pfs.volume.format.VolumeLayout;
import java.io.IOException;

/** Makes volumes look as earlier versions left them. */
public final class OldVolumes {
  private OldVolumes() {}

  /** Format 1: the same layout, with nothing where the paxos file is. */
  public static void makeFormat1(VolumeDevice device, long volumeId) throws IOException {
    DeviceIo io = new DeviceIo(device);
    SuperBlock now = Mkfs.superBlock(io);
    byte[] old = new SuperBlock(1, volumeId, now.volumeBytes(), now.layout()).encode();
    io.writeBytes(VolumeLayout.SUPERBLOCK, old);
    io.writeBytes(VolumeLayout.SUPERBLOCK_COPY, old);
  }

  public static int formatOf(VolumeDevice device) throws IOException {
    return Mkfs.superBlock(new DeviceIo(device)).format();
  }
}
