/**
 * The disk as the ChunkServer sees it: geometry, superblock, checksums, buffers. See the module's
 * README for the byte tables.
 */
package io.polarj.storage.disk;
