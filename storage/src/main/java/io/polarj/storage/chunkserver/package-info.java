/**
 * The ChunkServer: one disk, the replicas on it, and the network, on one event loop. See the
 * module's README for the way of a write and a read.
 */
package io.polarj.storage.chunkserver;
