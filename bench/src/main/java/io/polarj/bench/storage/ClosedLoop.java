package io.polarj.bench.storage;

import io.polarj.platform.disk.IoCallback;
import java.io.IOException;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.HdrHistogram.Histogram;

/** So many requests under way all the time, at random places of a span; none overlap. */
final class ClosedLoop {
  private final long spanBytes;
  private final int size;
  private final int depth;
  private final Operation operation;
  private final Histogram histogram = new Histogram(3);
  private IOException failure;
  private long end;

  /** One request; {@code slot} is below the depth and has one at a time. */
  interface Operation {
    void start(long offset, int slot, IoCallback done);
  }

  ClosedLoop(long spanBytes, int size, int depth, Operation operation) {
    this.spanBytes = spanBytes;
    this.size = size;
    this.depth = depth;
    this.operation = operation;
  }

  /** Latencies in nanoseconds of what ended; the histogram is used again by the next run. */
  Histogram run(long nanos) throws Exception {
    histogram.reset();
    CountDownLatch done = new CountDownLatch(depth);
    end = System.nanoTime() + nanos;
    for (int slot = 0; slot < depth; slot++) {
      new Lane(slot, done).next();
    }
    done.await();
    synchronized (histogram) {
      if (failure != null) {
        throw failure;
      }
    }
    return histogram;
  }

  private final class Lane {
    private final int slot;
    private final CountDownLatch done;
    private final Random random;

    Lane(int slot, CountDownLatch done) {
      this.slot = slot;
      this.done = done;
      this.random = new Random(slot + 7);
    }

    void next() {
      long begun = System.nanoTime();
      if (begun >= end) {
        done.countDown();
        return;
      }
      long pages = spanBytes / size / depth;
      long offset = (random.nextLong(pages) * depth + slot) * size;
      operation.start(offset, slot, error -> ended(begun, error));
    }

    private void ended(long begun, IOException error) {
      synchronized (histogram) {
        histogram.recordValue(System.nanoTime() - begun);
        if (error != null) {
          failure = error;
        }
      }
      if (error != null) {
        done.countDown();
      } else {
        next();
      }
    }
  }
}
