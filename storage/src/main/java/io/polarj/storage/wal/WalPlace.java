package io.polarj.storage.wal;

/** Where a record stands: its batch, behind which the log may be cut, and the record itself. */
public record WalPlace(long batch, long record) {}
