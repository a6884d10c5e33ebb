package io.polarj.platform.net.rdma;

import com.ibm.disni.verbs.IbvCQ;
import com.ibm.disni.verbs.IbvCompChannel;
import com.ibm.disni.verbs.IbvContext;
import com.ibm.disni.verbs.IbvMr;
import com.ibm.disni.verbs.IbvPd;
import com.ibm.disni.verbs.IbvQP;
import com.ibm.disni.verbs.IbvQPInitAttr;
import com.ibm.disni.verbs.IbvRecvWR;
import com.ibm.disni.verbs.IbvSendWR;
import com.ibm.disni.verbs.IbvSge;
import com.ibm.disni.verbs.IbvWC;
import com.ibm.disni.verbs.RdmaCm;
import com.ibm.disni.verbs.RdmaCmEvent;
import com.ibm.disni.verbs.RdmaCmId;
import com.ibm.disni.verbs.RdmaConnParam;
import com.ibm.disni.verbs.RdmaEventChannel;
import com.ibm.disni.verbs.SVCPollCq;
import com.ibm.disni.verbs.SVCPostRecv;
import com.ibm.disni.verbs.SVCPostSend;
import com.ibm.disni.verbs.SVCReqNotify;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * {@link Verbs} on DiSNI: the only class that names it, loaded when RDMA was asked for and {@link
 * RdmaProbe} found all it needs.
 *
 * <p>It uses DiSNI's verbs and connection manager, not its endpoint groups: an endpoint's {@code
 * connect} waits for ever when the peer refuses, a group's maps are shared between threads without
 * a lock, and the completion queue of an endpoint outlives it. DiSNI's event channel keeps its
 * identifiers in a plain map as well, so identifiers are made on the thread that waits for events,
 * a few in advance.
 */
final class DisniVerbs implements Verbs {
  private static final int SPARE_IDS = 16;
  private static final int NEW_ID_SECONDS = 2;
  private static final int POLLED_AT_ONCE = 32;
  private static final byte RETRIES = 7;

  private final RdmaEventChannel channel = RdmaEventChannel.createEventChannel();
  private final BlockingQueue<RdmaCmId> spareIds = new LinkedBlockingQueue<>();
  private final Map<RdmaCmId, DisniId> ids = new ConcurrentHashMap<>();
  private final Map<Integer, DisniDevice> devices = new ConcurrentHashMap<>();

  private DisniVerbs() throws IOException {
    if (channel == null) {
      throw new IOException("rdma_create_event_channel failed");
    }
    refill();
  }

  /** Every failure to load or to start the library comes out as one exception. */
  static Verbs open() {
    try {
      return new DisniVerbs();
    } catch (IOException | LinkageError e) {
      throw new RdmaUnavailableException("DiSNI does not start: " + e.getMessage(), e);
    }
  }

  private void refill() throws IOException {
    while (spareIds.size() < SPARE_IDS) {
      spareIds.add(channel.createId(RdmaCm.RDMA_PS_TCP));
    }
  }

  /** Waits for a round of {@link #nextEvent} only when many are asked for at once. */
  @Override
  public Id newId() throws IOException {
    try {
      RdmaCmId id = spareIds.poll(NEW_ID_SECONDS, TimeUnit.SECONDS);
      if (id == null) {
        throw new IOException("the RDMA connection manager makes no identifiers");
      }
      return adopt(id);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while an RDMA identifier was made");
    }
  }

  private DisniId adopt(RdmaCmId id) {
    return ids.computeIfAbsent(id, DisniId::new);
  }

  @Override
  public Event nextEvent(int timeoutMillis) throws IOException {
    refill();
    RdmaCmEvent event = channel.getCmEvent(timeoutMillis);
    if (event == null) {
      return null;
    }
    int number = event.getEvent();
    RdmaCmEvent.EventType[] types = RdmaCmEvent.EventType.values();
    if (number < 0 || number >= types.length) {
      event.ackEvent();
      return new Event(EventKind.OTHER, null, null, "event " + number);
    }
    RdmaCmEvent.EventType type = types[number];
    EventKind kind = kindOf(type);
    Id listener = event.getListenIdPriv() == null ? null : ids.get(event.getListenIdPriv());
    Id id = null;
    if (event.getConnIdPriv() != null) {
      id =
          kind == EventKind.CONNECT_REQUEST
              ? adopt(event.getConnIdPriv())
              : ids.get(event.getConnIdPriv());
    }
    event.ackEvent();
    return new Event(kind, listener, id, type.name());
  }

