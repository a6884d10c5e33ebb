package io.polarj.pfs.polarswitch;

import io.polarj.polarctrl.protocol.RouteReply;
import java.util.concurrent.CompletableFuture;

/** Where routes come from: {@code PolarCtrlClient::routes}. Called on the loop. */
@FunctionalInterface
public interface RouteSource {
  CompletableFuture<RouteReply> routes(long volume, int firstChunk, int count);
}
