package io.polarj.replication.replica;

/** How far a replica is; any thread may ask. LSNs are 0 while it has nothing. */
public interface ReplicaPosition {
  long appliedLsn();

  long oldestSnapshotLsn();

  /** Redo from there on will be read. */
  long neededLsn();

  /** 0 while it is not known. */
  long clusterIdHigh();

  long clusterIdLow();
}
