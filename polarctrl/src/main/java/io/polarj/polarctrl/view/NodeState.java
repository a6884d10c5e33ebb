package io.polarj.polarctrl.view;

/** Whether a ChunkServer is there. */
public enum NodeState {
  UP,
  /** Silent, or its disk has failed; it is waited for, and nothing is made anew because of it. */
  SUSPECT,
  /** Gone for good; its replicas are made anew elsewhere. */
  LOST
}
