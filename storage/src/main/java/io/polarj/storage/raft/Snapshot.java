package io.polarj.storage.raft;

/**
 * Stands for the trimmed part of the log: the chunk's blocks hold every entry up to the index
 * durably, and {@code state} is what the log machinery itself keeps of them (clients' finished
 * requests, fencing epoch). The bytes are opaque to the log and carry their own checksum.
 */
public record Snapshot(long index, byte[] state) {
  public static final Snapshot EMPTY = new Snapshot(0, new byte[0]);
}
