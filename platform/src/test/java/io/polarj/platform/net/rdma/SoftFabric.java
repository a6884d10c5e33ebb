package io.polarj.platform.net.rdma;

import com.ibm.disni.verbs.IbvCQ;
import com.ibm.disni.verbs.IbvContext;
import com.ibm.disni.verbs.IbvMr;
import com.ibm.disni.verbs.IbvQP;
import com.ibm.disni.verbs.IbvQPInitAttr;
import com.ibm.disni.verbs.IbvSge;
import com.ibm.disni.verbs.IbvWC;
import com.ibm.disni.verbs.IbvWC.IbvWcOpcode;
import com.ibm.disni.verbs.IbvWC.IbvWcStatus;
import com.ibm.disni.verbs.RdmaCm;
import com.ibm.disni.verbs.RdmaCmEvent.EventType;
import com.ibm.disni.verbs.RdmaProvider;
import com.ibm.disni.verbs.RdmaVerbs;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Field;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A software RDMA device and the wire between its ends, all in this process: what DiSNI's provider
 * calls, carried out on the real memory that was registered. As strict as hardware: keys and bounds
 * are checked, a SEND without a posted RECV breaks the connection, queues are bounded, and an error
 * flushes what is posted. One lock; any thread may call.
 */
final class SoftFabric extends RdmaProvider {
  private static final int FIRST_PORT = 40_000;
  private final SoftCm cm = new SoftCm(this);
  private final SoftVerbs verbs = new SoftVerbs(this);
  private final Map<Integer, SoftCm.Id> listeners = new HashMap<>();
  private final Map<Integer, IbvMr> regions = new HashMap<>();
  private final List<SoftCm.Id> connected = new ArrayList<>();
  private int lastPort = FIRST_PORT;
  private int lastKey;
  private IbvWcStatus failNextSend;
  private int corruptNextSendAt = -1;
  private EventType refuseNext;
  private boolean silentListeners;
  private boolean held;
  int domains;
  int openIds;
  int openPairs;
  int openQueues;
  int sendsWithoutReceive;
  int messagesMoved;

  /** Takes the place of DiSNI's native provider. */
  static SoftFabric install() throws ReflectiveOperationException {
    SoftFabric fabric = new SoftFabric();
    Field field = RdmaProvider.class.getDeclaredField("provider");
    field.setAccessible(true);
    field.set(null, fabric);
    return fabric;
  }

  @Override
  public RdmaCm openCm() {
    return cm;
  }

  @Override
  public RdmaVerbs openVerbs() {
    return verbs;
  }

  @Override
  public int getVersion() {
    return 32;
  }

  /** A completion queue. */
  static final class Queue extends IbvCQ {
    final SoftVerbs.Channel events;
    final int entries;
    final ArrayDeque<IbvWC> done = new ArrayDeque<>();
    boolean armed;

    Queue(IbvContext context, SoftVerbs.Channel events, int entries) throws IOException {
      super(context, events, 6);
      this.events = events;
      this.entries = entries;
    }
  }

  /** A queue pair. */
  static final class Pair extends IbvQP {
    final Queue queue;
    final int maxSends;
    final int maxReceives;
    final SoftCm.Id id;
    final ArrayDeque<Posted> receives = new ArrayDeque<>();
    final ArrayDeque<Posted> heldSends = new ArrayDeque<>();
    int unfinishedSends;
    boolean failed;

    Pair(SoftCm.Id id, IbvQPInitAttr attributes) throws IOException {
      super(7);
      this.id = id;
      this.queue = (Queue) attributes.getSend_cq();
      this.maxSends = attributes.cap().getMax_send_wr();
      this.maxReceives = attributes.cap().getMax_recv_wr();
    }
  }

  record Posted(long requestId, long address, int length, int key) {}

  // ---- faults

  synchronized void failNextSend(IbvWcStatus status) {
    failNextSend = status;
  }

  /** Flips a bit of the next message that is long enough. */
  synchronized void corruptNextSendAt(int offset) {
    corruptNextSendAt = offset;
  }

  synchronized void refuseNext(EventType how) {
    refuseNext = how;
  }

  /** Requests to connect get no answer. */
  synchronized void silenceListeners() {
    silentListeners = true;
  }

  /** What is sent stays on the wire until {@link #release}. */
  synchronized void hold() {
    held = true;
  }

  synchronized void release() throws IOException {
    held = false;
    for (SoftCm.Id id : List.copyOf(connected)) {
      while (id.pair != null && !id.pair.heldSends.isEmpty()) {
        move(id.pair, id.pair.heldSends.poll());
      }
    }
  }

  /** Every connection breaks, as with a port that goes down. */
  synchronized void breakAll() throws IOException {
    for (SoftCm.Id id : List.copyOf(connected)) {
      disconnect(id);
    }
  }

  synchronized int registeredRegions() {
    return regions.size();
  }

  // ---- connection manager

