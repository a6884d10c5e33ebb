package io.polarj.polarctrl.state;

import io.polarj.polarctrl.view.IoView;
import io.polarj.storage.protocol.ChunkId;
import io.polarj.storage.protocol.ChunkReport;
import io.polarj.storage.protocol.IoCounters;
import io.polarj.storage.protocol.NodeHeartbeat;
import java.util.TreeMap;

/** Rates of I/O per replica, from the counters that heartbeats carry; sums for chunk and volume. */
final class IoTable {
  private static final long SPAN_NANOS = 5_000_000_000L;
  private static final long STALE_NANOS = 20_000_000_000L;

  /** Counts per second; micros are microseconds of latency per second. */
  static final class Rates {
    private double reads;
    private double readBytes;
    private double readMicros;
    private double writes;
    private double writtenBytes;
    private double writeMicros;

    void add(Rates other) {
      reads += other.reads;
      readBytes += other.readBytes;
      readMicros += other.readMicros;
      writes += other.writes;
      writtenBytes += other.writtenBytes;
      writeMicros += other.writeMicros;
    }

    IoView view() {
      return new IoView(
          reads,
          writes,
          readBytes,
          writtenBytes,
          reads > 0 ? readMicros / reads : 0,
          writes > 0 ? writeMicros / writes : 0);
    }
  }

  private static final class Track {
    IoCounters base;
    long baseNanos;
    IoCounters newest;
    long newestNanos;
    Rates rates = new Rates();
  }

  private final TreeMap<ChunkId, TreeMap<Integer, Track>> tracks = new TreeMap<>();

  void heard(NodeHeartbeat beat, long nowNanos) {
    for (ChunkReport report : beat.reports()) {
      Track track =
          tracks
              .computeIfAbsent(report.chunk(), chunk -> new TreeMap<>())
              .computeIfAbsent(beat.node(), node -> new Track());
      take(track, report.io(), nowNanos);
    }
  }

  private static void take(Track track, IoCounters io, long nowNanos) {
    boolean restarted =
        track.base == null
            || io.reads() < track.newest.reads()
            || io.writes() < track.newest.writes();
    track.newest = io;
    track.newestNanos = nowNanos;
    if (restarted) {
      track.base = io;
      track.baseNanos = nowNanos;
      track.rates = new Rates();
    } else if (nowNanos - track.baseNanos >= SPAN_NANOS) {
      track.rates = rates(track.base, io, (nowNanos - track.baseNanos) / 1e9);
      track.base = io;
      track.baseNanos = nowNanos;
    }
  }

  private static Rates rates(IoCounters from, IoCounters to, double seconds) {
    Rates rates = new Rates();
    rates.reads = (to.reads() - from.reads()) / seconds;
    rates.readBytes = (to.readBytes() - from.readBytes()) / seconds;
    rates.readMicros = (to.readMicros() - from.readMicros()) / seconds;
    rates.writes = (to.writes() - from.writes()) / seconds;
    rates.writtenBytes = (to.writtenBytes() - from.writtenBytes()) / seconds;
    rates.writeMicros = (to.writeMicros() - from.writeMicros()) / seconds;
    return rates;
  }

  /** Of all replicas of the chunk; only the leader's are above zero. */
  Rates of(ChunkId chunk, long nowNanos) {
    Rates sum = new Rates();
    TreeMap<Integer, Track> replicas = tracks.get(chunk);
    if (replicas != null) {
      for (Track track : replicas.values()) {
        if (nowNanos - track.newestNanos < STALE_NANOS) {
          sum.add(track.rates);
        }
      }
    }
    return sum;
  }

  /** Of all replicas on the node. */
  Rates on(int node, long nowNanos) {
    Rates sum = new Rates();
    for (TreeMap<Integer, Track> replicas : tracks.values()) {
      Track track = replicas.get(node);
      if (track != null && nowNanos - track.newestNanos < STALE_NANOS) {
        sum.add(track.rates);
      }
    }
    return sum;
  }
}
