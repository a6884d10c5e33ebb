package io.polarj.polarctrl.view;

/** How well a chunk is protected, best first. */
public enum ChunkState {
  HEALTHY,
  /** A replica's node is silent; it is waited for. */
  DEGRADED,
  /** Replicas are lost and are to be made anew. */
  UNDER_REPLICATED,
  /** No majority of its replicas is there: it can neither be written nor repaired. */
  UNAVAILABLE,
  /** Its replicas are being made for the first time. */
  CREATING
}