  synchronized SoftCm.Id newId(SoftCm.Channel channel) throws IOException {
    openIds++;
    return new SoftCm.Id(channel);
  }

  synchronized void bind(SoftCm.Id id, InetSocketAddress address) throws IOException {
    int port = address.getPort() == 0 ? ++lastPort : address.getPort();
    if (listeners.putIfAbsent(port, id) != null) {
      throw new IOException("Address already in use");
    }
    id.local = new InetSocketAddress(address.getAddress(), port);
    id.found();
  }

  synchronized void resolve(SoftCm.Id id, InetSocketAddress to) throws IOException {
    id.remote = to;
    id.local = new InetSocketAddress(to.getAddress(), ++lastPort);
    id.found();
    id.say(EventType.RDMA_CM_EVENT_ADDR_RESOLVED, null);
  }

  synchronized void connect(SoftCm.Id id) throws IOException {
    if (id.pair == null || id.pair.receives.size() != id.pair.maxReceives) {
      throw new IOException("connect before all receives are posted");
    }
    SoftCm.Id listener = listeners.get(id.remote.getPort());
    if (refuseNext != null || listener == null) {
      id.say(refuseNext == null ? EventType.RDMA_CM_EVENT_REJECTED : refuseNext, null);
      refuseNext = null;
    } else if (!silentListeners) {
      SoftCm.Id other = newId(listener.channel);
      other.found();
      other.local = listener.local;
      other.remote = id.local;
      other.peer = id;
      id.peer = other;
      other.say(EventType.RDMA_CM_EVENT_CONNECT_REQUEST, listener);
    }
  }

  synchronized void accept(SoftCm.Id id) throws IOException {
    if (id.pair == null || id.pair.receives.size() != id.pair.maxReceives) {
      throw new IOException("accept before all receives are posted");
    }
    SoftCm.Id other = id.peer;
    if (other.destroyed) {
      id.say(EventType.RDMA_CM_EVENT_UNREACHABLE, null);
      return;
    }
    id.accepted = true;
    other.accepted = true;
    id.connected = true;
    other.connected = true;
    connected.add(id);
    connected.add(other);
    other.say(EventType.RDMA_CM_EVENT_ESTABLISHED, null);
    id.say(EventType.RDMA_CM_EVENT_ESTABLISHED, null);
  }

  synchronized void disconnect(SoftCm.Id id) throws IOException {
    if (id.connected) {
      SoftCm.Id other = id.peer;
      for (SoftCm.Id end : List.of(id, other)) {
        end.connected = false;
        connected.remove(end);
        if (end.pair != null) {
          flush(end.pair);
        }
        end.say(EventType.RDMA_CM_EVENT_DISCONNECTED, null);
      }
    }
  }

  synchronized void destroy(SoftCm.Id id) throws IOException {
    disconnect(id);
    if (id.destroyed) {
      throw new IOException("destroyed twice");
    }
    if (id.peer != null && !id.peer.destroyed && !id.accepted) {
      id.peer.say(EventType.RDMA_CM_EVENT_REJECTED, null);
    }
    id.destroyed = true;
    openIds--;
    if (id.local != null) {
      listeners.remove(id.local.getPort(), id);
    }
    id.close();
  }

  synchronized IbvQP newPair(SoftCm.Id id, IbvQPInitAttr attributes) throws IOException {
    id.pair = new Pair(id, attributes);
    openPairs++;
    return id.pair;
  }

  synchronized void destroyPair(SoftCm.Id id) {
    id.pair.failed = true;
    id.pair.receives.clear();
    id.pair.heldSends.clear();
    id.pair.close();
    id.pair = null;
    openPairs--;
  }

  // ---- verbs

  synchronized Queue newQueue(IbvContext context, SoftVerbs.Channel events, int entries)
      throws IOException {
    openQueues++;
    return new Queue(context, events, entries);
  }

  synchronized void destroyQueue(Queue queue) {
    openQueues--;
    queue.close();
  }

  synchronized IbvMr register(IbvContext context, long address, int length, int access)
      throws IOException {
    if (access != IbvMr.IBV_ACCESS_LOCAL_WRITE) {
      throw new IOException("memory open to the peer: access " + access);
    }
    int key = ++lastKey;
    IbvMr region = new IbvMr(context, address, length, access, key, key, key);
    regions.put(region.getLkey(), region);
    return region;
  }

  synchronized void deregister(IbvMr region) throws IOException {
    if (regions.remove(region.getLkey()) == null) {
      throw new IOException("deregistered twice");
    }
  }

  synchronized void receive(Pair pair, long requestId, IbvSge element) throws IOException {
    if (pair.receives.size() == pair.maxReceives) {
      throw new IOException("the receive queue is full");
    }
    Posted posted = checked(requestId, element);
    if (pair.failed) {
      complete(pair, posted, true, 0, IbvWcStatus.IBV_WC_WR_FLUSH_ERR);
    } else {
      pair.receives.add(posted);
    }
  }

