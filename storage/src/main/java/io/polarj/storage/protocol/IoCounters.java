package io.polarj.storage.protocol;

/**
 * What clients did with one replica since its server started: requests that ended well, their
 * bytes, and the sum of the times from arrival to answer. Only ever growing; a smaller number than
 * before means a restart.
 */
public record IoCounters(
    long reads, long readBytes, long readMicros, long writes, long writtenBytes, long writeMicros) {
  public static final IoCounters ZERO = new IoCounters(0, 0, 0, 0, 0, 0);
}
