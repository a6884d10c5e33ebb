/** Metadata in memory: inodes, directories, extents, free blocks. */
package io.polarj.pfs.volume.meta;
