package io.polarj.storage.repair;

import io.polarj.platform.loop.EventLoop;
import io.polarj.platform.loop.Timer;
import io.polarj.storage.disk.DiskGeometry;
import io.polarj.storage.protocol.ChunkId;
import java.util.Map;

/**
 * Reads every allocated block of every replica of this node once in a period and verifies it; what
 * is damaged is repaired as after any read. While clients are served it reads only as fast as the
 * period needs, while they rest as fast as the limit allows, one block at a time. Having gone
 * through a chunk that this node leads, it has the members' checksums compared.
 *
 * <p>Sans-I/O, one loop only.
 */
public final class Scrubber {
  private static final long TICK_NANOS = 50_000_000L;
  private static final long SECOND_NANOS = 1_000_000_000L;

  private final ScrubSettings settings;
  private final EventLoop loop;
  private final Repairs repairs;
  private final Comparison comparison;
  private Timer timer;
  private ChunkId chunk;
  private int block;
  private boolean reading;
  private boolean busy;
  private boolean closed;
  private boolean resting;
  private long passBeganNanos;
  private long lastTickNanos;
  private long passBlocks;
  private long passDone;
  private double budget;
  private long passes;
  private long scrubbed;

  public Scrubber(ScrubSettings settings, EventLoop loop, Repairs repairs) {
    this.settings = settings;
    this.loop = loop;
    this.repairs = repairs;
    this.comparison = repairs.comparison();
  }

  /** Begins the first pass. */
  public void start() {
    if (settings.periodMillis() > 0) {
      beginPass();
      tick();
    }
  }

  public void close() {
    closed = true;
    if (timer != null) {
      timer.cancel();
    }
  }

  /** A client has asked for something. */
  public void clientActive() {
    busy = true;
  }

  /** Passes through the whole disk since start. */
  public long passes() {
    return passes;
  }

  /** Blocks read since start. */
  public long scrubbed() {
    return scrubbed;
  }

  /** How far the present pass is, in thousandths. */
  public int progressPermille() {
    return resting || passBlocks == 0 ? 1000 : (int) Math.min(1000, passDone * 1000 / passBlocks);
  }

  private void beginPass() {
    long now = loop.clock().nanoTime();
    passBeganNanos = now;
    lastTickNanos = now;
    passDone = 0;
    passBlocks = repairs.allocatedBlocks();
    budget = 0;
    chunk = null;
    block = 0;
    resting = false;
  }

  private void tick() {
    if (closed) {
      return;
    }
    timer = loop.schedule(TICK_NANOS, this::tick);
    long now = loop.clock().nanoTime();
    if (resting) {
      if (now - passBeganNanos >= settings.periodMillis() * 1_000_000L) {
        beginPass();
      }
      return;
    }
    double limit = (double) settings.bytesPerSecond() / DiskGeometry.BLOCK_BYTES;
    double rate = busy ? Math.min(limit, neededRate(now)) : limit;
    busy = false;
    double perTick = Math.max(1, limit * TICK_NANOS / SECOND_NANOS);
    budget = Math.min(perTick, budget + rate * (now - lastTickNanos) / SECOND_NANOS);
    lastTickNanos = now;
    next();
  }

  /** Blocks per second with which the pass ends in time, with a tenth to spare. */
  private double neededRate(long now) {
    double left = settings.periodMillis() * 0.9e-3 - (now - passBeganNanos) * 1e-9;
    double blocks = Math.max(1, passBlocks - passDone);
    return left <= 0 ? Double.MAX_VALUE : blocks / left;
  }

  private void next() {
    if (closed || reading || resting || budget < 1) {
      return;
    }
    Patient patient = findBlock();
    if (patient == null) {
      passes++;
      resting = true;
      return;
    }
    budget--;
    reading = true;
    patient
        .blocks()
        .verify(
            block++,
            error -> {
              reading = false;
              passDone++;
              scrubbed++;
              patient.scrubbed++;
              next();
            });
  }

  /** Moves to the next allocated block; null at the end of the last chunk. */
  private Patient findBlock() {
    while (true) {
      Map.Entry<ChunkId, Patient> at =
          chunk == null ? repairs.patients().firstEntry() : repairs.patients().ceilingEntry(chunk);
      if (at == null) {
        return null;
      }
      Patient patient = at.getValue();
      if (!at.getKey().equals(chunk)) {
        chunk = at.getKey();
        block = 0;
      }
      int found =
          block < patient.blocks().blockCount() ? patient.blocks().nextAllocated(block) : -1;
      if (found >= 0) {
        block = found;
        return patient;
      }
      patient.passes++;
      comparison.begin(patient);
      Map.Entry<ChunkId, Patient> after = repairs.patients().higherEntry(chunk);
      if (after == null) {
        return null;
      }
      chunk = after.getKey();
      block = 0;
    }
  }
}
