package io.polarj.engine.recovery;

/** The lowest LSN whose redo a live replica or a standby still needs (E4). */
@FunctionalInterface
public interface RedoRetention {
  /** Nobody but recovery needs redo. */
  RedoRetention NONE = () -> Long.MAX_VALUE;

  long lsn();
}
