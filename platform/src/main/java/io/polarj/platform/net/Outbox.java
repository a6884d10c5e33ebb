package io.polarj.platform.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.EventLoop;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Frames on their way from a node's loop to the socket's thread. However many are handed in before
 * that thread gets to them, they are written together and flushed once. A peer that does not read
 * costs at most the limit; beyond it messages are dropped and counted.
 */
final class Outbox {
  private final EventLoop socketLoop;
  private final Runnable drain;
  private final long limitBytes;
  private final Queue<ByteBuf> queue = new ConcurrentLinkedQueue<>();
  private final AtomicLong queuedBytes = new AtomicLong();
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private final AtomicLong dropped;

  Outbox(EventLoop socketLoop, long limitBytes, AtomicLong dropped, Runnable drain) {
    this.socketLoop = socketLoop;
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
      try {
        socketLoop.execute(this::drainOnSocketLoop);
      } catch (RejectedExecutionException networkIsClosing) {
        dropAll();
      }
    }
  }

  /** What was handed in and not written yet. Any thread. */
  long queuedBytes() {
    return queuedBytes.get();
  }

  private void drainOnSocketLoop() {
    scheduled.set(false);
    drain.run();
  }

  /** Writes all that waits. On the socket's thread. */
  void writeTo(Channel channel) {
    ByteBuf frame;
    boolean any = false;
    while ((frame = queue.poll()) != null) {
      queuedBytes.addAndGet(-frame.readableBytes());
      ChannelOutboundBuffer pending = channel.unsafe().outboundBuffer();
      if (pending == null || pending.totalPendingWriteBytes() > limitBytes) {
        drop(frame);
      } else {
        channel.write(frame, channel.voidPromise());
        any = true;
      }
    }
    if (any) {
      channel.flush();
    }
  }

  /** Drops all that waits. On the socket's thread. */
  void dropAll() {
    ByteBuf frame;
    while ((frame = queue.poll()) != null) {
      queuedBytes.addAndGet(-frame.readableBytes());
      drop(frame);
    }
  }

  private void drop(ByteBuf frame) {
    frame.release();
    dropped.incrementAndGet();
  }
}
