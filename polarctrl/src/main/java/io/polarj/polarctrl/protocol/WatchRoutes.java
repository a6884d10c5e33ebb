package io.polarj.polarctrl.protocol;

/**
 * Asks to be told when routes of a volume change. Not answered at once: until the watch ends, which
 * it does when it is not asked for again within {@link #LEASE_MILLIS}, every change comes as a
 * {@link RouteReply} with this request's id, and may also get lost. Repeated under the same id it
 * is one watch.
 */
public record WatchRoutes(long requestId, long volume) implements CtrlRequest {
  public static final long LEASE_MILLIS = 60_000;
}
