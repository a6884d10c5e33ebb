package io.polarj.polarctrl.state;

/** Why a replica is moved; the order is the order of urgency. */
public enum PlanKind {
  /** A replica is lost, or there are fewer than there should be. */
  REPAIR,
  /** There are more voters than there should be. */
  TRIM,
  /** An operator asked for this very move. */
  OPERATOR,
  /** The node it is on is decommissioned. */
  DRAIN,
  /** The node it is on has more than others. */
  REBALANCE
}
