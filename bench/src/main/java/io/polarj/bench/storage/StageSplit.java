package io.polarj.bench.storage;

import io.polarj.bench.storage.StageCluster.Seen;
import io.polarj.bench.storage.StageTrace.Event;
import java.util.List;

/**
 * Cuts the time of one request, the only one under way, into stages that add up to it. The durable
 * way of a write is the later of the leader's log and the faster follower; the latter is cut
 * further. Requests of which not all was seen are left out. To be asked in order of time.
 */
final class StageSplit {
  static final String[] WRITE = {
    "client: queue until sent",
    "network to the leader",
    "leader: takes it in, until its log's write begins",
    "leader: until the followers are sent it",
    "network to the faster follower",
    "follower: until its log's write begins",
    "follower: log write",
    "follower: flush",
    "follower: acknowledges",
    "network to the leader, back",
    "leader: own log still not durable",
    "leader: decides and answers",
    "network to the client",
    "client: until the caller knows"
  };
  static final String[] READ = {
    "client: queue until sent",
    "network to the leader",
    "leader: reads and answers",
    "network to the client",
    "client: until the caller knows"
  };

  private final List<Seen> nodes;
  private final int[] from;

  StageSplit(List<Seen> nodes) {
    this.nodes = nodes;
    this.from = new int[nodes.size()];
  }

  double[] read(long began, long sent, long heard, long ended) {
    skipTo(began);
    int leader = leader(ended);
    if (leader < 0) {
      return null;
    }
    long in = first(leader, Event.REQUEST_IN, began, ended);
    long out = first(leader, Event.REPLY_OUT, in, ended);
    return out == 0 ? null : parts(began, sent, in, out, heard, ended);
  }

  double[] write(long began, long sent, long heard, long ended) {
    skipTo(began);
    int leader = leader(ended);
    if (leader < 0) {
      return null;
    }
    long in = first(leader, Event.REQUEST_IN, began, ended);
    long logWrite = first(leader, Event.LOG_WRITE, in, ended);
    long appendOut = first(leader, Event.APPEND_OUT, in, ended);
    long out = first(leader, Event.REPLY_OUT, in, ended);
    long ackIn = first(leader, Event.ACK_IN, in, ended);
    long flushed = first(leader, Event.FLUSHED, in, ended);
    int fast = faster(leader, in, ended);
    if (fast < 0 || logWrite == 0 || appendOut == 0 || out == 0 || ackIn == 0 || ackIn > out) {
      return null;
    }
    long appendIn = first(fast, Event.APPEND_IN, in, ended);
    long theirWrite = first(fast, Event.LOG_WRITE, appendIn, ended);
    long theirWritten = theirWrite == 0 ? 0 : first(fast, Event.LOG_WRITTEN, theirWrite, ended);
    long theirFlushed = theirWritten == 0 ? 0 : first(fast, Event.FLUSHED, theirWritten, ended);
    long ackOut = theirFlushed == 0 ? 0 : first(fast, Event.ACK_OUT, theirFlushed, ended);
    if (ackOut == 0 || ackOut > ackIn) {
      return null;
    }
    long own = flushed == 0 || flushed > out ? out : Math.max(flushed, ackIn);
    long began2 = Math.min(logWrite, appendOut);
    return parts(
        began,
        sent,
        in,
        began2,
        Math.max(began2, appendOut),
        appendIn,
        theirWrite,
        theirWritten,
        theirFlushed,
        ackOut,
        ackIn,
        own,
        out,
        heard,
        ended);
  }

  private void skipTo(long began) {
    for (int node = 0; node < from.length; node++) {
      long[] times = nodes.get(node).times();
      while (from[node] < times.length && times[from[node]] < began) {
        from[node]++;
      }
    }
  }

  private int leader(long until) {
    for (int node = 0; node < from.length; node++) {
      if (first(node, Event.REQUEST_IN, 0, until) != 0) {
        return node;
      }
    }
    return -1;
  }

  private int faster(int leader, long after, long until) {
    int fast = -1;
    long best = Long.MAX_VALUE;
    for (int node = 0; node < from.length; node++) {
      long in = node == leader ? 0 : first(node, Event.APPEND_IN, after, until);
      long ack = in == 0 ? 0 : first(node, Event.ACK_OUT, in, until);
      if (ack != 0 && ack < best) {
        best = ack;
        fast = node;
      }
    }
    return fast;
  }

  /** When that happened first after a moment, 0 when not until the other. */
  private long first(int node, Event event, long after, long until) {
    Seen seen = nodes.get(node);
    for (int at = from[node]; at < seen.times().length && seen.times()[at] <= until; at++) {
      if (seen.events()[at] == event && seen.times()[at] >= after) {
        return seen.times()[at];
      }
    }
    return 0;
  }

  private static double[] parts(long... moments) {
    double[] parts = new double[moments.length - 1];
    for (int i = 0; i < parts.length; i++) {
      parts[i] = (moments[i + 1] - moments[i]) / 1000.0;
    }
    return parts;
  }
}