  private static EventKind kindOf(RdmaCmEvent.EventType type) {
    return switch (type) {
      case RDMA_CM_EVENT_ADDR_RESOLVED -> EventKind.ADDRESS_RESOLVED;
      case RDMA_CM_EVENT_ROUTE_RESOLVED -> EventKind.ROUTE_RESOLVED;
      case RDMA_CM_EVENT_CONNECT_REQUEST -> EventKind.CONNECT_REQUEST;
      case RDMA_CM_EVENT_ESTABLISHED -> EventKind.ESTABLISHED;
      case RDMA_CM_EVENT_DISCONNECTED -> EventKind.DISCONNECTED;
      case RDMA_CM_EVENT_ADDR_ERROR,
          RDMA_CM_EVENT_ROUTE_ERROR,
          RDMA_CM_EVENT_CONNECT_ERROR,
          RDMA_CM_EVENT_UNREACHABLE,
          RDMA_CM_EVENT_REJECTED,
          RDMA_CM_EVENT_DEVICE_REMOVAL ->
          EventKind.FAILED;
      default -> EventKind.OTHER;
    };
  }

  @Override
  public void close() throws IOException {
    RdmaCmId spare;
    while ((spare = spareIds.poll()) != null) {
      spare.destroyId();
    }
    channel.destroyEventChannel();
  }

  private static IbvSge element(long address, int length, int key) {
    IbvSge element = new IbvSge();
    element.setAddr(address);
    element.setLength(length);
    element.setLkey(key);
    return element;
  }

  /** One {@code rdma_cm_id}. */
  private final class DisniId implements Id {
    private final RdmaCmId id;
    private DisniDevice device;

    DisniId(RdmaCmId id) {
      this.id = id;
    }

    @Override
    public void bind(InetSocketAddress address) throws IOException {
      id.bindAddr(address);
    }

    @Override
    public void listen(int backlog) throws IOException {
      id.listen(backlog);
    }

    @Override
    public InetSocketAddress local() throws IOException {
      return (InetSocketAddress) id.getSource();
    }

    @Override
    public InetSocketAddress remote() throws IOException {
      return (InetSocketAddress) id.getDestination();
    }

    @Override
    public void resolveAddress(InetSocketAddress peer, int timeoutMillis) throws IOException {
      id.resolveAddr(null, peer, timeoutMillis);
    }

    @Override
    public void resolveRoute(int timeoutMillis) throws IOException {
      id.resolveRoute(timeoutMillis);
    }

    @Override
    public Device device(int completions) throws IOException {
      IbvContext context = id.getVerbs();
      if (context == null) {
        throw new IOException("no RDMA device: listen on the address of one, not on a wildcard");
      }
      device = devices.get(context.getCmd_fd());
      if (device == null) {
        device = new DisniDevice(context, completions);
        devices.put(context.getCmd_fd(), device);
      }
      return device;
    }

    @Override
    public QueuePair createQueuePair(int depth) throws IOException {
      IbvQPInitAttr attributes = new IbvQPInitAttr();
      attributes.cap().setMax_send_wr(depth);
      attributes.cap().setMax_recv_wr(depth);
      attributes.cap().setMax_send_sge(1);
      attributes.cap().setMax_recv_sge(1);
      attributes.setQp_type(IbvQP.IBV_QPT_RC);
      attributes.setSend_cq(device.queue);
      attributes.setRecv_cq(device.queue);
      IbvQP pair = id.createQP(device.domain, attributes);
      if (pair == null) {
        throw new IOException("the device makes no queue pair of depth " + depth);
      }
      return new DisniQueuePair(id, pair);
    }

    @Override
    public void connect() throws IOException {
      id.connect(parameters());
    }

    @Override
    public void accept() throws IOException {
      id.accept(parameters());
    }

    private RdmaConnParam parameters() throws IOException {
      RdmaConnParam parameters = new RdmaConnParam();
      parameters.setRetry_count(RETRIES);
      parameters.setRnr_retry_count(RETRIES);
      return parameters;
    }

    @Override
    public void disconnect() throws IOException {
      id.disconnect();
    }

    @Override
    public void destroy() throws IOException {
      ids.remove(id);
      id.destroyId();
    }
  }

