package io.polarj.engine.buffer;

/**
 * The lowest applied LSN of the live replicas: a page is flushed only if its LSN is at most this
 * (R3).
 */
@FunctionalInterface
public interface FlushBound {
  /** Without replicas everything may be flushed. */
  FlushBound NONE = () -> Long.MAX_VALUE;

  long lsn();
}
