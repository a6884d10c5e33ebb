package io.polarj.platform.sim;

import io.polarj.platform.disk.BlockDevice;
import io.polarj.platform.disk.IoCallback;
import io.polarj.platform.random.RandomStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A simulated disk opened by one life of a node. Requests take random time and end in any order.
 * Writes under way when the node dies are as unsynced as those completed since the last flush: they
 * reach the image when they are submitted.
 */
public final class SimDisk implements BlockDevice {
  private final SimDiskImage image;
  private final SimLoop loop;
  private final RandomStream random;
  private long latencyNanos = 100_000;
  private boolean failing;
  private boolean losesWrites;
  private boolean ignoresFlush;
  private int flushesToFail;
  private long strayFrom;
  private long strayTo;
  private double lostShare;
  private double misdirectedShare;
  private boolean closed;

  public SimDisk(SimDiskImage image, SimLoop loop, RandomStream random) {
    this.image = image;
    this.loop = loop;
    this.random = random;
  }

  /** Requests take up to twice as long on average. */
  public void latency(long nanos) {
    latencyNanos = nanos;
  }

  /** Every request ends in an error from now on. */
  public void failing(boolean fails) {
    failing = fails;
  }

  /** Writes are confirmed but never stored. */
  public void losesWrites(boolean loses) {
    losesWrites = loses;
  }

  /** Flushes are confirmed but make nothing durable. */
  public void ignoresFlush(boolean ignores) {
    ignoresFlush = ignores;
  }

  /** So many flushes end in an error; what they should have covered stays unsynced. */
  public void failFlushes(int count) {
    flushesToFail = count;
  }

  /**
   * Of the writes that lie within the area one share is confirmed and never stored, another is
   * confirmed and stored elsewhere in the area.
   */
  public void strayWrites(long from, long to, double lost, double misdirected) {
    strayFrom = from;
    strayTo = to;
    lostShare = lost;
    misdirectedShare = misdirected;
  }

  @Override
  public long size() {
    return image.size();
  }

  @Override
  public void read(long offset, ByteBuffer target, IoCallback done) {
    check(offset, target);
    int from = target.position();
    finish(
        done,
        () -> {
          ByteBuffer view = target.duplicate().position(from);
          for (long at = offset; view.hasRemaining(); at += SimDiskImage.SECTOR) {
            view.put(image.current(at / SimDiskImage.SECTOR));
          }
          target.position(target.limit());
        });
  }

  @Override
  public void write(long offset, ByteBuffer source, IoCallback done) {
    check(offset, source);
    ByteBuffer view = source.duplicate();
    List<SimDiskImage.Version> versions = new ArrayList<>(view.remaining() / SimDiskImage.SECTOR);
    long place = strayed(offset, view.remaining());
    for (long at = place; view.hasRemaining() && !failing && place >= 0; ) {
      byte[] sector = new byte[SimDiskImage.SECTOR];
      view.get(sector);
      if (!losesWrites) {
        versions.add(image.write(at / SimDiskImage.SECTOR, sector));
      }
      at += SimDiskImage.SECTOR;
    }
    finish(
        done,
        () -> {
          versions.forEach(SimDiskImage.Version::completed);
          source.position(source.limit());
        });
  }

  @Override
  public void flush(IoCallback done) {
    if (flushesToFail > 0) {
      flushesToFail--;
      loop.deliverAfter(
          1 + random.nextLong(2 * latencyNanos),
          () -> done.completed(new IOException("the simulated disk fails to flush")));
      return;
    }
    Map<Long, SimDiskImage.Version> covered = image.completed();
    finish(
        done,
        () -> {
          if (!ignoresFlush) {
            image.sync(covered);
          }
        });
  }

  /** Where a write ends up; -1 for nowhere. */
  private long strayed(long offset, int length) {
    boolean within = offset >= strayFrom && offset + length <= strayTo;
    if (!within || lostShare + misdirectedShare <= 0) {
      return offset;
    }
    double dice = random.nextDouble();
    if (dice < lostShare) {
      image.strayed();
      return -1;
    }
    if (dice < lostShare + misdirectedShare) {
      image.strayed();
      long places = (strayTo - strayFrom - length) / SimDiskImage.SECTOR + 1;
      return strayFrom + random.nextLong(places) * SimDiskImage.SECTOR;
    }
    return offset;
  }

  @Override
  public void close() {
    closed = true;
  }

  private void finish(IoCallback done, Runnable effect) {
    if (closed) {
      loop.execute(() -> done.completed(new IOException("the simulated disk is closed")));
      return;
    }
    long delay = 1 + random.nextLong(2 * latencyNanos);
    loop.deliverAfter(
        delay,
        () -> {
          if (failing) {
            done.completed(new IOException("the simulated disk fails"));
          } else {
            effect.run();
            image.ended();
            if (!loop.dead()) { // the alarm may have cut the power
              done.completed(null);
            }
          }
        });
  }

  private void check(long offset, ByteBuffer buffer) {
    boolean aligned =
        buffer.isDirect()
            && offset % ALIGNMENT == 0
            && buffer.remaining() % ALIGNMENT == 0
            && buffer.position() % ALIGNMENT == 0
            && buffer.alignmentOffset(0, ALIGNMENT) == 0;
    if (!aligned || offset < 0 || offset + buffer.remaining() > image.size()) {
      throw new IllegalArgumentException("misaligned or outside: " + offset + " " + buffer);
    }
  }
}
