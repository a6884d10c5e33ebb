package io.polarj.pfs.volume.lock;

/**
 * A host as the lock knows it: its slot in the paxos file, and one attempt of its to get the lock.
 * The incarnation is random, so that a host that comes back is not taken for its former self.
 */
public record LockOwner(int slot, long incarnation) {
  static final LockOwner NONE = new LockOwner(0, 0);
}
