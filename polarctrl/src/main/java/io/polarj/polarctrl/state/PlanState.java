package io.polarj.polarctrl.state;

/** Where a plan's life stands. How far an open one has come is told by reports, not stored. */
public enum PlanState {
  OPEN,
  DONE,
  CANCELLED
}
