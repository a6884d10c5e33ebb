package io.polarj.storage.disk;

import java.io.IOException;

/**
 * What is on the disk is not what this ChunkServer may use; the message says why and what to do.
 */
public final class DiskFormatException extends IOException {
  private static final long serialVersionUID = 1L;

  public DiskFormatException(String message) {
    super(message);
  }
}
