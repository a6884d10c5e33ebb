package io.polarj.platform.net.rdma;

import io.polarj.platform.loop.IdleMode;
import io.polarj.platform.loop.LoopPoller;
import io.polarj.platform.loop.ThreadLoop;
import java.io.IOException;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.agrona.collections.Int2ObjectHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread of one {@link RdmaNetwork}: a {@link ThreadLoop} in whose place of sleep the
 * completion queues are polled. In the hybrid mode it polls while there is work and a little
 * longer, then asks the devices for an event and sleeps; one thread per device waits for those
 * events and one for the connection manager's, and do nothing but wake the loop or hand over.
 */
final class VerbsLoop implements LoopPoller {
  private static final Logger LOG = LoggerFactory.getLogger(VerbsLoop.class);
  private static final int WAIT_MILLIS = 100;
  private static final int KIND_BITS = 1;
  private static final int SLOT_BITS = 15;

  private final Verbs verbs;
  private final RdmaSettings settings;
  private final ThreadLoop loop;
  private final Thread loopThread;
  private final RegisteredPool memory;
  private final Int2ObjectHashMap<RdmaConnection> connections = new Int2ObjectHashMap<>();
  private final Map<Verbs.Id, Consumer<Verbs.Event>> ids = new IdentityHashMap<>();
  private final List<WatchedDevice> devices = new ArrayList<>();
  private final List<RdmaConnection> touched = new ArrayList<>();
  private final Verbs.Completions sink = this::completed;
  private final Thread events;
  private int lastNumber;
  private String broken;
  private volatile boolean closing;

  VerbsLoop(Verbs verbs, RdmaSettings settings, IdleMode idleMode) {
    this.verbs = verbs;
    this.settings = settings;
    this.memory = new RegisteredPool(settings.bytesPerConnection(), settings.maxConnections());
    this.loop = ThreadLoop.start("rdma", idleMode);
    this.loopThread =
        call(() -> {
          loop.attach(this);
          return Thread.currentThread();
        });
    this.events = Thread.ofPlatform().daemon().name("rdma-events").start(this::pumpEvents);
  }

  ThreadLoop loop() {
    return loop;
  }

  RegisteredPool memory() {
    return memory;
  }

  /** Runs the call on the loop and waits for it; for set-up and tear-down. */
  <T> T call(Callable<T> task) {
    CompletableFuture<T> result = new CompletableFuture<>();
    loop.execute(() -> {
      try {
        result.complete(task.call());
      } catch (Throwable e) {
        result.completeExceptionally(e);
      }
    });
    return result.join();
  }

  /** A new identifier whose events go to the handler until it is {@link #destroy}ed. */
  Verbs.Id newId(Consumer<Verbs.Event> handler) throws IOException {
    if (broken != null) {
      throw new IOException(broken);
    }
    Verbs.Id id = verbs.newId();
    ids.put(id, handler);
    return id;
  }

  /** Takes over an identifier that came with a request. */
  void adopt(Verbs.Id id, Consumer<Verbs.Event> handler) {
    ids.put(id, handler);
  }

  void destroy(Verbs.Id id) {
    ids.remove(id);
    try {
      id.destroy();
    } catch (IOException e) {
      LOG.debug("rdma_destroy_id: {}", e.getMessage());
    }
  }

  /** The number that the connection's request ids carry. */
  int add(RdmaConnection connection) {
    do {
      lastNumber = lastNumber == Integer.MAX_VALUE ? 1 : lastNumber + 1;
    } while (connections.containsKey(lastNumber));
    connections.put(lastNumber, connection);
    return lastNumber;
  }

  void remove(int number) {
    connections.remove(number);
  }

  static long requestId(int connection, boolean receive, int slot) {
    return ((long) connection << KIND_BITS | (receive ? 1 : 0)) << SLOT_BITS | slot;
  }

  /** The device of a resolved or requested identifier, polled from now on. */
  Verbs.Device device(Verbs.Id id) throws IOException {
    Verbs.Device device = id.device(settings.completions());
    for (WatchedDevice known : devices) {
      if (known.device == device) {
        return device;
      }
    }
    devices.add(new WatchedDevice(device));
    return device;
  }

  @Override
  public int poll() {
    int polled = 0;
    for (int i = devices.size() - 1; i >= 0; i--) {
      WatchedDevice watched = devices.get(i);
      try {
        polled += watched.device.poll(sink);
      } catch (IOException e) {
        fail("an RDMA completion queue cannot be polled: " + e.getMessage());
        return polled;
      }
    }
    if (!touched.isEmpty()) {
      List<RdmaConnection> now = List.copyOf(touched);
      touched.clear();
      now.forEach(RdmaConnection::afterCompletions);
    }
    return polled;
  }

