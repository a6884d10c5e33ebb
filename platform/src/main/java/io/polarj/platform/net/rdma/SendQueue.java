package io.polarj.platform.net.rdma;

import io.netty.buffer.ByteBuf;
import io.polarj.platform.loop.ThreadLoop;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Frames on their way from a node's loop to the transport's. What waits for a peer's credits waits
 * here, up to a limit; beyond it messages are dropped and counted. {@link #offer} is for any
 * thread, the rest for the transport's loop.
 */
final class SendQueue {
  private final ThreadLoop transport;
  private final long limitBytes;
  private final AtomicLong dropped;
  private final Runnable drain;
  private final Queue<ByteBuf> queue = new ConcurrentLinkedQueue<>();
  private final AtomicLong queuedBytes = new AtomicLong();
  private final AtomicBoolean scheduled = new AtomicBoolean();

  SendQueue(ThreadLoop transport, long limitBytes, AtomicLong dropped, Runnable drain) {
    this.transport = transport;
    this.limitBytes = limitBytes;
    this.dropped = dropped;
    this.drain = drain;
  }

  void offer(ByteBuf frame) {
    int bytes = frame.readableBytes();
    if (queuedBytes.addAndGet(bytes) > limitBytes) {
      queuedBytes.addAndGet(-bytes);
      drop(frame);
      return;
    }
    queue.add(frame);
    if (scheduled.compareAndSet(false, true)) {
      transport.execute(this::drainOnLoop);
    }
    if (transport.ended()) {
      dropAll();
    }
  }

  private void drainOnLoop() {
    scheduled.set(false);
    drain.run();
  }

  /** The next frame, now the caller's to release, or null. */
  ByteBuf poll() {
    ByteBuf frame = queue.poll();
    if (frame != null) {
      queuedBytes.addAndGet(-frame.readableBytes());
    }
    return frame;
  }

  void dropAll() {
    ByteBuf frame;
    while ((frame = poll()) != null) {
      drop(frame);
    }
  }

  /** Releases a frame that does not reach its peer. */
  void drop(ByteBuf frame) {
    frame.release();
    dropped.incrementAndGet();
  }
}
