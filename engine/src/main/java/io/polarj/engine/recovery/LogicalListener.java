package io.polarj.engine.recovery;

/** Told of logical records in LSN order, by recovery and by replicas; one thread at a time. */
@FunctionalInterface
public interface LogicalListener {
  LogicalListener NONE = (_, _, _, _) -> {};

  /**
   * A record of the group that spans {@code startLsn} to {@code endLsn}. {@code type} is a {@code
   * LogicalType} code, perhaps one that this version does not know.
   */
  void logical(long startLsn, long endLsn, int type, byte[] payload);
}