  private void completed(long requestId, int bytes, String failure) {
    int slot = (int) requestId & (1 << SLOT_BITS) - 1;
    long rest = requestId >>> SLOT_BITS;
    RdmaConnection connection = connections.get((int) (rest >>> KIND_BITS));
    if (connection == null) {
      return; // of a connection that has ended
    }
    connection.completed((rest & 1) != 0, slot, bytes, failure);
    if (connection.touch()) {
      touched.add(connection);
    }
  }

  /** What completed before the queue was armed makes no event, so it is looked for once more. */
  @Override
  public void await(long timeoutNanos) {
    for (WatchedDevice watched : devices) {
      try {
        watched.armUnlessArmed();
      } catch (IOException e) {
        fail("an RDMA completion queue cannot be armed: " + e.getMessage());
        return;
      }
    }
    if (poll() == 0) {
      LockSupport.parkNanos(this, timeoutNanos);
    }
  }

  @Override
  public boolean underWay() {
    return false;
  }

  @Override
  public void wakeup() {
    LockSupport.unpark(loopThread);
  }

  @Override
  public void close() {}

  private void pumpEvents() {
    while (!closing) {
      try {
        Verbs.Event event = verbs.nextEvent(WAIT_MILLIS);
        if (event != null) {
          loop.execute(() -> dispatch(event));
        }
      } catch (IOException | RuntimeException e) {
        loop.execute(() -> fail("the RDMA connection manager failed: " + e.getMessage()));
        return;
      }
    }
  }

  /** What came in before a disconnect is delivered before it. */
  private void dispatch(Verbs.Event event) {
    if (event.kind() == Verbs.EventKind.DISCONNECTED) {
      poll();
    }
    Verbs.Id owner =
        event.kind() == Verbs.EventKind.CONNECT_REQUEST ? event.listener() : event.id();
    Consumer<Verbs.Event> handler = owner == null ? null : ids.get(owner);
    if (handler != null) {
      handler.accept(event);
    } else if (event.kind() == Verbs.EventKind.CONNECT_REQUEST && event.id() != null) {
      destroy(event.id());
    }
  }

  private void fail(String reason) {
    LOG.error("RDMA ends until the process is started again: {}", reason);
    broken = reason;
    devices.forEach(WatchedDevice::stop);
    closeConnections(reason);
  }

  private void closeConnections(String reason) {
    for (RdmaConnection connection : List.copyOf(connections.values())) {
      connection.close(reason);
    }
  }

  /** Ends all connections, waits for the threads and closes the devices; not on the loop. */
  void shutDown() {
    call(() -> {
      closeConnections("this node closes its network");
      for (Verbs.Id id : List.copyOf(ids.keySet())) {
        destroy(id);
      }
      return null;
    });
    closing = true;
    List<WatchedDevice> watched = call(() -> List.copyOf(devices));
    watched.forEach(WatchedDevice::stop);
    join(events);
    watched.forEach(device -> join(device.thread));
    call(() -> {
      devices.clear();
      memory.close();
      watched.forEach(WatchedDevice::close);
      return null;
    });
    loop.close();
    try {
      verbs.close();
    } catch (IOException e) {
      LOG.warn("closing RDMA: {}", e.getMessage());
    }
  }

  private static void join(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** A device and the thread that waits for its events. */
  private final class WatchedDevice {
    private final Verbs.Device device;
    private final Thread thread;
    private volatile boolean armed;
    private volatile boolean stopped;

    WatchedDevice(Verbs.Device device) {
      this.device = device;
      this.thread = Thread.ofPlatform().daemon().name("rdma-completions").start(this::watch);
    }

    void armUnlessArmed() throws IOException {
      if (!armed) {
        armed = true;
        device.arm();
      }
    }

    private void watch() {
      while (!stopped) {
        try {
          if (device.awaitEvent(WAIT_MILLIS)) {
            armed = false;
            wakeup();
          }
        } catch (IOException | RuntimeException e) {
          loop.execute(() -> fail("an RDMA device gives no events: " + e.getMessage()));
          return;
        }
      }
    }

    void stop() {
      stopped = true;
    }

    void close() {
      try {
        device.close();
      } catch (IOException e) {
        LOG.warn("closing an RDMA device: {}", e.getMessage());
      }
    }
  }
}
