package io.polarj.pfs.device;

import io.polarj.pfs.file.Errno;
import io.polarj.pfs.file.PfsException;
import io.polarj.platform.disk.IoCallback;
import java.io.IOException;
import java.util.concurrent.locks.LockSupport;

/**
 * A thread that waits for one transfer. An interrupt does not end the wait; it is kept for later.
 */
public final class IoWait implements IoCallback {
  private static final Object OK = new Object();
  private static final int SPINS = 50;
  private final Thread thread = Thread.currentThread();
  private volatile Object outcome;

  @Override
  public void completed(IOException error) {
    outcome = error == null ? OK : error;
    LockSupport.unpark(thread);
  }

  public void await(String what, long offset) throws IOException {
    for (int i = 0; i < SPINS && outcome == null; i++) {
      Thread.onSpinWait();
    }
    boolean interrupted = false;
    while (outcome == null) {
      LockSupport.park(this);
      interrupted |= Thread.interrupted();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (outcome instanceof PfsException known) {
      throw new PfsException(known.errno(), known.reason(), known);
    }
    if (outcome instanceof IOException error) {
      throw new PfsException(
          Errno.EIO, what + " at volume offset " + offset + ": " + error.getMessage(), error);
    }
  }
}
