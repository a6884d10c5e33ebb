/**
 * What clients (PolarSwitch) and PolarCtrl say to a ChunkServer and hear from it: immutable message
 * records and their codec. Every request carries an id that its answer repeats; a lost message is
 * retried by whoever asked, so every request here is safe to repeat.
 *
 * <p>Place in the data path: PolarSwitch → {@link io.polarj.storage.protocol.WriteRequest} → leader
 * ChunkServer → {@link io.polarj.storage.protocol.WriteReply}. Consensus messages between
 * ChunkServers are not here: they belong to {@code io.polarj.storage.raft}.
 */
package io.polarj.storage.protocol;
