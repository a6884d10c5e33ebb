package io.polarj.platform.net;

import io.polarj.platform.loop.EventLoop;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** The addresses that listen in one JVM, shared by the {@link InProcessNetwork}s of its nodes. */
public final class InProcessHub {
  record Ear(InProcessNetwork owner, EventLoop loop, MessageHandler handler) {}

  private final Map<Address, Ear> ears = new ConcurrentHashMap<>();
  private final AtomicInteger links = new AtomicInteger();

  void add(Address address, Ear ear) {
    if (ears.putIfAbsent(address, ear) != null) {
      throw new IllegalStateException("address " + address + " is in use in this process");
    }
  }

  void remove(InProcessNetwork owner) {
    ears.values().removeIf(ear -> ear.owner() == owner);
  }

  Ear find(Address address) {
    return ears.get(address);
  }

  Address nameOfNewLink() {
    return new Address("in-process", links.incrementAndGet());
  }
}
