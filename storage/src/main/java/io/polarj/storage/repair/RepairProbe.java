package io.polarj.storage.repair;

import io.polarj.platform.loop.Probe;

/** Rare places of the repair of damaged sectors; see {@link Probe}. */
public enum RepairProbe implements Probe {
  SECTORS_REPAIRED,
  /** No answer came from the member that was asked. */
  MEMBER_SILENT,
  /** Nobody could help now; everybody is asked again later. */
  NOBODY_HELPED
}
