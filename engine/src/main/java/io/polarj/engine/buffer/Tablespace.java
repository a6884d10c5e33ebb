package io.polarj.engine.buffer;

import io.polarj.engine.error.EngineException;
import io.polarj.engine.page.PageLayout;
import io.polarj.pfs.file.Errno;
import io.polarj.pfs.file.PfsException;
import io.polarj.pfs.file.PolarFile;
import java.io.IOException;

/** A file of pages. Grown in steps ahead of use, so that page writes change no metadata (F3). */
public final class Tablespace {
  private static final long MIN_STEP_BYTES = 1 << 20;
  private static final long MAX_STEP_BYTES = 8 << 20;

  private final int id;
  private final PolarFile file;
  private volatile long allocatedBytes;

  Tablespace(int id, PolarFile file) throws IOException {
    this.id = id;
    this.file = file;
    this.allocatedBytes = file.size();
  }

  public int id() {
    return id;
  }

  public String path() {
    return file.path();
  }

  PolarFile file() {
    return file;
  }

  /** Makes sure that the first pages have space. Throws {@code NoSpace}. */
  public void ensurePages(int pages) {
    long needed = Integer.toUnsignedLong(pages) * PageLayout.PAGE_BYTES;
    if (needed <= allocatedBytes) {
      return;
    }
    synchronized (this) {
      long now = allocatedBytes;
      if (needed <= now) {
        return;
      }
      long step = Math.clamp(now / 8, MIN_STEP_BYTES, MAX_STEP_BYTES);
      step -= step % PageLayout.PAGE_BYTES;
      long target = Math.max(needed, now + step);
      try {
        file.allocate(now, target - now);
      } catch (PfsException e) {
        if (e.errno() == Errno.ENOSPC) {
          throw new EngineException.NoSpace(
              file.path() + " can not grow to " + target + " bytes: add space to the volume", e);
        }
        throw new EngineException.StorageFailure(file.path() + " can not grow", e);
      } catch (IOException e) {
        throw new EngineException.StorageFailure(file.path() + " can not grow", e);
      }
      allocatedBytes = target;
    }
  }
}
