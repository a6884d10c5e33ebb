/**
 * One ChunkServer disk put together: log, block table, checkpoints, and the chunk replicas that
 * live on it, each with its {@link io.polarj.storage.raft.RaftLog} and {@link
 * io.polarj.storage.raft.ChunkStore}.
 */
package io.polarj.storage.store;
