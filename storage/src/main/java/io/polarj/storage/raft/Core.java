package io.polarj.storage.raft;

import io.polarj.platform.loop.EventLoop;
import io.polarj.platform.random.RandomStream;
import io.polarj.storage.protocol.ChunkId;

/** What the roles of one replica share. Lives on the replica's loop. */
final class Core {
  final ChunkId group;
  final int self;
  final EventLoop loop;
  final RandomStream random;
  final RaftSettings settings;
  final RaftTransport transport;
  final ChunkStore store;
  final Journal journal;
  final ApplyQueue applies;
  final RaftReplica replica;

  Core(RaftReplica replica, ReplicaSetup setup, Journal journal, ApplyQueue applies) {
    this.replica = replica;
    this.group = setup.group();
    this.self = setup.self();
    this.loop = setup.loop();
    this.random = setup.random();
    this.settings = setup.settings();
    this.transport = setup.transport();
    this.store = setup.store();
    this.journal = journal;
    this.applies = applies;
  }

  long term() {
    return journal.hard().term();
  }

  Membership members() {
    return journal.members();
  }

  long now() {
    return loop.clock().nanoTime();
  }

  void send(int to, RaftMessage message) {
    transport.send(to, message);
  }

  boolean plants(PlantedBug bug) {
    return settings.plants(bug);
  }

  /** Which indices above the decided prefix are decided too, as messages carry it. */
  long[] decidedBits() {
    long from = journal.decided() + 1;
    long span = Math.min(journal.last() - from + 1, settings.acceptWindow());
    long[] bits = new long[span <= 0 ? 0 : (int) ((span + 63) / 64)];
    int used = 0;
    for (int b = 0; b < span; b++) {
      Slot slot = journal.slot(from + b);
      if (slot != null && slot.decided) {
        bits[b >> 6] |= 1L << (b & 63);
        used = (b >> 6) + 1;
      }
    }
    return used == bits.length ? bits : java.util.Arrays.copyOf(bits, used);
  }
}
