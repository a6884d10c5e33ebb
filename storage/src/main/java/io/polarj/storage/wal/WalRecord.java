package io.polarj.storage.wal;

/**
 * A record as it is found again.
 *
 * @param type what the owner calls it, 1 to 255
 * @param owner the replica it belongs to
 * @param body null when it is damaged, while header and head are right
 * @param bodyBytes the body's length, also when it is damaged
 */
public record WalRecord(
    int type, long owner, WalPlace place, byte[] head, byte[] body, int bodyBytes) {}
