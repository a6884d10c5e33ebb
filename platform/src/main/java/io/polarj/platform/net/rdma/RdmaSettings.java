package io.polarj.platform.net.rdma;

/**
 * How an {@link RdmaNetwork} behaves. A connection has {@code depth} buffers of {@code slotBytes}
 * each way, registered with the device; {@code maxConnections} bounds how many there are.
 */
public record RdmaSettings(
    long clusterId,
    int connectTimeoutMillis,
    int firstBackoffMillis,
    int longestBackoffMillis,
    int maxQueuedBytes,
    int slotBytes,
    int depth,
    int maxConnections) {

  public RdmaSettings {
    if (connectTimeoutMillis <= 0
        || firstBackoffMillis <= 0
        || longestBackoffMillis < firstBackoffMillis
        || maxQueuedBytes < 8 << 20
        || slotBytes < 1024
        || slotBytes > 1 << 20
        || depth < 4
        || depth > 1024
        || maxConnections < 1
        || maxConnections > 1024) {
      throw new IllegalArgumentException("RDMA settings out of range: " + this);
    }
  }

  /** 32 buffers of 32 KiB each way: 2 MiB per connection, and a page fits into one of them. */
  public static RdmaSettings forCluster(long clusterId) {
    return new RdmaSettings(clusterId, 2_000, 10, 1_000, 64 << 20, 32 << 10, 32, 128);
  }

  long bytesPerConnection() {
    return 2L * depth * slotBytes;
  }

  /** Room for every completion that can be outstanding: the queue must never overflow. */
  int completions() {
    return 2 * depth * maxConnections;
  }
}
