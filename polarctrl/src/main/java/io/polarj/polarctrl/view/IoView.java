package io.polarj.polarctrl.view;

/**
 * What clients do per second, over the last few seconds, as the leaders count it; latencies are
 * means, from a request's arrival at the ChunkServer to its answer, 0 when there were none.
 */
public record IoView(
    double readsPerSecond,
    double writesPerSecond,
    double readBytesPerSecond,
    double writtenBytesPerSecond,
    double readLatencyMicros,
    double writeLatencyMicros) {
  public static final IoView NONE = new IoView(0, 0, 0, 0, 0, 0);
}
