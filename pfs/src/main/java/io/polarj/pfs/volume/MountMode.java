package io.polarj.pfs.volume;

/**
 * How a volume is mounted. There is one read-write mount at a time (F2); the device's fencing epoch
 * sees to it.
 */
public enum MountMode {
  READ_WRITE,
  READ_ONLY
}
