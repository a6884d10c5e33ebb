/** Byte formats of a volume: superblock, anchor, metadata objects. */
package io.polarj.pfs.volume.format;
