package io.polarj.storage.chunkserver;

import io.polarj.storage.protocol.IoCounters;

/** Counts what clients did with one replica, since the server's start. One loop only. */
final class IoMeter {
  private long reads;
  private long readBytes;
  private long readNanos;
  private long writes;
  private long writtenBytes;
  private long writeNanos;

  void read(int bytes, long nanos) {
    reads++;
    readBytes += bytes;
    readNanos += nanos;
  }

  void written(int bytes, long nanos) {
    writes++;
    writtenBytes += bytes;
    writeNanos += nanos;
  }

  IoCounters counters() {
    return new IoCounters(
        reads, readBytes, readNanos / 1_000, writes, writtenBytes, writeNanos / 1_000);
  }
}
