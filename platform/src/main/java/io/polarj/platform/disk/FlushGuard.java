package io.polarj.platform.disk;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Remembers that a flush failed. The kernel reports a write that was lost on its way to the disk
 * once, to the next flush, and forgets it: a flush that is tried again succeeds without the data.
 * So after a failure every later flush of the device fails as well, until it is opened anew.
 */
final class FlushGuard implements BlockDevice {
  private final BlockDevice engine;
  private volatile IOException failure;

  FlushGuard(BlockDevice engine) {
    this.engine = engine;
  }

  @Override
  public long size() {
    return engine.size();
  }

  @Override
  public void read(long offset, ByteBuffer target, IoCallback done) {
    engine.read(offset, target, done);
  }

  @Override
  public void write(long offset, ByteBuffer source, IoCallback done) {
    engine.write(offset, source, done);
  }

  /** The failure is looked for when the flush has ended: one under way may fail before it. */
  @Override
  public void flush(IoCallback done) {
    engine.flush(error -> {
      IOException earlier = failure;
      if (earlier != null) {
        done.completed(
            new IOException(
                "a flush failed before, and what it lost stays lost: " + earlier.getMessage(),
                earlier));
        return;
      }
      failure = error;
      done.completed(error);
    });
  }

  @Override
  public void close() {
    engine.close();
  }
}
