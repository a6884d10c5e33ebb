package io.polarj.platform.net.rdma;

import com.ibm.disni.verbs.IbvCQ;
import com.ibm.disni.verbs.IbvCompChannel;
import com.ibm.disni.verbs.IbvContext;
import com.ibm.disni.verbs.IbvMr;
import com.ibm.disni.verbs.IbvPd;
import com.ibm.disni.verbs.IbvQP;
import com.ibm.disni.verbs.IbvRecvWR;
import com.ibm.disni.verbs.IbvSendWR;
import com.ibm.disni.verbs.IbvSge;
import com.ibm.disni.verbs.IbvWC;
import com.ibm.disni.verbs.RdmaVerbs;
import com.ibm.disni.verbs.SVCDeregMr;
import com.ibm.disni.verbs.SVCPollCq;
import com.ibm.disni.verbs.SVCPostRecv;
import com.ibm.disni.verbs.SVCPostSend;
import com.ibm.disni.verbs.SVCRegMr;
import com.ibm.disni.verbs.SVCReqNotify;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/** The data side of the software device: DiSNI's calls, carried out by a {@link SoftFabric}. */
final class SoftVerbs extends RdmaVerbs {
  private final SoftFabric fabric;

  SoftVerbs(SoftFabric fabric) {
    this.fabric = fabric;
  }

  /** The only device there is. */
  static final class Context extends IbvContext {
    Context() throws IOException {
      super(3, 1);
    }
  }

  /** Where completions announce themselves. */
  static final class Channel extends IbvCompChannel {
    int events;

    Channel(IbvContext context) throws IOException {
      super(4, context);
    }
  }

  @Override
  public IbvPd allocPd(IbvContext context) throws IOException {
    fabric.domains++;
    return new IbvPd(context);
  }

  @Override
  public IbvCompChannel createCompChannel(IbvContext context) throws IOException {
    return new Channel(context);
  }

  @Override
  public IbvCQ createCQ(IbvContext context, IbvCompChannel channel, int entries, int vector)
      throws IOException {
    return fabric.newQueue(context, (Channel) channel, entries);
  }

  @Override
  public boolean getCqEvent(IbvCompChannel channel, IbvCQ queue, int timeoutMillis) {
    return fabric.awaitCompletionEvent((Channel) channel, timeoutMillis);
  }

  @Override
  public SVCRegMr regMr(IbvPd pd, ByteBuffer buffer, int access) throws IOException {
    throw new IOException("the transport registers addresses");
  }

  @Override
  public SVCRegMr regMr(IbvPd pd, long address, int length, int access) {
    return new SVCRegMr() {
      private IbvMr region;

      @Override
      public SVCRegMr execute() throws IOException {
        region = fabric.register(pd.getContext(), address, length, access);
        return this;
      }

      @Override
      public IbvMr getMr() {
        return region;
      }

      @Override
      public boolean isValid() {
        return true;
      }

      @Override
      public SVCRegMr free() {
        return this;
      }
    };
  }

  @Override
  public SVCDeregMr deregMr(IbvMr region) {
    return new SVCDeregMr() {
      @Override
      public SVCDeregMr execute() throws IOException {
        fabric.deregister(region);
        return this;
      }

      @Override
      public boolean isValid() {
        return true;
      }

      @Override
      public SVCDeregMr free() {
        return this;
      }
    };
  }

  @Override
  public SVCPostSend postSend(IbvQP pair, List<IbvSendWR> sends, List<IbvSendWR> bad) {
    return new Send((SoftFabric.Pair) pair, sends.getFirst());
  }

  @Override
  public SVCPostRecv postRecv(IbvQP pair, List<IbvRecvWR> receives, List<IbvRecvWR> bad) {
    return new Receive((SoftFabric.Pair) pair, receives.getFirst());
  }

