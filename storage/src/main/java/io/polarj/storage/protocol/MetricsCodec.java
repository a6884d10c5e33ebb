package io.polarj.storage.protocol;

import io.polarj.platform.net.MessageReader;
import io.polarj.platform.net.MessageWriter;

/** Bytes of {@link NodeMetrics}: fields in record order, 8 bytes each but for ints. */
final class MetricsCodec {
  private MetricsCodec() {}

  static void put(MessageWriter out, NodeMetrics m) {
    out.putLong(m.reads()).putLong(m.readBytes()).putLong(m.readErrors());
    out.putLong(m.writes()).putLong(m.writtenBytes()).putLong(m.writeErrors());
    out.putLong(m.flushes()).putLong(m.flushErrors()).putInt(m.inFlight());
    put(out, m.read());
    put(out, m.write());
    put(out, m.flush());
    out.putLong(m.walBytes()).putLong(m.walUsedBytes()).putLong(m.dirtyBytes());
    out.putLong(m.checkpoints()).putLong(m.scrubbedBlocks()).putLong(m.scrubPasses());
    out.putInt(m.scrubPermille()).putLong(m.damagedSectors()).putLong(m.repairedSectors());
    out.putLong(m.openDamage()).putLong(m.divergentBlocks());
  }

  static NodeMetrics metrics(MessageReader in) {
    return new NodeMetrics(
        in.getLong(),
        in.getLong(),
        in.getLong(),
        in.getLong(),
        in.getLong(),
        in.getLong(),
        in.getLong(),
        in.getLong(),
        in.getInt(),
        latency(in),
        latency(in),
        latency(in),
        in.getLong(),
        in.getLong(),
        in.getLong(),
        in.getLong(),
        in.getLong(),
        in.getLong(),
        in.getInt(),
        in.getLong(),
        in.getLong(),
        in.getLong(),
        in.getLong());
  }

  private static void put(MessageWriter out, NodeMetrics.Latency latency) {
    out.putLong(latency.p50Micros()).putLong(latency.p99Micros());
    out.putLong(latency.p999Micros()).putLong(latency.maxMicros());
  }

  private static NodeMetrics.Latency latency(MessageReader in) {
    return new NodeMetrics.Latency(in.getLong(), in.getLong(), in.getLong(), in.getLong());
  }
}
