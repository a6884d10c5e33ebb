package io.polarj.storage.protocol;

/**
 * Counters and gauges of a ChunkServer and its disk since the server's start, for whoever shows
 * them. Counters only ever grow; a smaller number than before means a restart.
 *
 * @param reads I/Os to the disk, its log included; likewise writes and flushes
 * @param readErrors I/Os that failed; a failed write or flush stops the disk
 * @param inFlight I/Os under way now
 * @param walUsedBytes of the log's {@code walBytes}
 * @param dirtyBytes applied and not yet in their blocks
 * @param scrubbedBlocks read by background verification
 * @param scrubPasses how often it went through the whole disk
 * @param scrubPermille how far it is with the present pass
 * @param damagedSectors found damaged; {@code repairedSectors} of them came back
 * @param openDamage sectors and log entries damaged now
 * @param divergentBlocks that differ from a member's although both are intact
 */
public record NodeMetrics(
    long reads,
    long readBytes,
    long readErrors,
    long writes,
    long writtenBytes,
    long writeErrors,
    long flushes,
    long flushErrors,
    int inFlight,
    Latency read,
    Latency write,
    Latency flush,
    long walBytes,
    long walUsedBytes,
    long dirtyBytes,
    long checkpoints,
    long scrubbedBlocks,
    long scrubPasses,
    int scrubPermille,
    long damagedSectors,
    long repairedSectors,
    long openDamage,
    long divergentBlocks) {
  public static final NodeMetrics NONE =
      new NodeMetrics(
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          Latency.NONE,
          Latency.NONE,
          Latency.NONE,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0);

  /** How long I/Os took, in microseconds. */
  public record Latency(long p50Micros, long p99Micros, long p999Micros, long maxMicros) {
    public static final Latency NONE = new Latency(0, 0, 0, 0);
  }
}