  /** A prepared SEND. */
  private final class Send extends SVCPostSend
      implements SVCPostSend.SendWRMod, SVCPostSend.SgeMod {
    private final SoftFabric.Pair pair;
    private final IbvSendWR request;
    private final IbvSge element;
    private boolean freed;

    Send(SoftFabric.Pair pair, IbvSendWR request) {
      this.pair = pair;
      this.request = request;
      this.element = request.getSg_list().getFirst();
    }

    @Override
    public SVCPostSend execute() throws IOException {
      if (freed) {
        throw new IOException("a freed request was posted");
      }
      fabric.send(pair, request.getWr_id(), element);
      return this;
    }

    @Override
    public boolean isValid() {
      return !freed;
    }

    @Override
    public SVCPostSend free() {
      freed = true;
      return this;
    }

    @Override
    public SVCPostSend.SendWRMod getWrMod(int index) {
      return this;
    }

    @Override
    public void setWr_id(long id) {
      request.setWr_id(id);
    }

    @Override
    public void setSend_flags(int flags) {
      request.setSend_flags(flags);
    }

    @Override
    public long getWr_id() {
      return request.getWr_id();
    }

    @Override
    public int getNum_sge() {
      return 1;
    }

    @Override
    public int getOpcode() {
      return request.getOpcode();
    }

    @Override
    public int getSend_flags() {
      return request.getSend_flags();
    }

    @Override
    public SVCPostSend.RdmaMod getRdmaMod() {
      throw new UnsupportedOperationException("a SEND has no remote address");
    }

    @Override
    public SVCPostSend.SgeMod getSgeMod(int index) {
      return this;
    }

    @Override
    public void setAddr(long address) {
      element.setAddr(address);
    }

    @Override
    public long getAddr() {
      return element.getAddr();
    }

    @Override
    public void setLength(int length) {
      element.setLength(length);
    }

    @Override
    public int getLength() {
      return element.getLength();
    }

    @Override
    public void setLkey(int key) {
      element.setLkey(key);
    }

    @Override
    public int getLkey() {
      return element.getLkey();
    }
  }

  /** A prepared RECV. */
  private final class Receive extends SVCPostRecv {
    private final SoftFabric.Pair pair;
    private final IbvRecvWR request;
    private boolean freed;

    Receive(SoftFabric.Pair pair, IbvRecvWR request) {
      this.pair = pair;
      this.request = request;
    }

    @Override
    public SVCPostRecv execute() throws IOException {
      if (freed) {
        throw new IOException("a freed request was posted");
      }
      fabric.receive(pair, request.getWr_id(), request.getSg_list().getFirst());
      return this;
    }

    @Override
    public boolean isValid() {
      return !freed;
    }

    @Override
    public SVCPostRecv free() {
      freed = true;
      return this;
    }

    @Override
    public SVCPostRecv.RecvWRMod getWrMod(int index) throws IOException {
      throw new IOException("receives are not changed");
    }
  }

  @Override
  public SVCPollCq pollCQ(IbvCQ queue, IbvWC[] target, int entries) {
    return new SVCPollCq() {
      private int polls;

      @Override
      public SVCPollCq execute() throws IOException {
        polls = fabric.poll((SoftFabric.Queue) queue, target, entries);
        return this;
      }

      @Override
      public int getPolls() {
        return polls;
      }

      @Override
      public boolean isValid() {
        return true;
      }

      @Override
      public SVCPollCq free() {
        return this;
      }
    };
  }

  @Override
  public SVCReqNotify reqNotifyCQ(IbvCQ queue, boolean solicited) {
    return new SVCReqNotify() {
      @Override
      public SVCReqNotify execute() {
        fabric.arm((SoftFabric.Queue) queue);
        return this;
      }

      @Override
      public boolean isValid() {
        return true;
      }

      @Override
      public SVCReqNotify free() {
        return this;
      }
    };
  }

  @Override
  public int ackCqEvents(IbvCQ queue, int events) {
    return 0;
  }

  @Override
  public int destroyCompChannel(IbvCompChannel channel) {
    channel.close();
    return 0;
  }

  @Override
  public int deallocPd(IbvPd pd) {
    fabric.domains--;
    pd.close();
    return 0;
  }

  @Override
  public int destroyCQ(IbvCQ queue) {
    fabric.destroyQueue((SoftFabric.Queue) queue);
    return 0;
  }

  @Override
  public int queryOdpSupport(IbvContext context) {
    return 0;
  }

  @Override
  public int expPrefetchMr(IbvMr region, long address, int length) throws IOException {
    throw new IOException("no paging on demand");
  }
}
