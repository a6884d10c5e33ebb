package io.polarj.platform.disk;

import com.sun.nio.file.ExtendedOpenOption;
import io.polarj.platform.loop.EventLoop;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * The portable device: a FileChannel opened with O_DIRECT over a file or a block device, with a few
 * threads that carry the blocking calls. Any thread may call; callbacks run on the loop.
 *
 * <p>Why threads and not the loop itself: one call costs 20 to 30 us, a flush up to milliseconds,
 * and while it lasts a loop would serve nobody; with a handful of requests in flight four threads
 * carry three times what the loop alone does. The price is one hand-over there and one back for a
 * lone request. The uring engine has neither cost; this one is for kernels without it, and the
 * reference.
 */
final class FileBlockDevice implements BlockDevice {
  private static final int THREADS = 4;

  private final Path path;
  private final FileChannel channel;
  private final long size;
  private final EventLoop loop;
  private final ExecutorService workers;

  private FileBlockDevice(Path path, FileChannel channel, long size, EventLoop loop) {
    this.path = path;
    this.channel = channel;
    this.size = size;
    this.loop = loop;
    this.workers =
        Executors.newFixedThreadPool(
            THREADS,
            Thread.ofPlatform().daemon().name("disk-" + path.getFileName() + "-", 0).factory());
  }

  /** Opens what is there already; its size is the device's, rounded down to the alignment. */
  static FileBlockDevice open(Path path, EventLoop loop) throws IOException {
    FileChannel channel =
        FileChannel.open(
            path, StandardOpenOption.READ, StandardOpenOption.WRITE, ExtendedOpenOption.DIRECT);
    try {
      long size = channel.size() / ALIGNMENT * ALIGNMENT;
      return new FileBlockDevice(path, channel, size, loop);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public void read(long offset, ByteBuffer target, IoCallback done) {
    AlignedBuffers.check(size, offset, target);
    submit("read at " + offset, () -> readFully(offset, target), done);
  }

  @Override
  public void write(long offset, ByteBuffer source, IoCallback done) {
    AlignedBuffers.check(size, offset, source);
    submit("write at " + offset, () -> writeFully(offset, source), done);
  }

  @Override
  public void flush(IoCallback done) {
    submit("flush", () -> channel.force(false), done);
  }

  @Override
  public void close() {
    workers.shutdown();
    boolean interrupted = false;
    boolean idle = false;
    while (!idle) {
      try {
        idle = workers.awaitTermination(1, TimeUnit.MINUTES);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException("closing " + path, e);
    }
  }

  private void submit(String what, BlockingIo io, IoCallback done) {
    try {
      workers.execute(() -> run(what, io, done));
    } catch (RejectedExecutionException e) {
      complete(done, new IOException(path + ": " + what + ": the device is closed", e));
    }
  }

  private void run(String what, BlockingIo io, IoCallback done) {
    IOException error = null;
    try {
      io.run();
    } catch (IOException e) {
      error = new IOException(path + ": " + what + ": " + e.getMessage(), e);
    } catch (RuntimeException e) {
      error = new IOException(path + ": " + what + ": " + e, e);
    }
    complete(done, error);
  }

  private void complete(IoCallback done, IOException error) {
    loop.execute(() -> done.completed(error));
  }

  /** Works on a duplicate, so that the caller's buffer keeps its position whatever happens. */
  private void readFully(long offset, ByteBuffer target) throws IOException {
    ByteBuffer view = target.duplicate();
    long at = offset;
    while (view.hasRemaining()) {
      int count = channel.read(view, at);
      if (count <= 0) {
        throw new EOFException("ends at " + at);
      }
      at += count;
    }
  }

  private void writeFully(long offset, ByteBuffer source) throws IOException {
    ByteBuffer view = source.duplicate();
    long at = offset;
    while (view.hasRemaining()) {
      at += channel.write(view, at);
    }
  }

  private interface BlockingIo {
    void run() throws IOException;
  }
}
