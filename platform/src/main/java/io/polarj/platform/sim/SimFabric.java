package io.polarj.platform.sim;

import io.polarj.platform.net.Address;
import io.polarj.platform.net.MalformedMessageException;
import io.polarj.platform.net.Message;
import io.polarj.platform.net.MessageCodec;
import io.polarj.platform.net.MessageReader;
import io.polarj.platform.net.MessageWriter;
import io.polarj.platform.random.RandomStream;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The wires between simulated nodes. Delays every message at random, so that messages overtake each
 * other; loses, repeats (much later, at times) and blocks them as it is told. Messages go through
 * their codec when there is one.
 */
public final class SimFabric {
  private final SimScheduler scheduler;
  private final RandomStream random;
  private final List<MessageCodec> codecs;
  private final Map<Address, SimNetwork> listeners = new HashMap<>(); // neither is ever iterated
  private final Set<Way> blocked = new HashSet<>();
  private final MessageWriter writer = new MessageWriter(64 << 10);
  private SimNetworkFaults faults = SimNetworkFaults.NONE;
  private long lost;
  private long repeated;

  private record Way(Address from, Address to) {}

  public SimFabric(SimScheduler scheduler, RandomStream random, List<MessageCodec> codecs) {
    this.scheduler = scheduler;
    this.random = random;
    this.codecs = List.copyOf(codecs);
  }

  /** A node's view; {@code self} names it, whether it listens or not. */
  public SimNetwork network(SimLoop loop, Address self) {
    return new SimNetwork(this, loop, self);
  }

  public void faults(SimNetworkFaults newFaults) {
    faults = newFaults;
  }

  /** Blocks messages one way. */
  public void block(Address from, Address to) {
    blocked.add(new Way(from, to));
  }

  public void unblockAll() {
    blocked.clear();
  }

  public long lost() {
    return lost;
  }

  public long repeated() {
    return repeated;
  }

  void listen(Address address, SimNetwork network) {
    listeners.put(address, network);
  }

  void unlisten(Address address, SimNetwork network) {
    listeners.remove(address, network);
  }

  SimNetwork listener(Address address) {
    return listeners.get(address);
  }

  /** Carries the message; {@code arrive} runs on the loop found when it arrives. */
  void carry(Address from, Address to, Message message, Consumer<Message> arrive) {
    Message copy = throughCodec(message);
    if (random.chance(faults.loss())) {
      lost++;
    } else {
      deliver(from, to, copy, arrive, delay());
    }
    if (random.chance(faults.duplication())) {
      repeated++;
      deliver(from, to, copy, arrive, delay() + random.nextLong(1 + faults.repeatDelayNanos()));
    }
  }

  private long delay() {
    long span = Math.max(1, faults.maxDelayNanos() - faults.minDelayNanos());
    long delay = faults.minDelayNanos() + random.nextLong(span);
    return random.chance(faults.spike()) ? delay + random.nextLong(20 * span) : delay;
  }

  private void deliver(
      Address from, Address to, Message message, Consumer<Message> arrive, long delayNanos) {
    wire()
        .deliverAfter(
            delayNanos,
            () -> {
              if (!blocked.isEmpty() && blocked.contains(new Way(from, to))) {
                lost++;
              } else {
                arrive.accept(message);
              }
            });
  }

  private SimLoop wire;

  private SimLoop wire() {
    if (wire == null) {
      wire = scheduler.newLoop("wire", 0);
    }
    return wire;
  }

  private Message throughCodec(Message message) {
    for (MessageCodec codec : codecs) {
      if (codec.handles(message.getClass())) {
        writer.reset();
        int type = codec.encode(message, writer);
        Message decoded = codec.decode(type, new MessageReader(writer.array(), 0, writer.length()));
        if (decoded.getClass() != message.getClass()) {
          throw new MalformedMessageException(message + " came back as " + decoded);
        }
        return decoded;
      }
    }
    if (!codecs.isEmpty()) {
      throw new MalformedMessageException("no codec speaks " + message.getClass());
    }
    return message;
  }
}
