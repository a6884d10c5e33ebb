package io.polarj.engine.mtr;

/** Begins mini-transactions. Any thread. */
public interface MtrSource {
  Mtr begin();
}
