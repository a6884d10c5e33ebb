/**
 * A PolarFS volume as a file system: mkfs, mount, files. Built from {@code format} (what stands on
 * the volume), {@code meta} (the same in memory) and {@code journal} (how it changes).
 */
package io.polarj.pfs.volume;
