package io.polarj.polarctrl.client;

import io.polarj.platform.loop.EventLoop;
import io.polarj.platform.loop.Timer;
import io.polarj.platform.net.Address;
import io.polarj.platform.net.Link;
import io.polarj.platform.net.Message;
import io.polarj.platform.net.Network;
import io.polarj.polarctrl.protocol.AcquireWriter;
import io.polarj.polarctrl.protocol.CreateVolume;
import io.polarj.polarctrl.protocol.CtrlReply;
import io.polarj.polarctrl.protocol.CtrlRequest;
import io.polarj.polarctrl.protocol.CtrlStatus;
import io.polarj.polarctrl.protocol.FindVolume;
import io.polarj.polarctrl.protocol.GrowVolume;
import io.polarj.polarctrl.protocol.Refusal;
import io.polarj.polarctrl.protocol.ReleaseWriter;
import io.polarj.polarctrl.protocol.RenewWriter;
import io.polarj.polarctrl.protocol.RouteReply;
import io.polarj.polarctrl.protocol.RouteRequest;
import io.polarj.polarctrl.protocol.ServiceHeartbeat;
import io.polarj.polarctrl.protocol.ServiceHeartbeatReply;
import io.polarj.polarctrl.protocol.ServiceInfo;
import io.polarj.polarctrl.protocol.StatusReply;
import io.polarj.polarctrl.protocol.StatusRequest;
import io.polarj.polarctrl.protocol.VolumeInfo;
import io.polarj.polarctrl.protocol.VolumeReply;
import io.polarj.polarctrl.protocol.WatchRoutes;
import io.polarj.polarctrl.protocol.WriterReply;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongFunction;

/**
 * Asks PolarCtrl. Any thread may call; futures end on the client's loop, with a {@link
 * CtrlException} when PolarCtrl refuses or stays silent until the timeout. Until then a request is
 * sent again and again under its id, which PolarCtrl takes as one request.
 */
public final class PolarCtrlClient {
  private static final long RESEND_NANOS = 500_000_000L;

  /** Longer than PolarCtrl's own patience, so that its reason arrives first. */
  private static final long LONG_TIMEOUT_NANOS = 75_000_000_000L;

  private static final long SHORT_TIMEOUT_NANOS = 10_000_000_000L;

  private static final long WATCH_NANOS = WatchRoutes.LEASE_MILLIS * 1_000_000L / 4;

  private static final class Watch {
    private final long volume;
    private final Consumer<RouteReply> changed;
    private long requestId;

    Watch(long volume, Consumer<RouteReply> changed) {
      this.volume = volume;
      this.changed = changed;
    }
  }

  private record Pending(CtrlRequest request, CompletableFuture<CtrlReply> answer) {}

  private final EventLoop loop;
  private final Link link;
  private final TreeMap<Long, Pending> pending = new TreeMap<>();
  private final TreeMap<Long, Watch> watches = new TreeMap<>();
  private long nextRequestId;

  /**
   * A client on that loop; the network must be the loop's. {@code nonce} is a random number that no
   * other client, and no earlier start of this one, has drawn.
   */
  public PolarCtrlClient(EventLoop loop, Network network, Address polarCtrl, long nonce) {
    this.loop = loop;
    this.link = network.connect(polarCtrl, this::onMessage);
    this.nextRequestId = nonce & ~0xfffffL;
  }

  public CompletableFuture<VolumeInfo> createVolume(
      String name, long sizeBytes, long chunkBytes, int replicas) {
    return ask(
        id -> new CreateVolume(id, name, sizeBytes, chunkBytes, replicas),
        LONG_TIMEOUT_NANOS,
        reply -> ((VolumeReply) reply).volume());
  }

  public CompletableFuture<VolumeInfo> growVolume(String name, long sizeBytes) {
    return ask(
        id -> new GrowVolume(id, name, sizeBytes),
        LONG_TIMEOUT_NANOS,
        reply -> ((VolumeReply) reply).volume());
  }

  public CompletableFuture<VolumeInfo> findVolume(String name) {
    return ask(
        id -> new FindVolume(id, name),
        SHORT_TIMEOUT_NANOS,
        reply -> ((VolumeReply) reply).volume());
  }

  public CompletableFuture<RouteReply> routes(long volume, int firstChunk, int count) {
    return ask(
        id -> new RouteRequest(id, volume, firstChunk, count),
        SHORT_TIMEOUT_NANOS,
        RouteReply.class::cast);
  }

