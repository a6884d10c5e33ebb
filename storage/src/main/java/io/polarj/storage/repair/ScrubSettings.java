package io.polarj.storage.repair;

/**
 * How a node verifies its replicas in the background.
 *
 * @param periodMillis every allocated block is read once in so long; 0 turns it off
 * @param bytesPerSecond never reads faster than this, be the node idle or late
 */
public record ScrubSettings(long periodMillis, long bytesPerSecond) {
  /** Once a day, at most 32 MiB/s. */
  public static final ScrubSettings DEFAULT = new ScrubSettings(86_400_000L, 32L << 20);

  public static final ScrubSettings OFF = new ScrubSettings(0, 32L << 20);

  public ScrubSettings {
    if (periodMillis < 0 || periodMillis > 0 && periodMillis < 100) {
      throw new IllegalArgumentException(
          "scrub period of " + periodMillis + " ms is neither 0 (off) nor at least 100");
    }
    if (bytesPerSecond < 1 << 16) {
      throw new IllegalArgumentException(
          "scrub limit of " + bytesPerSecond + " bytes/s is less than a block per second");
    }
  }
}