  synchronized void send(Pair pair, long requestId, IbvSge element) throws IOException {
    if (pair.unfinishedSends == pair.maxSends) {
      throw new IOException("the send queue is full");
    }
    Posted posted = checked(requestId, element);
    pair.unfinishedSends++;
    if (pair.failed || !pair.id.connected) {
      complete(pair, posted, false, 0, IbvWcStatus.IBV_WC_WR_FLUSH_ERR);
    } else if (failNextSend != null) {
      complete(pair, posted, false, 0, failNextSend);
      failNextSend = null;
      disconnect(pair.id);
    } else if (held) {
      pair.heldSends.add(posted);
    } else {
      move(pair, posted);
    }
  }

  private Posted checked(long requestId, IbvSge element) throws IOException {
    IbvMr region = regions.get(element.getLkey());
    if (region == null
        || element.getAddr() < region.getAddr()
        || element.getAddr() + element.getLength() > region.getAddr() + region.getLength()) {
      throw new IOException("an address outside of registered memory");
    }
    return new Posted(requestId, element.getAddr(), element.getLength(), element.getLkey());
  }

  private void move(Pair from, Posted send) throws IOException {
    Pair to = from.id.peer.pair;
    Posted receive = to == null ? null : to.receives.poll();
    if (receive == null) {
      sendsWithoutReceive++;
      complete(from, send, false, 0, IbvWcStatus.IBV_WC_RNR_RETRY_EXC_ERR);
      disconnect(from.id);
    } else if (receive.length() < send.length()) {
      complete(to, receive, true, 0, IbvWcStatus.IBV_WC_LOC_LEN_ERR);
      complete(from, send, false, 0, IbvWcStatus.IBV_WC_REM_INV_REQ_ERR);
      disconnect(from.id);
    } else {
      MemorySegment source = memory(send.address(), send.length());
      MemorySegment target = memory(receive.address(), send.length());
      target.copyFrom(source);
      if (corruptNextSendAt >= 0 && corruptNextSendAt < send.length()) {
        byte was = target.get(ValueLayout.JAVA_BYTE, corruptNextSendAt);
        target.set(ValueLayout.JAVA_BYTE, corruptNextSendAt, (byte) (was ^ 0x10));
        corruptNextSendAt = -1;
      }
      messagesMoved++;
      complete(to, receive, true, send.length(), IbvWcStatus.IBV_WC_SUCCESS);
      complete(from, send, false, send.length(), IbvWcStatus.IBV_WC_SUCCESS);
    }
  }

  private static MemorySegment memory(long address, int length) {
    return MemorySegment.ofAddress(address).reinterpret(length);
  }

  private void flush(Pair pair) throws IOException {
    pair.failed = true;
    for (Posted posted : pair.heldSends) {
      complete(pair, posted, false, 0, IbvWcStatus.IBV_WC_WR_FLUSH_ERR);
    }
    for (Posted posted : pair.receives) {
      complete(pair, posted, true, 0, IbvWcStatus.IBV_WC_WR_FLUSH_ERR);
    }
    pair.heldSends.clear();
    pair.receives.clear();
  }

  private void complete(Pair pair, Posted posted, boolean receive, int bytes, IbvWcStatus status)
      throws IOException {
    if (!receive) {
      pair.unfinishedSends--;
    }
    IbvWC done = new IbvWC();
    done.setWr_id(posted.requestId());
    done.setStatus(status.ordinal());
    done.setByte_len(bytes);
    done.setOpcode((receive ? IbvWcOpcode.IBV_WC_RECV : IbvWcOpcode.IBV_WC_SEND).getOpcode());
    if (pair.queue.done.size() == pair.queue.entries) {
      throw new IOException("a completion queue overflows");
    }
    pair.queue.done.add(done);
    if (pair.queue.armed) {
      pair.queue.armed = false;
      pair.queue.events.events++;
      notifyAll();
    }
  }

  synchronized int poll(Queue queue, IbvWC[] target, int entries) throws IOException {
    if (!queue.isOpen()) {
      throw new IOException("Trying to poll closed CQ.");
    }
    int count = 0;
    while (count < entries && !queue.done.isEmpty()) {
      IbvWC done = queue.done.poll();
      target[count].setWr_id(done.getWr_id());
      target[count].setStatus(done.getStatus());
      target[count].setOpcode(done.getOpcode());
      target[count].setByte_len(done.getByte_len());
      count++;
    }
    return count;
  }

  synchronized void arm(Queue queue) {
    queue.armed = true;
  }

  synchronized boolean awaitCompletionEvent(SoftVerbs.Channel channel, int timeoutMillis) {
    long deadline = System.nanoTime() + timeoutMillis * 1_000_000L;
    while (channel.events == 0) {
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return false;
      }
      try {
        wait(left);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
    channel.events--;
    return true;
  }
}
