package io.polarj.platform.sim;

import io.polarj.platform.loop.Probe;
import io.polarj.platform.random.RandomStream;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;

/**
 * Virtual time for many nodes: runs the events of all {@link SimLoop}s one after another in the
 * order of their times, which the seed jitters.
 *
 * <p>The same seed and the same program give the same sequence of events; {@link #traceHash} is a
 * fingerprint of it. Single-threaded.
 */
public final class SimScheduler {
  private final PriorityQueue<SimEvent> queue = new PriorityQueue<>();
  private final RandomStream random;
  private long nowNanos;
  private long sequence;
  private long traceHash = 0x9E3779B97F4A7C15L;
  private final Map<Probe, long[]> reached = new HashMap<>();
  private long delivered;
  private SimLoop latest;
  private int loops;

  public SimScheduler(long seed) {
    random = new RandomStream(seed).split("scheduler");
  }

  /** A node's loop, with a clock that runs {@code driftPermille} fast (or slow, if negative). */
  public SimLoop newLoop(String name, int driftPermille) {
    return new SimLoop(this, name, loops++, driftPermille);
  }

  public long nowNanos() {
    return nowNanos;
  }

  /** A rolling hash over time and loop of every event delivered so far. */
  public long traceHash() {
    return traceHash;
  }

  public long delivered() {
    return delivered;
  }

  /** The loop that did something last. */
  public SimLoop latest() {
    return latest;
  }

  void reached(Probe probe) {
    reached.computeIfAbsent(probe, p -> new long[1])[0]++;
  }

  /** How often each probe was reached, by its name. */
  public TreeMap<String, Long> probes() {
    TreeMap<String, Long> counts = new TreeMap<>();
    reached.forEach((probe, count) -> counts.merge(probe.name(), count[0], Long::sum));
    return counts;
  }

  /** Mixes what happened into the trace, for events whose order alone does not tell them apart. */
  public void trace(long value) {
    traceHash = Long.rotateLeft(traceHash ^ value, 29) * 0xBF58476D1CE4E5B9L;
  }

  /** Delivers the next event; false when there is none. */
  public boolean step() {
    SimEvent event = queue.poll();
    if (event == null) {
      return false;
    }
    nowNanos = event.atNanos();
    event.loop().deliver(event);
    return true;
  }

  /** Delivers every event up to that time and moves the clock there. */
  public void runUntil(long untilNanos) {
    while (!queue.isEmpty() && queue.peek().atNanos() <= untilNanos) {
      step();
    }
    nowNanos = Math.max(nowNanos, untilNanos);
  }

  SimEvent add(SimLoop loop, long atNanos, Runnable task) {
    return add(loop, atNanos, Long.MIN_VALUE, task);
  }

  SimEvent add(SimLoop loop, long atNanos, long dueNanos, Runnable task) {
    SimEvent event =
        new SimEvent(loop, Math.max(atNanos, nowNanos), nextSequence(), dueNanos, task);
    queue.add(event);
    return event;
  }

  void postpone(SimEvent event, long untilNanos) {
    queue.add(event.at(untilNanos));
  }

  void delivering(SimLoop loop) {
    delivered++;
    latest = loop;
    trace(nowNanos);
    trace(loop.number());
  }

  long jitterNanos() {
    return random.nextLong(2_000);
  }

  private long nextSequence() {
    return sequence++;
  }
}
