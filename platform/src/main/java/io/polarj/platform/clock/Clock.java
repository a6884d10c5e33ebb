package io.polarj.platform.clock;

/**
 * The only source of time. Sans-I/O code gets one handed in and never asks the operating system.
 */
public interface Clock {
  /** A monotonic reading in nanoseconds; only differences mean anything. */
  long nanoTime();

  /** Milliseconds since 1970 UTC. It may step back; never use it for leases or timeouts. */
  long wallMillis();
}
