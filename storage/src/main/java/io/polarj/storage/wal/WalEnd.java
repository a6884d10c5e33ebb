package io.polarj.storage.wal;

/**
 * Where a log ends and how to go on.
 *
 * @param session number of the start that wrote the last batch
 * @param sequence number of the last batch
 * @param crc checksum of the last batch, which the next one names
 */
public record WalEnd(long position, long session, long sequence, int crc) {
  /** Of a disk that was just formatted. */
  public static final WalEnd START = new WalEnd(0, 0, 0, 0);
}
