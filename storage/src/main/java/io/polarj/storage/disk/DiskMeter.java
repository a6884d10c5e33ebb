package io.polarj.storage.disk;

import io.polarj.platform.clock.Clock;
import io.polarj.storage.protocol.NodeMetrics;
import java.util.LinkedHashSet;
import org.HdrHistogram.Histogram;

/**
 * Counts and times the I/Os of a disk, and judges from the last ten seconds whether it is slow or
 * failing. One loop only.
 */
public final class DiskMeter {
  private static final int SLOTS = 10;
  private static final long SLOT_NANOS = 1_000_000_000L;
  private static final int FEWEST_TO_JUDGE = 10;
  private static final int STALL_FACTOR = 5;
  private static final long LONGEST_MICROS = 60_000_000L;

  /** So many failed reads in ten seconds are more than repair should have to deal with. */
  public static final int MOST_READ_ERRORS = 64;

  private final Clock clock;
  private final long slowNanos;
  private final Counter reads = new Counter();
  private final Counter writes = new Counter();
  private final Counter flushes = new Counter();
  private final LinkedHashSet<Request> pending = new LinkedHashSet<>();
  private final Slot[] slots = new Slot[SLOTS];

  /** One kind of request. */
  private static final class Counter {
    final Histogram micros = new Histogram(LONGEST_MICROS, 2);
    long count;
    long bytes;
    long errors;

    NodeMetrics.Latency latency() {
      return count == 0
          ? NodeMetrics.Latency.NONE
          : new NodeMetrics.Latency(
              micros.getValueAtPercentile(50),
              micros.getValueAtPercentile(99),
              micros.getValueAtPercentile(99.9),
              micros.getMaxValue());
    }
  }

  /** What ended within one second. */
  private static final class Slot {
    long second = -1;
    int ended;
    int slow;
    int readErrors;
  }

  /** A request under way; ends once. */
  final class Request {
    private final Counter counter;
    private final int bytes;
    private final long begunNanos;

    private Request(Counter counter, int bytes) {
      this.counter = counter;
      this.bytes = bytes;
      this.begunNanos = clock.nanoTime();
      pending.add(this);
    }

    void ended(boolean failed) {
      pending.remove(this);
      long nanos = Math.max(0, clock.nanoTime() - begunNanos);
      counter.count++;
      counter.micros.recordValue(Math.min(LONGEST_MICROS, nanos / 1_000));
      Slot slot = slot();
      slot.ended++;
      slot.slow += nanos > slowNanos ? 1 : 0;
      if (failed) {
        counter.errors++;
        slot.readErrors += counter == reads ? 1 : 0;
      } else {
        counter.bytes += bytes;
      }
    }
  }

  /**
   * @param slowNanos a disk is slow when half of the requests of ten seconds take longer, or one
   *     takes five times as long; 0 to judge nothing
   */
  public DiskMeter(Clock clock, long slowNanos) {
    this.clock = clock;
    this.slowNanos = slowNanos == 0 ? Long.MAX_VALUE / STALL_FACTOR : slowNanos;
    for (int i = 0; i < SLOTS; i++) {
      slots[i] = new Slot();
    }
  }

  Request read(int bytes) {
    return new Request(reads, bytes);
  }

  Request write(int bytes) {
    return new Request(writes, bytes);
  }

  Request flush() {
    return new Request(flushes, 0);
  }

  public boolean slow() {
    if (!pending.isEmpty()
        && clock.nanoTime() - pending.getFirst().begunNanos > STALL_FACTOR * slowNanos) {
      return true;
    }
    int ended = 0;
    int slow = 0;
    for (Slot slot : slots) {
      if (recent(slot)) {
        ended += slot.ended;
        slow += slot.slow;
      }
    }
    return ended >= FEWEST_TO_JUDGE && slow * 2 > ended;
  }

  /** Reads that failed in the last ten seconds. */
  public int recentReadErrors() {
    int errors = 0;
    for (Slot slot : slots) {
      errors += recent(slot) ? slot.readErrors : 0;
    }
    return errors;
  }

  public long reads() {
    return reads.count;
  }

  public long readBytes() {
    return reads.bytes;
  }

  public long readErrors() {
    return reads.errors;
  }

  public long writes() {
    return writes.count;
  }

  public long writtenBytes() {
    return writes.bytes;
  }

  public long writeErrors() {
    return writes.errors;
  }

  public long flushes() {
    return flushes.count;
  }

  public long flushErrors() {
    return flushes.errors;
  }

  public int inFlight() {
    return pending.size();
  }

  public NodeMetrics.Latency readLatency() {
    return reads.latency();
  }

  public NodeMetrics.Latency writeLatency() {
    return writes.latency();
  }

  public NodeMetrics.Latency flushLatency() {
    return flushes.latency();
  }

  private Slot slot() {
    long second = second();
    Slot slot = slots[(int) (second % SLOTS)];
    if (slot.second != second) {
      slot.second = second;
      slot.ended = 0;
      slot.slow = 0;
      slot.readErrors = 0;
    }
    return slot;
  }

  private boolean recent(Slot slot) {
    return slot.second >= 0 && second() - slot.second < SLOTS;
  }

  private long second() {
    return (clock.nanoTime() & Long.MAX_VALUE) / SLOT_NANOS;
  }
}
