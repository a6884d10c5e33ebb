package io.polarj.server.role;

import io.polarj.platform.loop.EventLoop;
import io.polarj.platform.loop.Timer;
import io.polarj.polarctrl.client.PolarCtrlClient;
import io.polarj.polarctrl.protocol.ServiceInfo;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Tells PolarCtrl regularly how a database node is, for {@code polarj status}. Silence of PolarCtrl
 * changes nothing for the node.
 */
final class Reporter implements AutoCloseable {
  private static final long EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
  private final EventLoop loop;
  private final PolarCtrlClient client;
  private final long clusterId;
  private final Supplier<ServiceInfo> state;
  private volatile boolean closed;
  private volatile Timer timer;

  Reporter(EventLoop loop, PolarCtrlClient client, long clusterId, Supplier<ServiceInfo> state) {
    this.loop = loop;
    this.client = client;
    this.clusterId = clusterId;
    this.state = state;
    again(0);
  }

  /** Off the loop: some states are asked of the loop itself. */
  private void report() {
    if (closed) {
      return;
    }
    client.heartbeat(clusterId, state.get()).whenComplete((reply, error) -> again(EVERY_NANOS));
  }

  private void again(long delayNanos) {
    if (!closed) {
      timer = loop.schedule(delayNanos, () -> Thread.startVirtualThread(this::report));
    }
  }

  @Override
  public void close() {
    closed = true;
    loop.execute(() -> {
      if (timer != null) {
        timer.cancel();
      }
    });
  }
}
