package io.polarj.platform.disk;

import io.polarj.platform.loop.EventLoop;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Makes and opens block devices. */
public final class BlockDevices {
  private static final int ZEROS_BYTES = 1 << 20;

  private BlockDevices() {}

  /**
   * Opens the file or block device for the loop. A file that does not exist yet is made, {@code
   * size} bytes of holes; one that does exist keeps its own size, which must be at least {@code
   * size} (0: whatever it is).
   */
  public static BlockDevice open(Path path, long size, EventLoop loop, DeviceMode mode)
      throws IOException {
    if (Files.notExists(path)) {
      createSparse(path, size);
    }
    FileBlockDevice device = FileBlockDevice.open(path, loop);
    if (device.size() < size || device.size() == 0) {
      device.close();
      throw new IOException(
          path + " has " + device.size() + " bytes, but " + size + " were asked for");
    }
    return device;
  }

  /**
   * A new file of that size without space of its own: quick to make, slower in its first writes.
   */
  public static void createSparse(Path path, long size) throws IOException {
    checkSize(path, size);
    try (FileChannel channel =
        FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate(1), size - 1);
      channel.force(true);
    }
  }

  /** A new file of that size, written with zeros once, so that later writes change no metadata. */
  public static void createZeroed(Path path, long size) throws IOException {
    checkSize(path, size);
    try (FileChannel channel =
        FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ByteBuffer zeros = ByteBuffer.allocateDirect((int) Math.min(ZEROS_BYTES, size));
      long at = 0;
      while (at < size) {
        zeros.clear().limit((int) Math.min(zeros.capacity(), size - at));
        at += channel.write(zeros, at);
      }
      channel.force(true);
    }
  }

  private static void checkSize(Path path, long size) {
    if (size <= 0 || size % BlockDevice.ALIGNMENT != 0) {
      throw new IllegalArgumentException(
          path + ": size " + size + " is not a multiple of " + BlockDevice.ALIGNMENT);
    }
  }
}
