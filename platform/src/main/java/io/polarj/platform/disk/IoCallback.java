package io.polarj.platform.disk;

import java.io.IOException;

/** Told once when an asynchronous I/O has ended. */
@FunctionalInterface
public interface IoCallback {
  /** {@code error} is null when the I/O did all that was asked for. */
  void completed(IOException error);
}
