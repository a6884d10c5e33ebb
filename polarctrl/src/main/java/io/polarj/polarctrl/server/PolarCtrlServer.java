package io.polarj.polarctrl.server;

import io.polarj.platform.loop.EventLoop;
import io.polarj.platform.loop.Timer;
import io.polarj.platform.net.Address;
import io.polarj.platform.net.Link;
import io.polarj.platform.net.Message;
import io.polarj.platform.net.Network;
import io.polarj.polarctrl.protocol.CtrlRequest;
import io.polarj.polarctrl.state.ControlPlane;
import io.polarj.polarctrl.state.CtrlSettings;
import io.polarj.polarctrl.state.CtrlStore;
import io.polarj.polarctrl.state.Operator;
import io.polarj.polarctrl.state.StoreException;
import io.polarj.storage.protocol.ControlReply;
import io.polarj.storage.protocol.NodeHeartbeat;
import io.polarj.storage.protocol.StorageMessage;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The control plane on a loop and a network of its own. The loop waits for the store, so nothing
 * else should live on it. Does not close the loop, the network or the store it was given.
 */
public final class PolarCtrlServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PolarCtrlServer.class);
  private static final long TICK_NANOS = 100_000_000;
  private final EventLoop loop;
  private final Network network;
  private final ControlPlane plane;
  private final TreeMap<Address, Link> nodes = new TreeMap<>();
  private Timer ticking;
  private boolean closed;

  private PolarCtrlServer(EventLoop loop, Network network, CtrlStore store, CtrlSettings settings) {
    this.loop = loop;
    this.network = network;
    this.plane = new ControlPlane(settings, loop.clock(), store, this::send);
  }

  /** Loads the store on the loop; the future ends when the server listens, or says why not. */
  public static CompletableFuture<PolarCtrlServer> start(
      EventLoop loop, Network network, Address address, CtrlStore store, CtrlSettings settings) {
    CompletableFuture<PolarCtrlServer> started = new CompletableFuture<>();
    PolarCtrlServer server = new PolarCtrlServer(loop, network, store, settings);
    loop.execute(() -> {
      try {
        server.plane.start();
        server.network.listen(address, server::onMessage);
        server.tick();
        started.complete(server);
      } catch (RuntimeException e) {
        started.completeExceptionally(e);
      }
    });
    return started;
  }

  /**
   * Has the operator's question answered on the loop. The future fails with {@code
   * RefusedException}, or with whatever else went wrong. Any thread may call.
   */
  public <T> CompletableFuture<T> ask(Function<Operator, T> question) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    loop.execute(() -> {
      try {
        if (closed) {
          throw new IllegalStateException("PolarCtrl is being stopped");
        }
        answer.complete(question.apply(plane.operator()));
      } catch (RuntimeException e) {
        answer.completeExceptionally(e);
      }
    });
    return answer;
  }

  /** Stops answering. */
  @Override
  public void close() {
    loop.execute(() -> {
      closed = true;
      if (ticking != null) {
        ticking.cancel();
      }
    });
  }

  private void onMessage(Link from, Message message) {
    if (closed) {
      return;
    }
    try {
      dispatch(from, message);
    } catch (StoreException e) {
      LOG.error("{} from {} is put off", message.getClass().getSimpleName(), from.remote(), e);
    }
  }

  private void dispatch(Link from, Message message) {
    switch (message) {
      case CtrlRequest request -> plane.request(request, from::send);
      case NodeHeartbeat beat -> plane.heartbeat(beat, from::send);
      case ControlReply reply -> plane.controlReply(reply);
      default -> LOG.warn("{} sent {}, which is not for PolarCtrl", from.remote(), message);
    }
  }

  private void send(Address address, StorageMessage message) {
    nodes.computeIfAbsent(address, at -> network.connect(at, this::onMessage)).send(message);
  }

  private void tick() {
    if (!closed) {
      try {
        plane.tick();
      } catch (StoreException e) {
        LOG.error("work is put off until the database takes it", e);
      } finally {
        ticking = loop.schedule(TICK_NANOS, this::tick);
      }
    }
  }
}
