package io.polarj.pfs.polarswitch;

import io.polarj.polarctrl.client.PolarCtrlClient;
import io.polarj.polarctrl.protocol.RouteReply;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Where routes come from: {@code RouteSource.of(client)}. Called on the loop. */
@FunctionalInterface
public interface RouteSource {
  /** PolarCtrl, asked and listened to. */
  static RouteSource of(PolarCtrlClient client) {
    return new RouteSource() {
      @Override
      public CompletableFuture<RouteReply> routes(long volume, int firstChunk, int count) {
        return client.routes(volume, firstChunk, count);
      }

      @Override
      public Runnable watch(long volume, Consumer<RouteReply> changed) {
        return client.watchRoutes(volume, changed);
      }
    };
  }

  /**
   * Has changes told as they come, until the result is run. A source that can not do that tells
   * nothing, and its routes are asked for when they prove wrong.
   */
  default Runnable watch(long volume, Consumer<RouteReply> changed) {
    return () -> {};
  }

  CompletableFuture<RouteReply> routes(long volume, int firstChunk, int count);
}
