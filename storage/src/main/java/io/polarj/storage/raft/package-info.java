/**
 * ParallelRaft: the replicated log of one chunk, with out-of-order acknowledge, commit and apply.
 *
 * <p>Sans-I/O: a {@link io.polarj.storage.raft.RaftReplica} lives on one event loop and reaches the
 * world only through {@link io.polarj.storage.raft.RaftLog}, {@link
 * io.polarj.storage.raft.ChunkStore} and {@link io.polarj.storage.raft.RaftTransport}. The rules
 * are numbered INV-RAFT-n in the module's README.
 */
package io.polarj.storage.raft;