  /** One {@code ibv_context} with a protection domain, a completion queue and its event channel. */
  private final class DisniDevice implements Device {
    private final int key;
    private final IbvPd domain;
    private final IbvCompChannel events;
    private final IbvCQ queue;
    private final IbvWC[] polled = new IbvWC[POLLED_AT_ONCE];
    private final SVCPollCq poll;
    private final SVCReqNotify arm;

    DisniDevice(IbvContext context, int completions) throws IOException {
      key = context.getCmd_fd();
      domain = context.allocPd();
      events = context.createCompChannel();
      queue = context.createCQ(events, completions, 0);
      if (domain == null || events == null || queue == null) {
        throw new IOException(
            "the RDMA device has no protection domain or completion queue of " + completions);
      }
      for (int i = 0; i < polled.length; i++) {
        polled[i] = new IbvWC();
      }
      poll = queue.poll(polled, polled.length);
      arm = queue.reqNotification(false);
    }

    @Override
    public Region register(MemorySegment memory) throws IOException {
      IbvMr region =
          domain
              .regMr(
                  memory.address(),
                  Math.toIntExact(memory.byteSize()),
                  IbvMr.IBV_ACCESS_LOCAL_WRITE)
              .execute()
              .free()
              .getMr();
      if (region == null) {
        throw new IOException("the RDMA device registers no " + memory.byteSize() + " bytes");
      }
      return new DisniRegion(region);
    }

    @Override
    public int poll(Completions sink) throws IOException {
      int count = poll.execute().getPolls();
      for (int i = 0; i < count; i++) {
        IbvWC done = polled[i];
        int status = done.getStatus();
        boolean good = status == IbvWC.IbvWcStatus.IBV_WC_SUCCESS.ordinal();
        String failure = good ? null : String.valueOf(IbvWC.IbvWcStatus.valueOf(status));
        sink.completed(done.getWr_id(), good ? done.getByte_len() : 0, failure);
      }
      return count;
    }

    @Override
    public void arm() throws IOException {
      arm.execute();
    }

    @Override
    public boolean awaitEvent(int timeoutMillis) throws IOException {
      if (!events.getCqEvent(queue, timeoutMillis)) {
        return false;
      }
      queue.ackEvents(1);
      return true;
    }

    @Override
    public void close() throws IOException {
      devices.remove(key);
      poll.free();
      arm.free();
      queue.destroyCQ();
      events.destroyCompChannel();
      try {
        domain.deallocPd();
      } catch (IOException e) {
        throw e;
      } catch (Exception e) {
        throw new IOException("ibv_dealloc_pd", e);
      }
    }
  }

  /** One {@code ibv_mr}. */
  private record DisniRegion(IbvMr region) implements Region {
    @Override
    public int key() {
      return region.getLkey();
    }

    @Override
    public void deregister() throws IOException {
      region.deregMr().execute().free();
    }
  }

  /** One {@code ibv_qp}. */
  private record DisniQueuePair(RdmaCmId id, IbvQP pair) implements QueuePair {
    @Override
    public Request prepareSend(long requestId, long address, int key) throws IOException {
      IbvSendWR send = new IbvSendWR();
      send.setWr_id(requestId);
      send.setOpcode(IbvSendWR.IBV_WR_SEND);
      send.setSend_flags(IbvSendWR.IBV_SEND_SIGNALED);
      send.setSg_list(new LinkedList<>(List.of(element(address, 0, key))));
      send.setNum_sge(1);
      return new DisniSend(pair.postSend(new LinkedList<>(List.of(send)), null));
    }

    @Override
    public Request prepareReceive(long requestId, long address, int length, int key)
        throws IOException {
      IbvRecvWR receive = new IbvRecvWR();
      receive.setWr_id(requestId);
      receive.setSg_list(new LinkedList<>(List.of(element(address, length, key))));
      receive.setNum_sge(1);
      return new DisniReceive(pair.postRecv(new LinkedList<>(List.of(receive)), null));
    }

    @Override
    public void destroy() throws IOException {
      id.destroyQP();
    }
  }

  private record DisniSend(SVCPostSend call) implements Request {
    @Override
    public void post(int bytes) throws IOException {
      call.getWrMod(0).getSgeMod(0).setLength(bytes);
      call.execute();
    }

    @Override
    public void free() {
      call.free();
    }
  }

  private record DisniReceive(SVCPostRecv call) implements Request {
    @Override
    public void post(int bytes) throws IOException {
      call.execute();
    }

    @Override
    public void free() {
      call.free();
    }
  }
}
