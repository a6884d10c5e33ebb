package io.polarj.platform.disk;

import io.polarj.platform.loop.ThreadLoop;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The io_uring device: requests and completions stay on the loop, without another thread. Calls
 * from other threads are handed over to it.
 */
final class UringBlockDevice implements BlockDevice {
  private static final Logger LOG = LoggerFactory.getLogger(UringBlockDevice.class);
  private final Path path;
  private final long size;
  private final ThreadLoop loop;
  private final UringPoller ring;
  private final int fd;
  private final CountDownLatch gone = new CountDownLatch(1);
  private long inFlight;
  private boolean closing;

  private UringBlockDevice(Path path, long size, ThreadLoop loop, UringPoller ring, int fd) {
    this.path = path;
    this.size = size;
    this.loop = loop;
    this.ring = ring;
    this.fd = fd;
  }

  /** On the loop's thread; {@code size} is the file's, a multiple of the alignment. */
  static UringBlockDevice open(Path path, long size, ThreadLoop loop) throws IOException {
    UringPoller ring = UringPoller.of(loop);
    int fd = Libc.openDirect(path.toString());
    if (fd < 0) {
      throw new IOException(path + ": open for direct I/O: " + Libc.message(-fd));
    }
    return new UringBlockDevice(path, size, loop, ring, fd);
  }

  Path path() {
    return path;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public void read(long offset, ByteBuffer target, IoCallback done) {
    AlignedBuffers.check(size, offset, target);
    start(new UringRequest(this, UringPoller.OP_READ, fd, offset, target, done));
  }

  @Override
  public void write(long offset, ByteBuffer source, IoCallback done) {
    AlignedBuffers.check(size, offset, source);
    start(new UringRequest(this, UringPoller.OP_WRITE, fd, offset, source, done));
  }

  @Override
  public void flush(IoCallback done) {
    start(new UringRequest(this, UringPoller.OP_FSYNC, fd, 0, null, done));
  }

  /** Waits for what is in flight, unless it is called on the loop: then the last one closes. */
  @Override
  public void close() {
    if (loop.inLoop()) {
      closeOnLoop();
      return;
    }
    loop.execute(this::closeOnLoop);
    boolean interrupted = false;
    boolean waiting = true;
    while (waiting) {
      try {
        waiting = !gone.await(20, TimeUnit.MILLISECONDS) && !loop.ended();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** A callback that throws must not take the other completions with it. */
  void completed(IoCallback done, IOException error) {
    inFlight--;
    try {
      done.completed(error);
    } catch (Throwable e) {
      LOG.error("{}: the callback of an I/O failed", path, e);
    }
    closeWhenIdle();
  }

  private void start(UringRequest request) {
    if (loop.inLoop()) {
      startOnLoop(request);
    } else {
      loop.execute(() -> startOnLoop(request));
    }
  }

  private void startOnLoop(UringRequest request) {
    inFlight++;
    if (closing) {
      loop.execute(() -> request.fail(new IOException("the device is closed")));
    } else {
      ring.submit(request);
    }
  }

  private void closeOnLoop() {
    closing = true;
    closeWhenIdle();
  }

  private void closeWhenIdle() {
    if (closing && inFlight == 0 && gone.getCount() > 0) {
      Libc.close(fd);
      gone.countDown();
    }
  }
}
