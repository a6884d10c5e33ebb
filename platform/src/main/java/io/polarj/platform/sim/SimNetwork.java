package io.polarj.platform.sim;

import io.polarj.platform.net.Address;
import io.polarj.platform.net.Link;
import io.polarj.platform.net.Message;
import io.polarj.platform.net.MessageHandler;
import io.polarj.platform.net.Network;

/** One node's view of a {@link SimFabric}; ends with the node's loop. */
public final class SimNetwork implements Network {
  private final SimFabric fabric;
  private final SimLoop loop;
  private final Address self;
  private Address listening;
  private MessageHandler handler;
  private boolean closed;

  SimNetwork(SimFabric fabric, SimLoop loop, Address self) {
    this.fabric = fabric;
    this.loop = loop;
    this.self = self;
  }

  @Override
  public void listen(Address address, MessageHandler newHandler) {
    listening = address;
    handler = newHandler;
    fabric.listen(address, this);
  }

  @Override
  public Link connect(Address peer, MessageHandler answers) {
    return new Outgoing(peer, answers);
  }

  @Override
  public void close() {
    closed = true;
    if (listening != null) {
      fabric.unlisten(listening, this);
    }
  }

  private void run(Runnable task) {
    if (!closed && !loop.dead()) {
      loop.execute(() -> {
        if (!closed) {
          task.run();
        }
      });
    }
  }

  private final class Outgoing implements Link {
    private final Address peer;
    private final MessageHandler answers;

    Outgoing(Address peer, MessageHandler answers) {
      this.peer = peer;
      this.answers = answers;
    }

    @Override
    public Address remote() {
      return peer;
    }

    @Override
    public void send(Message message) {
      fabric.carry(
          self,
          peer,
          message,
          arrived -> {
            SimNetwork target = fabric.listener(peer);
            if (target != null) {
              target.run(() -> target.handler.onMessage(new Answer(target, this), arrived));
            }
          });
    }

    private void answered(Message message) {
      run(() -> answers.onMessage(this, message));
    }

    private Address owner() {
      return self;
    }
  }

  /** The way back over a link that somebody opened to us. */
  private record Answer(SimNetwork from, Outgoing link) implements Link {
    @Override
    public Address remote() {
      return link.owner();
    }

    @Override
    public void send(Message message) {
      from.fabric.carry(from.self, link.owner(), message, link::answered);
    }
  }
}
