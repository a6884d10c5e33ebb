package io.polarj.platform.net.rdma;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.polarj.platform.loop.Timer;
import io.polarj.platform.net.Frames;
import io.polarj.platform.net.MalformedMessageException;
import io.polarj.platform.net.Message;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.agrona.collections.IntArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One reliable connection: a queue pair with its buffers, all on the transport's loop.
 *
 * <p>Invariants. Every receive buffer is posted before the connection is, and posted again once
 * what came into it was taken in. A credit stands for a posted receive buffer of the peer: nothing
 * is sent without one, the last one only to give credits back, so that two full sides never wait
 * for each other. Nothing of the peer is trusted before it was checked: the length of a fragment
 * against what the device received, the credits against how many there can be, the frames as on
 * TCP.
 */
final class RdmaConnection {
  private static final Logger LOG = LoggerFactory.getLogger(RdmaConnection.class);

  /** What the connection tells its link. */
  interface Owner {
    /** The peer's hello is here. */
    void opened();

    void received(List<Message> messages);

    void closed(String reason, boolean wasOpen);
  }

  private enum State {
    CONNECTING,
    ESTABLISHED,
    OPEN,
    CLOSED
  }

  private final VerbsLoop engine;
  private final RdmaSettings settings;
  private final Frames frames;
  private final SendQueue queue;
  private final Owner owner;
  private final boolean caller;
  private final Verbs.Id id;
  private final Timer deadline;
  private final Reassembly reassembly = new Reassembly();
  private final IntArrayList freeSends = new IntArrayList();
  private State state = State.CONNECTING;
  private int number;
  private RegisteredPool.Piece memory;
  private Verbs.QueuePair pair;
  private Verbs.Request[] receives = {};
  private Verbs.Request[] sends = {};
  private boolean peerGreeted;
  private int peerDepth = 1;
  private int fragmentBytes;
  private int credits = 1;
  private int owed;
  private ByteBuf current;
  private boolean currentStarted;
  private List<Message> messages = new ArrayList<>();
  private boolean touched;

  /** Begins to connect. */
  RdmaConnection(
      VerbsLoop engine,
      RdmaSettings settings,
      Frames frames,
      SendQueue queue,
      Owner owner,
      InetSocketAddress peer)
      throws IOException {
    this.engine = engine;
    this.settings = settings;
    this.frames = frames;
    this.queue = queue;
    this.owner = owner;
    this.caller = true;
    this.id = engine.newId(handler());
    this.number = engine.add(this);
    this.deadline = startDeadline();
    attempt(() -> id.resolveAddress(peer, settings.connectTimeoutMillis()));
  }

  /** Answers a request. */
  RdmaConnection(
      VerbsLoop engine,
      RdmaSettings settings,
      Frames frames,
      SendQueue queue,
      Owner owner,
      Verbs.Id requested) {
    this.engine = engine;
    this.settings = settings;
    this.frames = frames;
    this.queue = queue;
    this.owner = owner;
    this.caller = false;
    this.id = requested;
    engine.adopt(id, handler());
    this.number = engine.add(this);
    this.deadline = startDeadline();
    attempt(() -> {
      prepare();
      id.accept();
    });
  }

  private Consumer<Verbs.Event> handler() {
    return this::onEvent;
  }

  private Timer startDeadline() {
    return engine
        .loop()
        .schedule(
            settings.connectTimeoutMillis() * 1_000_000L,
            () -> close("no connection and hello in time"));
  }

  private interface Step {
    void run() throws IOException;
  }

  private void attempt(Step step) {
    try {
      step.run();
    } catch (IOException e) {
      close(e.getMessage());
    }
  }

  private void onEvent(Verbs.Event event) {
    if (state == State.CLOSED) {
      return;
    }
    switch (event.kind()) {
      case ADDRESS_RESOLVED -> attempt(() -> id.resolveRoute(settings.connectTimeoutMillis()));
      case ROUTE_RESOLVED ->
          attempt(() -> {
            prepare();
            id.connect();
          });
      case ESTABLISHED -> established();
      case DISCONNECTED -> close("the peer closed the connection");
      case FAILED -> close(event.name());
      case CONNECT_REQUEST, OTHER -> LOG.debug("{} on an RDMA connection", event.name());
    }
  }

