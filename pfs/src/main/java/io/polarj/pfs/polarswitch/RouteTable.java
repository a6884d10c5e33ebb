package io.polarj.pfs.polarswitch;

import io.polarj.platform.loop.EventLoop;
import io.polarj.polarctrl.protocol.ChunkRoute;
import io.polarj.polarctrl.protocol.RouteReply;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The routes of a volume's chunks, asked for in runs of chunks when one is missing or doubtful.
 * What PolarCtrl does not answer stays as it was. Lives on the switch's loop.
 */
final class RouteTable {
  private static final Logger LOG = LoggerFactory.getLogger(RouteTable.class);
  private static final int RUN = 256;
  private static final long PAUSE_NANOS = 200_000_000L;

  private final EventLoop loop;
  private final RouteSource source;
  private final long volume;
  private final LongConsumer newSize;
  private final TreeMap<Integer, Route> routes = new TreeMap<>();
  private final TreeSet<Integer> asking = new TreeSet<>();
  private final TreeMap<Integer, Long> askedNanos = new TreeMap<>();
  private boolean unreachable;

  RouteTable(EventLoop loop, RouteSource source, long volume, LongConsumer newSize) {
    this.loop = loop;
    this.source = source;
    this.volume = volume;
    this.newSize = newSize;
  }

  /** Null when it is not known yet; then it has been asked for. */
  Route find(int chunk) {
    Route route = routes.get(chunk);
    if (route == null) {
      refresh(chunk);
    }
    return route;
  }

  /** Asks PolarCtrl again, unless that was done just now. */
  void refresh(int chunk) {
    int run = chunk / RUN;
    long now = loop.clock().nanoTime();
    Long before = askedNanos.get(run);
    boolean tooSoon = before != null && now - before < PAUSE_NANOS;
    if (tooSoon || !asking.add(run)) {
      return;
    }
    askedNanos.put(run, now);
    source
        .routes(volume, run * RUN, RUN)
        .whenComplete((reply, error) -> loop.execute(() -> answered(run, reply, error)));
  }

  void take(RouteReply reply) {
    long now = loop.clock().nanoTime();
    newSize.accept(reply.volume().sizeBytes());
    for (ChunkRoute found : reply.routes()) {
      Route known = routes.get(found.chunk());
      if (known == null) {
        routes.put(found.chunk(), new Route(found.members(), found.leader()));
      } else {
        known.update(found.members(), found.leader(), now);
      }
    }
  }

  private void answered(int run, RouteReply reply, Throwable error) {
    asking.remove(run);
    if (error == null) {
      unreachable = false;
      take(reply);
    } else if (!unreachable) {
      unreachable = true;
      LOG.warn("volume {}: routes stay as they are: {}", volume, error.getMessage());
    }
  }
}
