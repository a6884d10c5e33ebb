package io.polarj.platform.net.rdma;

import io.netty.buffer.PooledByteBufAllocator;
import io.polarj.platform.loop.EventLoop;
import io.polarj.platform.loop.IdleMode;
import io.polarj.platform.net.Address;
import io.polarj.platform.net.CodecRegistry;
import io.polarj.platform.net.Frames;
import io.polarj.platform.net.Link;
import io.polarj.platform.net.Message;
import io.polarj.platform.net.MessageBatch;
import io.polarj.platform.net.MessageHandler;
import io.polarj.platform.net.Network;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One node's network over RDMA. Messages are encoded on the node's loop, copied into registered
 * buffers, received and decoded on the transport's own ({@link VerbsLoop}); both hand over in
 * batches.
 */
public final class RdmaNetwork implements Network {
  private static final Logger LOG = LoggerFactory.getLogger(RdmaNetwork.class);
  private static final int BACKLOG = 128;

  private final EventLoop loop;
  private final CodecRegistry codecs;
  private final RdmaSettings settings;
  private final VerbsLoop engine;
  private final Frames encoder;
  private final AtomicLong dropped = new AtomicLong();
  private volatile Address bound;
  private volatile boolean closed;

  RdmaNetwork(
      EventLoop loop, CodecRegistry codecs, RdmaSettings settings, IdleMode idle, Verbs verbs) {
    this.loop = loop;
    this.codecs = codecs;
    this.settings = settings;
    this.encoder = new Frames(codecs);
    this.engine = new VerbsLoop(verbs, settings, idle);
  }

  /**
   * A network on the RDMA devices of this machine.
   *
   * @throws RdmaUnavailableException naming what is missing
   */
  public static RdmaNetwork open(
      EventLoop loop, CodecRegistry codecs, RdmaSettings settings, IdleMode idle) {
    Optional<String> missing = RdmaProbe.missing();
    if (missing.isPresent()) {
      throw new RdmaUnavailableException(missing.get());
    }
    Verbs verbs;
    try {
      verbs = DisniVerbs.open();
    } catch (LinkageError e) {
      throw new RdmaUnavailableException("DiSNI cannot be loaded: " + e.getMessage(), e);
    }
    return new RdmaNetwork(loop, codecs, settings, idle, verbs);
  }

  @Override
  public void listen(Address address, MessageHandler handler) {
    try {
      bound = engine.call(() -> listenOnLoop(address, handler));
    } catch (CompletionException e) {
      throw new UncheckedIOException(
          "cannot listen on " + address + " over RDMA: " + e.getCause().getMessage(),
          new IOException(e.getCause()));
    }
  }

  private Address listenOnLoop(Address address, MessageHandler handler) throws IOException {
    Verbs.Id listener =
        engine.newId(event -> {
          if (event.kind() == Verbs.EventKind.CONNECT_REQUEST) {
            requested(event.id(), handler);
          }
        });
    try {
      listener.bind(new InetSocketAddress(address.host(), address.port()));
      listener.listen(BACKLOG);
      return new Address(address.host(), listener.local().getPort());
    } catch (IOException e) {
      engine.destroy(listener);
      throw e;
    }
  }

  private void requested(Verbs.Id id, MessageHandler handler) {
    Address from = new Address("rdma", 0);
    try {
      InetSocketAddress remote = id.remote();
      if (remote != null) {
        from = new Address(remote.getHostString(), remote.getPort());
      }
    } catch (IOException e) {
      LOG.debug("an RDMA peer without a name: {}", e.getMessage());
    }
    new RdmaAnswerLink(this, id, from, handler);
  }

  /** Where the last {@link #listen} ended up: the port that port 0 became. */
  public Address localAddress() {
    return bound;
  }

  /** Messages dropped for want of a connection or because a peer does not read. */
  public long droppedMessages() {
    return dropped.get();
  }

  @Override
  public Link connect(Address peer, MessageHandler answers) {
    return new RdmaCallerLink(this, peer, answers);
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      engine.shutDown();
    }
  }

  boolean closed() {
    return closed;
  }

  RdmaSettings settings() {
    return settings;
  }

  VerbsLoop engine() {
    return engine;
  }

  /** For one connection's decoding. */
  Frames newFrames() {
    return new Frames(codecs);
  }

  SendQueue queue(Runnable drain) {
    return new SendQueue(engine.loop(), settings.maxQueuedBytes(), dropped, drain);
  }

  void send(SendQueue queue, Message message) {
    if (!loop.inLoop()) {
      loop.execute(() -> send(queue, message));
    } else if (closed) {
      dropped.incrementAndGet();
    } else {
      queue.offer(encoder.encode(message, PooledByteBufAllocator.DEFAULT));
    }
  }

  void deliver(Link link, MessageHandler handler, List<Message> messages) {
    loop.execute(new MessageBatch(loop, link, handler, () -> closed, messages));
  }
}
