package io.polarj.platform.disk;

import io.polarj.platform.loop.EventLoop;
import io.polarj.platform.loop.ThreadLoop;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes and opens block devices. */
public final class BlockDevices {
  private static final Logger LOG = LoggerFactory.getLogger(BlockDevices.class);
  private static final long OPEN_TIMEOUT_SECONDS = 30;
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
    long present = sizeOf(path);
    if (present < size || present == 0) {
      throw new IOException(path + " has " + present + " bytes, but " + size + " were asked for");
    }
    return new FlushGuard(engine(path, present, loop, mode));
  }

  private static BlockDevice engine(Path path, long present, EventLoop loop, DeviceMode mode)
      throws IOException {
    return switch (mode) {
      case FILE -> FileBlockDevice.open(path, loop);
      case URING -> openUring(path, present, loop);
      case AUTO -> {
        try {
          yield openUring(path, present, loop);
        } catch (IOException | LinkageError e) {
          LOG.info("{}: the file engine carries the I/O, not io_uring: {}", path, e.getMessage());
          yield FileBlockDevice.open(path, loop);
        }
      }
    };
  }

  private static BlockDevice openUring(Path path, long size, EventLoop loop) throws IOException {
    if (!(loop instanceof ThreadLoop threadLoop)) {
      throw new IOException("io_uring needs a ThreadLoop, not " + loop.getClass().getName());
    }
    if (threadLoop.inLoop()) {
      return UringBlockDevice.open(path, size, threadLoop);
    }
    CompletableFuture<BlockDevice> opened = new CompletableFuture<>();
    threadLoop.execute(() -> {
      try {
        opened.complete(UringBlockDevice.open(path, size, threadLoop));
      } catch (Throwable e) {
        opened.completeExceptionally(e);
      }
    });
    try {
      return opened.get(OPEN_TIMEOUT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new IOException(e.getCause().getMessage(), e.getCause());
    } catch (TimeoutException e) {
      throw new IOException(path + ": loop " + threadLoop.name() + " does not answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException(path + ": interrupted while it was opened");
    }
  }

  /** Rounded down to the alignment. */
  private static long sizeOf(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      return channel.size() / BlockDevice.ALIGNMENT * BlockDevice.ALIGNMENT;
    }
  }

  /**
   * A new file of that size without space of its own: quick to make, slower in its first writes.
   */
  public static void createSparse(Path path, long size) throws IOException {
    checkSize(path, size);
    create(
        path,
        size,
        channel -> {
          channel.write(ByteBuffer.allocate(1), size - 1);
        });
  }

  /** A new file of that size, written with zeros once, so that later writes change no metadata. */
  public static void createZeroed(Path path, long size) throws IOException {
    checkSize(path, size);
    long free = Files.getFileStore(path.toAbsolutePath().getParent()).getUsableSpace();
    if (free < size) {
      throw new IOException(
          path + " is to have " + size + " bytes, but only " + free + " are free");
    }
    create(
        path,
        size,
        channel -> {
          ByteBuffer zeros = ByteBuffer.allocateDirect((int) Math.min(ZEROS_BYTES, size));
          long at = 0;
          while (at < size) {
            zeros.clear().limit((int) Math.min(zeros.capacity(), size - at));
            at += channel.write(zeros, at);
          }
        });
  }

  @FunctionalInterface
  private interface Filling {
    void fill(FileChannel channel) throws IOException;
  }

  /** A file that cannot be filled does not stay behind: it would be taken for a whole one later. */
  private static void create(Path path, long size, Filling filling) throws IOException {
    try (FileChannel channel =
        FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      try {
        filling.fill(channel);
        channel.force(true);
      } catch (IOException e) {
        Files.delete(path);
        throw new IOException(
            path + " cannot be made with " + size + " bytes: " + e.getMessage(), e);
      }
    }
  }

  private static void checkSize(Path path, long size) {
    if (size <= 0 || size % BlockDevice.ALIGNMENT != 0) {
      throw new IllegalArgumentException(
          path + ": size " + size + " is not a multiple of " + BlockDevice.ALIGNMENT);
    }
  }
}
