package io.polarj.platform.disk;

import io.polarj.platform.loop.ThreadLoop;
import java.io.IOException;
import java.nio.file.Path;

final class FileBlockDeviceTest extends BlockDeviceContract {
  @Override
  BlockDevice open(Path path, ThreadLoop loop) throws IOException {
    return BlockDevices.open(path, 0, loop, DeviceMode.FILE);
  }
}
