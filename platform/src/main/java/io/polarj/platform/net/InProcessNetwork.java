package io.polarj.platform.net;

import io.polarj.platform.loop.EventLoop;

/**
 * The network between nodes that share one JVM: the message object itself is handed to the loop of
 * its receiver. A message to nobody is dropped, as on any network. Any thread may call.
 */
public final class InProcessNetwork implements Network {
  private final InProcessHub hub;
  private final EventLoop loop;
  private volatile boolean closed;

  public InProcessNetwork(InProcessHub hub, EventLoop loop) {
    this.hub = hub;
    this.loop = loop;
  }

  @Override
  public void listen(Address address, MessageHandler handler) {
    hub.add(address, new InProcessHub.Ear(this, loop, handler));
  }

  @Override
  public Link connect(Address peer, MessageHandler answers) {
    return new CallerLink(peer, answers);
  }

  @Override
  public void close() {
    closed = true;
    hub.remove(this);
  }

  /** The connecting side's end. */
  private final class CallerLink implements Link {
    private final Address peer;
    private final MessageHandler answers;
    private final Address name = hub.nameOfNewLink();
    private volatile AnswerLink back;

    CallerLink(Address peer, MessageHandler answers) {
      this.peer = peer;
      this.answers = answers;
    }

    @Override
    public Address remote() {
      return peer;
    }

    @Override
    public void send(Message message) {
      InProcessHub.Ear ear = closed ? null : hub.find(peer);
      if (ear == null) {
        return;
      }
      AnswerLink way = back;
      if (way == null || way.ear != ear) {
        way = new AnswerLink(this, ear);
        back = way;
      }
      AnswerLink from = way;
      ear.loop().execute(() -> from.deliver(message));
    }

    EventLoop loop() {
      return loop;
    }

    private void answered(Message message) {
      if (!closed) {
        answers.onMessage(this, message);
      }
    }
  }

  /** The listening side's end; it stays bound to the ear that was found when it was made. */
  private static final class AnswerLink implements Link {
    private final CallerLink caller;
    private final InProcessHub.Ear ear;

    AnswerLink(CallerLink caller, InProcessHub.Ear ear) {
      this.caller = caller;
      this.ear = ear;
    }

    @Override
    public Address remote() {
      return caller.name;
    }

    @Override
    public void send(Message message) {
      if (!ear.owner().closed) {
        caller.loop().execute(() -> caller.answered(message));
      }
    }

    private void deliver(Message message) {
      if (!ear.owner().closed) {
        ear.handler().onMessage(this, message);
      }
    }
  }
}