  /** Queue pair, buffers, posted receives: before the peer can send anything. */
  private void prepare() throws IOException {
    memory = engine.memory().take(engine.device(id));
    pair = id.createQueuePair(settings.depth());
    receives = new Verbs.Request[settings.depth()];
    sends = new Verbs.Request[settings.depth()];
    int key = memory.region().key();
    for (int slot = 0; slot < settings.depth(); slot++) {
      receives[slot] =
          pair.prepareReceive(
              VerbsLoop.requestId(number, true, slot),
              memory.address() + receiveOffset(slot),
              settings.slotBytes(),
              key);
      receives[slot].post(0);
      sends[slot] =
          pair.prepareSend(
              VerbsLoop.requestId(number, false, slot), memory.address() + sendOffset(slot), key);
      freeSends.addInt(slot);
    }
  }

  private int receiveOffset(int slot) {
    return slot * settings.slotBytes();
  }

  private int sendOffset(int slot) {
    return (settings.depth() + slot) * settings.slotBytes();
  }

  private void established() {
    if (state != State.CONNECTING) {
      return;
    }
    state = State.ESTABLISHED;
    if (caller || peerGreeted) {
      sendHello();
    }
    openWhenGreeted();
  }

  private void openWhenGreeted() {
    if (peerGreeted && state == State.ESTABLISHED) {
      state = State.OPEN;
      deadline.cancel();
      owner.opened();
      pump();
    }
  }

  private void sendHello() {
    int slot = freeSends.popInt();
    ByteBuffer target = sendBuffer(slot);
    Fragment.putHello(target, settings);
    post(slot, Fragment.HELLO, target.position());
  }

  boolean closed() {
    return state == State.CLOSED;
  }

  /** Whether this is the first time since {@link #afterCompletions}. */
  boolean touch() {
    boolean first = !touched;
    touched = true;
    return first;
  }

  void completed(boolean receive, int slot, int bytes, String failure) {
    if (state == State.CLOSED || slot >= settings.depth()) {
      return;
    }
    if (failure != null) {
      close((receive ? "a receive" : "a send") + " failed with " + failure);
    } else if (!receive) {
      freeSends.addInt(slot);
    } else {
      received(slot, bytes);
    }
  }

  private void received(int slot, int bytes) {
    try {
      ByteBuffer raw = memory.bytes().slice(receiveOffset(slot), settings.slotBytes());
      Fragment fragment = Fragment.parse(raw, bytes);
      takeCredits(fragment);
      ByteBuf payload = Unpooled.wrappedBuffer(fragment.payload());
      switch (fragment.kind()) {
        case Fragment.HELLO -> greetedBy(payload);
        case Fragment.DATA -> {
          if (!peerGreeted) {
            throw new MalformedMessageException("data before the hello");
          }
          reassembly.add(payload, frames, messages);
        }
        default -> {}
      }
      if (state != State.CLOSED) {
        receives[slot].post(0);
        owed++;
      }
    } catch (MalformedMessageException | IOException e) {
      LOG.warn("RDMA connection with {} closed: {}", name(), e.getMessage());
      close(e.getMessage());
    } catch (RuntimeException e) {
      LOG.error("RDMA connection with {} closed by an error", name(), e);
      close(e.toString());
    }
  }

  private void takeCredits(Fragment fragment) {
    if (credits + fragment.credits() > peerDepth) {
      throw new MalformedMessageException(
          "the peer gave "
              + fragment.credits()
              + " credits, "
              + credits
              + " of "
              + peerDepth
              + " were left");
    }
    credits += fragment.credits();
  }

  private void greetedBy(ByteBuf payload) {
    if (peerGreeted) {
      throw new MalformedMessageException("a second hello");
    }
    Fragment.Hello hello = Fragment.readHello(payload, settings.clusterId());
    peerGreeted = true;
    peerDepth = hello.depth();
    fragmentBytes = Math.min(hello.slotBytes(), settings.slotBytes()) - Fragment.HEADER_BYTES;
    credits += peerDepth - 1;
    if (!caller && state == State.ESTABLISHED) {
      sendHello();
    }
  }

  /** Once per poll: what it brought goes out as one, and what it made possible is sent. */
  void afterCompletions() {
    touched = false;
    deliver();
    if (state == State.CLOSED) {
      return;
    }
    openWhenGreeted();
    pump();
    returnCredits();
  }

