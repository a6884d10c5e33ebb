/**
 * Verification and repair of a volume's metadata: {@link io.polarj.pfs.volume.fsck.Fsck} is the way
 * in.
 */
package io.polarj.pfs.volume.fsck;
