package io.polarj.engine.mtr;

/** Begins mini-transactions. Any thread. */
@FunctionalInterface
public interface MtrSource {
  /**
   * One that may change pages. It may wait for the checkpoint, so ask before taking latches. A
   * replica throws {@code EngineException.ReadOnly}.
   */
  Mtr begin();

  /** One that only reads. */
  default Mtr read() {
    return begin();
  }
}
