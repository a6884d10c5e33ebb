package io.polarj.storage.chunkserver;

import io.polarj.platform.loop.Probe;

/** Rare places of the server; see {@link Probe}. */
public enum ServerProbe implements Probe {
  /** A group was handed to another voter because this disk is slow. */
  SLOW_DISK_HANDED_OVER,
  NO_SPACE
}
