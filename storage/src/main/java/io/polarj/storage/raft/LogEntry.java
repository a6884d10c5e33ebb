package io.polarj.storage.raft;

import java.util.zip.CRC32C;

/** A log entry with its payload, whose bytes nobody changes once it was made. */
public record LogEntry(EntryHeader header, byte[] payload) {
  static final byte[] EMPTY = new byte[0];

  public LogEntry {
    if (payload.length != header.payloadBytes()) {
      throw new IllegalArgumentException(
          "entry "
              + header.index()
              + " says "
              + header.payloadBytes()
              + " bytes, has "
              + payload.length);
    }
  }

  public static LogEntry noop(long index, long segment, long ballot) {
    return new LogEntry(EntryHeader.noop(index, segment, ballot), EMPTY);
  }

  public long index() {
    return header.index();
  }

  /** Whether the payload is what its writer checksummed. */
  public boolean intact() {
    return crcOf(payload) == header.crc();
  }

  public static int crcOf(byte[] bytes) {
    if (bytes.length == 0) {
      return 0;
    }
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, bytes.length);
    return (int) crc.getValue();
  }
}
