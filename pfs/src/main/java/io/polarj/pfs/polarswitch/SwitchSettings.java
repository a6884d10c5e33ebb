package io.polarj.pfs.polarswitch;

/**
 * How a {@link PolarSwitch} behaves.
 *
 * @param maxInFlight pieces under way at once; more wait
 * @param attemptTimeoutMillis silence after which a piece is sent again, to another member; doubles
 *     with every attempt up to the longest
 * @param firstBackoffMillis pause after a refusal; doubles likewise
 * @param ioTimeoutMillis age at which a request fails with EIO
 */
public record SwitchSettings(
    int maxInFlight,
    int attemptTimeoutMillis,
    int longestAttemptTimeoutMillis,
    int firstBackoffMillis,
    int longestBackoffMillis,
    int ioTimeoutMillis) {

  public static final SwitchSettings DEFAULT = new SwitchSettings(256, 400, 3_200, 5, 500, 30_000);

  public SwitchSettings {
    if (maxInFlight <= 0
        || attemptTimeoutMillis <= 0
        || longestAttemptTimeoutMillis < attemptTimeoutMillis
        || firstBackoffMillis <= 0
        || longestBackoffMillis < firstBackoffMillis
        || ioTimeoutMillis <= 0) {
      throw new IllegalArgumentException("PolarSwitch settings out of range: " + this);
    }
  }

  long attemptTimeoutNanos(int attempt) {
    return doubled(attemptTimeoutMillis, longestAttemptTimeoutMillis, attempt);
  }

  long backoffNanos(int attempt) {
    return doubled(firstBackoffMillis, longestBackoffMillis, attempt);
  }

  private static long doubled(int firstMillis, int longestMillis, int times) {
    long millis = (long) firstMillis << Math.min(times, 20);
    return Math.min(millis, longestMillis) * 1_000_000;
  }
}
