package io.polarj.platform.net.rdma;

import com.ibm.disni.verbs.IbvPd;
import com.ibm.disni.verbs.IbvQP;
import com.ibm.disni.verbs.IbvQPInitAttr;
import com.ibm.disni.verbs.RdmaCm;
import com.ibm.disni.verbs.RdmaCmEvent;
import com.ibm.disni.verbs.RdmaCmEvent.EventType;
import com.ibm.disni.verbs.RdmaCmId;
import com.ibm.disni.verbs.RdmaConnParam;
import com.ibm.disni.verbs.RdmaEventChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The connection manager of the software device; see {@link SoftFabric}. */
final class SoftCm extends RdmaCm {
  private final SoftFabric fabric;

  SoftCm(SoftFabric fabric) {
    this.fabric = fabric;
  }

  /** A queue of events. */
  static final class Channel extends RdmaEventChannel {
    final BlockingQueue<RdmaCmEvent> events = new LinkedBlockingQueue<>();

    Channel() throws IOException {
      super(5);
    }
  }

  /** One end; its fields are guarded by the fabric. */
  static final class Id extends RdmaCmId {
    final Channel channel;
    InetSocketAddress local;
    InetSocketAddress remote;
    Id peer;
    SoftFabric.Pair pair;
    boolean connected;
    boolean accepted;
    boolean destroyed;

    Id(Channel channel) throws IOException {
      super(channel, null);
      this.channel = channel;
    }

    void say(EventType type, Id listener) throws IOException {
      if (!destroyed) {
        channel.events.add(new RdmaCmEvent(type.ordinal(), listener, this));
      }
    }

    void found() throws IOException {
      setVerbs(new SoftVerbs.Context());
    }
  }

  @Override
  public RdmaEventChannel createEventChannel() throws IOException {
    return new Channel();
  }

  @Override
  public RdmaCmId createId(RdmaEventChannel channel, short space) throws IOException {
    return fabric.newId((Channel) channel);
  }

  @Override
  public IbvQP createQP(RdmaCmId id, IbvPd pd, IbvQPInitAttr attributes) throws IOException {
    return fabric.newPair((Id) id, attributes);
  }

  @Override
  public void bindAddr(RdmaCmId id, SocketAddress address) throws IOException {
    fabric.bind((Id) id, (InetSocketAddress) address);
  }

  @Override
  public void listen(RdmaCmId id, int backlog) {}

  @Override
  public void resolveAddr(RdmaCmId id, SocketAddress from, SocketAddress to, int timeoutMillis)
      throws IOException {
    fabric.resolve((Id) id, (InetSocketAddress) to);
  }

  @Override
  public void resolveRoute(RdmaCmId id, int timeoutMillis) throws IOException {
    ((Id) id).say(EventType.RDMA_CM_EVENT_ROUTE_RESOLVED, null);
  }

  @Override
  public RdmaCmEvent getCmEvent(RdmaEventChannel channel, int timeoutMillis) throws IOException {
    try {
      return ((Channel) channel).events.poll(timeoutMillis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  @Override
  public void connect(RdmaCmId id, RdmaConnParam parameters) throws IOException {
    fabric.connect((Id) id);
  }

  @Override
  public void accept(RdmaCmId id, RdmaConnParam parameters) throws IOException {
    fabric.accept((Id) id);
  }

  @Override
  public int ackCmEvent(RdmaCmEvent event) {
    return 0;
  }

  @Override
  public int disconnect(RdmaCmId id) throws IOException {
    fabric.disconnect((Id) id);
    return 0;
  }

  @Override
  public int destroyEventChannel(RdmaEventChannel channel) {
    channel.close();
    return 0;
  }

  @Override
  public int destroyCmId(RdmaCmId id) throws IOException {
    fabric.destroy((Id) id);
    return 0;
  }

  @Override
  public int destroyQP(RdmaCmId id) throws IOException {
    fabric.destroyPair((Id) id);
    return 0;
  }

  @Override
  public SocketAddress getSrcAddr(RdmaCmId id) {
    return ((Id) id).local;
  }

  @Override
  public SocketAddress getDstAddr(RdmaCmId id) {
    return ((Id) id).remote;
  }

  @Override
  public int destroyEp(RdmaCmId id) throws IOException {
    throw new IOException("not used");
  }
}
