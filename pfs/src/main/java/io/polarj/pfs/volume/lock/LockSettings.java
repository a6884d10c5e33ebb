package io.polarj.pfs.volume.lock;

/**
 * Times of the lock. {@code leaseMillis}: after that long without a renewal an owner is taken for
 * dead. {@code renewMillis}: how often it renews. {@code acquireMillis}: after that long an attempt
 * is given up.
 */
public record LockSettings(int leaseMillis, int renewMillis, int acquireMillis) {
  public static final LockSettings DEFAULT = new LockSettings(10_000, 2_500, 60_000);

  public LockSettings {
    if (renewMillis < 1 || leaseMillis < 3 * renewMillis || acquireMillis < 2 * leaseMillis) {
      throw new IllegalArgumentException(
          "a lease is at least three renewals, and the time to acquire at least two leases");
    }
  }

  /** What an observer waits: the lease, and a quarter for clocks that do not run alike. */
  static long quietNanos(int leaseMillis) {
    return leaseMillis * 1_250_000L;
  }
}
