package io.polarj.storage.wal;

/**
 * A record as it is found again.
 *
 * @param type what the owner calls it, 1 to 255
 * @param owner the replica it belongs to
 */
public record WalRecord(int type, long owner, WalPlace place, byte[] head, byte[] body) {}
