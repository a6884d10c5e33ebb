package io.polarj.engine.instance;

/**
 * What a changed definition waits for before its statement returns (R6): that no replica answers
 * from an older one any more. Called with the LSN below which the change is durable, by the
 * statement's thread, which holds no latch and no metadata lock.
 */
@FunctionalInterface
public interface DefinitionBarrier {
  /** There are no replicas. */
  DefinitionBarrier NONE = _ -> {};

  /** Returns when every replica has taken the redo below the LSN, or answers nothing any more. */
  void await(long lsn);
}