  /** By themselves only when half of them are gone and no data carried them. */
  private void returnCredits() {
    if (state == State.OPEN
        && owed >= settings.depth() / 2
        && credits > 0
        && !freeSends.isEmpty()) {
      post(freeSends.popInt(), Fragment.CREDITS, Fragment.HEADER_BYTES);
    }
  }

  private void deliver() {
    if (!messages.isEmpty()) {
      List<Message> batch = messages;
      messages = new ArrayList<>();
      owner.received(batch);
    }
  }

  /** Sends what waits, as far as buffers and credits go; the last credit is not for data. */
  void pump() {
    while (state == State.OPEN && credits > 1 && !freeSends.isEmpty() && nextFrame()) {
      int slot = freeSends.popInt();
      ByteBuffer target = sendBuffer(slot).limit(Fragment.HEADER_BYTES + fragmentBytes);
      fill(target);
      post(slot, Fragment.DATA, target.position());
    }
  }

  private boolean nextFrame() {
    if (current == null) {
      current = queue.poll();
      currentStarted = false;
    }
    return current != null;
  }

  /** As many frames as fit whole; one that does not fit begins a buffer of its own. */
  private void fill(ByteBuffer target) {
    int start = target.position();
    while (nextFrame()) {
      int rest = current.readableBytes();
      if (rest > target.remaining() && target.position() > start && !currentStarted) {
        return;
      }
      int count = Math.min(rest, target.remaining());
      int limit = target.limit();
      current.readBytes(target.limit(target.position() + count));
      target.limit(limit);
      currentStarted = true;
      if (current.isReadable()) {
        return;
      }
      current.release();
      current = null;
    }
  }

  private ByteBuffer sendBuffer(int slot) {
    return memory
        .bytes()
        .slice(sendOffset(slot), settings.slotBytes())
        .order(memory.bytes().order())
        .position(Fragment.HEADER_BYTES);
  }

  private void post(int slot, int kind, int bytes) {
    Fragment.putHeader(memory.bytes(), sendOffset(slot), bytes - Fragment.HEADER_BYTES, owed, kind);
    owed = 0;
    credits--;
    attempt(() -> sends[slot].post(bytes));
  }

  /** Ends the connection and gives everything back; the link hears of it. */
  void close(String reason) {
    if (state == State.CLOSED) {
      return;
    }
    boolean wasOpen = state == State.OPEN;
    boolean connected = state != State.CONNECTING;
    deliver();
    state = State.CLOSED;
    deadline.cancel();
    engine.remove(number);
    if (connected) {
      quietly(id::disconnect);
    }
    if (pair != null) {
      quietly(pair::destroy);
    }
    free(receives);
    free(sends);
    engine.destroy(id);
    if (memory != null) {
      engine.memory().giveBack(memory);
    }
    reassembly.release();
    if (current != null) {
      queue.drop(current);
      current = null;
    }
    owner.closed(reason, wasOpen);
  }

  private static void free(Verbs.Request[] requests) {
    for (Verbs.Request request : requests) {
      if (request != null) {
        request.free();
      }
    }
  }

  /** Of a connection that is broken already, these may fail. */
  private static void quietly(Step step) {
    try {
      step.run();
    } catch (IOException e) {
      LOG.debug("ending an RDMA connection: {}", e.getMessage());
    }
  }

  private String name() {
    try {
      return String.valueOf(id.remote());
    } catch (IOException e) {
      return "a peer";
    }
  }

  /** The rest of a frame that came in more than one fragment. */
  private static final class Reassembly {
    private ByteBuf partial;

    void add(ByteBuf in, Frames frames, List<Message> out) {
      while (in.isReadable()) {
        if (partial == null) {
          Message message = frames.decode(in);
          if (message != null) {
            out.add(message);
            continue;
          }
          partial = UnpooledByteBufAllocator.DEFAULT.heapBuffer(Frames.frameBytes(in));
        }
        in.readBytes(partial, Math.min(in.readableBytes(), partial.writableBytes()));
        if (!partial.isWritable()) {
          out.add(frames.decode(partial));
          release();
        }
      }
    }

    void release() {
      if (partial != null) {
        partial.release();
        partial = null;
      }
    }
  }
}
