package io.polarj.platform.net;

/**
 * How a {@link TcpNetwork} behaves. Both ends must name the same {@code clusterId}: it keeps nodes
 * of different clusters apart, by mistake, not by malice.
 */
public record TcpSettings(
    long clusterId,
    int connectTimeoutMillis,
    int userTimeoutMillis,
    int firstBackoffMillis,
    int longestBackoffMillis,
    int maxQueuedBytes) {

  public TcpSettings {
    if (connectTimeoutMillis <= 0
        || userTimeoutMillis <= 0
        || firstBackoffMillis <= 0
        || longestBackoffMillis < firstBackoffMillis
        || maxQueuedBytes < Frames.MAX_BODY_BYTES) {
      throw new IllegalArgumentException("TCP settings out of range: " + this);
    }
  }

  public static TcpSettings forCluster(long clusterId) {
    return new TcpSettings(clusterId, 2_000, 10_000, 10, 1_000, 64 << 20);
  }
}
