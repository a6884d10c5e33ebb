package io.polarj.engine.mtr;

/** How a page is latched. */
public enum Latch {
  SHARED,
  EXCLUSIVE
}
