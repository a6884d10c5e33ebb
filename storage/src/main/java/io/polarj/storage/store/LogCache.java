package io.polarj.storage.store;

import java.util.ArrayDeque;

/**
 * Bounds the memory for payloads of log entries, over all replicas of a disk: beyond the limit the
 * oldest entries are read back from the log when they are wanted. An entry that is not durable yet
 * stays. One loop only.
 */
final class LogCache {
  private final long limitBytes;
  private final ArrayDeque<DiskLog.Stored> order = new ArrayDeque<>();
  private long bytes;

  LogCache(long limitBytes) {
    this.limitBytes = limitBytes;
  }

  void add(DiskLog.Stored entry) {
    bytes += entry.header.payloadBytes();
    order.addLast(entry);
    while (bytes > limitBytes && (order.peekFirst().durable || order.peekFirst().forgotten)) {
      DiskLog.Stored oldest = order.pollFirst();
      bytes -= oldest.header.payloadBytes();
      oldest.payload = null;
    }
  }
}
