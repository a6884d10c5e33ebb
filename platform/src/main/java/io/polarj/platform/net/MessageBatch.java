package io.polarj.platform.net;

import io.polarj.platform.loop.EventLoop;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Messages that came in together, handed to the node's loop as one task. A handler that throws
 * fails its own message only: the rest runs as a task of its own.
 */
public final class MessageBatch implements Runnable {
  private final EventLoop loop;
  private final Link link;
  private final MessageHandler handler;
  private final BooleanSupplier closed;
  private final List<Message> messages;
  private int next;

  public MessageBatch(
      EventLoop loop,
      Link link,
      MessageHandler handler,
      BooleanSupplier closed,
      List<Message> messages) {
    this.loop = loop;
    this.link = link;
    this.handler = handler;
    this.closed = closed;
    this.messages = messages;
  }

  @Override
  public void run() {
    boolean ended = false;
    try {
      while (next < messages.size()) {
        Message message = messages.get(next++);
        if (!closed.getAsBoolean()) {
          handler.onMessage(link, message);
        }
      }
      ended = true;
    } finally {
      if (!ended) {
        loop.execute(this);
      }
    }
  }
}
