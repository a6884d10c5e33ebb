package io.polarj.pfs.volume.lock;

import io.polarj.pfs.file.Errno;
import io.polarj.pfs.file.PfsException;
import java.util.concurrent.CompletableFuture;

/**
 * The fencing epoch of a volume, as its owner-to-be sees it. The lock decides who writes; the epoch
 * makes it safe, because every chunk refuses writes under an older one (S6).
 */
public interface EpochFence {
  /** A device that nobody fences (a file, memory): owners have to stop by their own clocks. */
  EpochFence UNENFORCED =
      new EpochFence() {
        @Override
        public boolean enforced() {
          return false;
        }

        @Override
        public long epoch() {
          return 0;
        }

        @Override
        public CompletableFuture<Long> raise(long from) {
          return CompletableFuture.failedFuture(
              new PfsException(Errno.ENOTSUP, "this device has no fencing epoch"));
        }
      };

  /** Whether older epochs are refused. */
  boolean enforced();

  /** What the device's writes carry now. */
  long epoch();

  /**
   * Has a new epoch granted, if {@code from} is still the newest one; ends when every chunk refuses
   * the older ones and the device's writes carry the new one. Fails when somebody else was faster.
   */
  CompletableFuture<Long> raise(long from);
}