  /**
   * Has changed routes of a volume told to {@code changed}, on the client's loop, until the result
   * is run. News may get lost: whoever watches still asks when a route proves wrong.
   */
  public Runnable watchRoutes(long volume, Consumer<RouteReply> changed) {
    Watch watch = new Watch(volume, changed);
    loop.execute(() -> {
      watch.requestId = nextRequestId++;
      watches.put(watch.requestId, watch);
      keepWatching(watch);
    });
    return () -> loop.execute(() -> watches.remove(watch.requestId));
  }

  private void keepWatching(Watch watch) {
    if (watches.get(watch.requestId) == watch) {
      link.send(new WatchRoutes(watch.requestId, watch.volume));
      loop.schedule(WATCH_NANOS, () -> keepWatching(watch));
    }
  }

  public CompletableFuture<WriterReply> acquireWriter(long volume, String owner, boolean force) {
    return acquireWriter(volume, owner, force, AcquireWriter.ANY_EPOCH);
  }

  /** Fails with STALE_EPOCH when the volume's epoch is not {@code onlyAfter} any more. */
  public CompletableFuture<WriterReply> acquireWriter(
      long volume, String owner, boolean force, long onlyAfter) {
    return ask(
        id -> new AcquireWriter(id, volume, owner, force, onlyAfter),
        LONG_TIMEOUT_NANOS,
        WriterReply.class::cast);
  }

  public CompletableFuture<WriterReply> renewWriter(long volume, String owner, long epoch) {
    return ask(
        id -> new RenewWriter(id, volume, owner, epoch),
        SHORT_TIMEOUT_NANOS,
        WriterReply.class::cast);
  }

  public CompletableFuture<WriterReply> releaseWriter(long volume, String owner, long epoch) {
    return ask(
        id -> new ReleaseWriter(id, volume, owner, epoch),
        SHORT_TIMEOUT_NANOS,
        WriterReply.class::cast);
  }

  public CompletableFuture<ServiceHeartbeatReply> heartbeat(long clusterId, ServiceInfo service) {
    return ask(
        id -> new ServiceHeartbeat(id, clusterId, service),
        SHORT_TIMEOUT_NANOS,
        ServiceHeartbeatReply.class::cast);
  }

  public CompletableFuture<StatusReply> status() {
    return ask(StatusRequest::new, SHORT_TIMEOUT_NANOS, StatusReply.class::cast);
  }

  private <T> CompletableFuture<T> ask(
      LongFunction<CtrlRequest> request, long timeoutNanos, Function<CtrlReply, T> result) {
    CompletableFuture<T> future = new CompletableFuture<>();
    loop.execute(() -> askOnLoop(request, timeoutNanos, result, future));
    return future;
  }

  private <T> void askOnLoop(
      LongFunction<CtrlRequest> makeRequest,
      long timeoutNanos,
      Function<CtrlReply, T> result,
      CompletableFuture<T> future) {
    CtrlRequest request = makeRequest.apply(nextRequestId++);
    CompletableFuture<CtrlReply> answer = new CompletableFuture<>();
    Timer timeout = loop.schedule(timeoutNanos, () -> timedOut(request));
    answer.thenAccept(reply -> {
      timeout.cancel();
      complete(reply, request, result, future);
    });
    pending.put(request.requestId(), new Pending(request, answer));
    sendUntilAnswered(request);
  }

  private static <T> void complete(
      CtrlReply reply,
      CtrlRequest request,
      Function<CtrlReply, T> result,
      CompletableFuture<T> future) {
    if (reply instanceof Refusal refusal) {
      future.completeExceptionally(new CtrlException(refusal.status(), refusal.message()));
      return;
    }
    T value;
    try {
      value = result.apply(reply);
    } catch (ClassCastException e) {
      future.completeExceptionally(
          new CtrlException(CtrlStatus.ERROR, "answered " + request + " with " + reply));
      return;
    }
    future.complete(value);
  }

  private void sendUntilAnswered(CtrlRequest request) {
    if (pending.containsKey(request.requestId())) {
      link.send(request);
      loop.schedule(RESEND_NANOS, () -> sendUntilAnswered(request));
    }
  }

  private void timedOut(CtrlRequest request) {
    onMessage(
        link,
        new Refusal(
            request.requestId(),
            CtrlStatus.TIMED_OUT,
            "no answer from " + link.remote() + " to " + request.getClass().getSimpleName()));
  }

  private void onMessage(Link from, Message message) {
    if (message instanceof RouteReply news && watches.containsKey(news.requestId())) {
      watches.get(news.requestId()).changed.accept(news);
    } else if (message instanceof CtrlReply reply) {
      Pending asked = pending.remove(reply.requestId());
      if (asked != null) {
        asked.answer().complete(reply);
      }
    }
  }
}
