package io.polarj.replication.replica;

/**
 * A replica's place at its primary.
 *
 * @param generation of the serving gate; the same as before when nothing was missed
 * @param serveLsn from there on pages are consistent
 * @param checkpointLsn redo from there on is kept
 */
record Attachment(
    long epoch,
    long replicaId,
    long generation,
    boolean goesOn,
    long serveLsn,
    long checkpointLsn) {}
