package io.polarj.platform.net;

/**
 * How a {@link TcpNetwork} behaves. Both ends must name the same {@code clusterId}: it keeps nodes
 * of different clusters apart, by mistake, not by malice.
 *
 * @param maxQueuedBytes of messages to one peer that does not read; beyond it they are dropped
 * @param connectionsPerPeer of each link; with more than one, messages may overtake each other
 */
public record TcpSettings(
    long clusterId,
    int connectTimeoutMillis,
    int userTimeoutMillis,
    int firstBackoffMillis,
    int longestBackoffMillis,
    int maxQueuedBytes,
    int connectionsPerPeer) {
  /** More connections than this help nobody. */
  private static final int MOST_CONNECTIONS = 16;

  private static final int USUAL_QUEUED_BYTES = 64 << 20;

  public TcpSettings {
    if (connectTimeoutMillis <= 0
        || userTimeoutMillis <= 0
        || firstBackoffMillis <= 0
        || longestBackoffMillis < firstBackoffMillis
        || connectionsPerPeer < 1
        || connectionsPerPeer > MOST_CONNECTIONS
        || maxQueuedBytes < Frames.MAX_BODY_BYTES) {
      throw new IllegalArgumentException("TCP settings out of range: " + this);
    }
  }

  public static TcpSettings forCluster(long clusterId) {
    return new TcpSettings(clusterId, 2_000, 10_000, 10, 1_000, USUAL_QUEUED_BYTES, 1);
  }

  /** With so many connections of each link to its peer. */
  public TcpSettings withConnections(int count) {
    return new TcpSettings(
        clusterId,
        connectTimeoutMillis,
        userTimeoutMillis,
        firstBackoffMillis,
        longestBackoffMillis,
        maxQueuedBytes,
        count);
  }

  /** What may wait for one of a link's connections: together they keep to the limit. */
  int queuedBytesPerConnection() {
    return Math.max(
        Frames.MAX_BODY_BYTES + Frames.HEADER_BYTES, maxQueuedBytes / connectionsPerPeer);
  }
}
