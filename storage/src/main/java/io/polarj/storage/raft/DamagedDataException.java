package io.polarj.storage.raft;

import java.io.IOException;

/**
 * Bytes that this replica has stored can not be returned now, for their checksum is wrong or their
 * disk does not give them. The replica goes on: they may come back from another member.
 */
public class DamagedDataException extends IOException {
  private static final long serialVersionUID = 1L;

  public DamagedDataException(String message, Throwable cause) {
    super(message, cause);
  }
}
