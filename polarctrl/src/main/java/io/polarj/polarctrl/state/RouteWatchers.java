package io.polarj.polarctrl.state;

import io.polarj.polarctrl.protocol.ChunkRoute;
import io.polarj.polarctrl.protocol.CtrlReply;
import io.polarj.polarctrl.protocol.RouteReply;
import io.polarj.polarctrl.protocol.RouteRequest;
import io.polarj.storage.protocol.ChunkId;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Who is told when a chunk's leader or members change. Whoever watches says so again and again, and
 * is forgotten when it stops. What is told may be lost: it saves asking, and nothing rests on it.
 */
final class RouteWatchers {
  private record Watcher(Consumer<CtrlReply> reply, long endNanos) {}

  private final long leaseNanos;
  private final TreeMap<Long, TreeMap<Long, Watcher>> byVolume = new TreeMap<>();
  private final TreeSet<ChunkId> changed = new TreeSet<>();

  RouteWatchers(long leaseNanos) {
    this.leaseNanos = leaseNanos;
  }

  /** {@code watcher} is the watcher's own number; the same number replaces what it said before. */
  void watch(long volume, long watcher, Consumer<CtrlReply> reply, long nowNanos) {
    byVolume
        .computeIfAbsent(volume, id -> new TreeMap<>())
        .put(watcher, new Watcher(reply, nowNanos + leaseNanos));
  }

  void changed(ChunkId chunk) {
    if (byVolume.containsKey(chunk.volume())) {
      changed.add(chunk);
    }
  }

  int count() {
    return byVolume.values().stream().mapToInt(TreeMap::size).sum();
  }

  /** Tells what changed since the last call. */
  void tick(VolumeTable volumes, long nowNanos) {
    byVolume
        .values()
        .forEach(
            watchers -> watchers.values().removeIf(watcher -> nowNanos - watcher.endNanos() >= 0));
    byVolume.values().removeIf(TreeMap::isEmpty);
    List<ChunkRoute> routes = new ArrayList<>();
    while (!changed.isEmpty()) {
      ChunkId chunk = changed.pollFirst();
      if (volumes.has(chunk)) {
        routes.add(volumes.route(chunk));
      }
      boolean last = changed.isEmpty() || changed.first().volume() != chunk.volume();
      if (last || routes.size() == RouteRequest.MAX_COUNT) {
        tell(volumes.find(chunk.volume()), routes);
        routes.clear();
      }
    }
  }

  private void tell(Volume volume, List<ChunkRoute> routes) {
    if (volume == null || routes.isEmpty()) {
      return;
    }
    byVolume
        .getOrDefault(volume.info.id(), new TreeMap<>())
        .forEach((id, watcher) -> watcher.reply().accept(new RouteReply(id, volume.info, routes)));
  }
}
