package io.polarj.polarctrl.state;

/** What was decided about a node; survives restarts of PolarCtrl. */
public enum NodeAdmin {
  IN_SERVICE,
  /** Decommissioned by an operator: its replicas are moved away and it gets no new ones. */
  DRAINING,
  /** Silent for so long that its replicas are made anew elsewhere; ends when it is heard again. */
  LOST_BY_SILENCE,
  /** Lost by an operator's word; ends by an operator's word. */
  LOST_BY_ORDER;

  boolean lost() {
    return this == LOST_BY_SILENCE || this == LOST_BY_ORDER;
  }
}
