package io.polarj.storage.block;

import io.polarj.storage.raft.DamagedDataException;
import java.io.IOException;

/**
 * Sectors' bytes on the disk do not match their checksum, or the disk does not give them; they are
 * never handed out (S5).
 */
public final class CorruptSectorException extends DamagedDataException {
  private static final long serialVersionUID = 1L;

  /**
   * @param cause the device's error, or null when the checksum is wrong
   */
  public CorruptSectorException(String message, IOException cause) {
    super(message, cause);
  }
}
