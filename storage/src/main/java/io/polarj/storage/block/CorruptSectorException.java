package io.polarj.storage.block;

import java.io.IOException;

/** A sector's bytes on the disk do not match their checksum; they are never handed out (S5). */
public final class CorruptSectorException extends IOException {
  private static final long serialVersionUID = 1L;

  public CorruptSectorException(String message) {
    super(message);
  }
}
