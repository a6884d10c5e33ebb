package io.polarj.storage.chunkserver;

import io.polarj.platform.net.Link;
import io.polarj.storage.protocol.GroupMember;
import io.polarj.storage.protocol.WriteRequest;
import io.polarj.storage.store.Disk;
import java.util.ArrayDeque;
import java.util.Iterator;

/**
 * Makes clients' writes wait while the log or the memory for writes is full, here or at a member
 * that is alive, and lets them on in order as soon as a checkpoint has given room: writers slow
 * down to what the disks can do, and nobody is told to come again later unless it takes long.
 *
 * <p>What was let on and is not answered yet is bounded too, so that what followers still have to
 * take in fits into the room they reported. One loop only.
 */
final class Backlog {
  /** Below the time after which a PolarSwitch sends a request again. */
  private static final long MOST_WAIT_NANOS = 300_000_000L;

  private static final long MOST_WAITING_BYTES = 64L << 20;
  private static final int MOST_WAITING = 16_384;
  private static final int RECORD_BYTES = 8192;

  private final ChunkServerConfig config;
  private final Disk disk;
  private final Peers peers;
  private final long silenceNanos;
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
  private long waitingBytes;
  private long underWay;

  /** What may become of a write that waited. */
  interface Exit {
    /** There is room, or nobody to wait for any more. */
    void proceed(Link from, WriteRequest request);

    void tooLate(Link from, WriteRequest request);
  }

  private record Waiting(Link from, WriteRequest request, Group group, long dueNanos) {}

  Backlog(ChunkServerConfig config, Disk disk, Peers peers) {
    this.config = config;
    this.disk = disk;
    this.peers = peers;
    this.silenceNanos = 3_000_000L * config.raft().heartbeatMillis();
  }

  /** Whether a write must wait its turn. */
  boolean blocks(Group group, int length) {
    return !waiting.isEmpty() || !roomFor(group, length);
  }

  /** False when too much waits already. */
  boolean add(Link from, WriteRequest request, Group group, long nowNanos) {
    int length = request.payload().length;
    if (waiting.size() == MOST_WAITING || waitingBytes + length > MOST_WAITING_BYTES) {
      return false;
    }
    waitingBytes += length;
    waiting.addLast(new Waiting(from, request, group, nowNanos + MOST_WAIT_NANOS));
    return true;
  }

  /** A write goes into the group. */
  void began(int length) {
    underWay += cost(length);
  }

  /** The group has answered it. */
  void ended(int length) {
    underWay -= cost(length);
  }

  /** Lets on what has room now, the oldest first. Cheap when nothing waits. */
  void resume(long nowNanos, Exit exit) {
    if (waiting.isEmpty()) {
      return;
    }
    for (Iterator<Waiting> it = waiting.iterator(); it.hasNext(); ) {
      Waiting one = it.next();
      boolean late = nowNanos - one.dueNanos >= 0;
      boolean free = disk.failure() != null || !one.group.leads();
      int length = one.request.payload().length;
      if (!late && !free && !roomFor(one.group, length)) {
        if (!roomHere(length)) {
          return;
        }
        continue; // a member has no room; another group may have other members
      }
      it.remove();
      waitingBytes -= length;
      if (late && !free) {
        exit.tooLate(one.from, one.request);
      } else {
        exit.proceed(one.from, one.request);
      }
    }
  }

  private boolean roomFor(Group group, int length) {
    if (!roomHere(length)) {
      return false;
    }
    long cost = cost(length);
    for (GroupMember member : group.replica().members().all()) {
      if (member.node() != config.node()
          && peers.logRoom(member.node(), silenceNanos) < underWay + cost) {
        return false;
      }
    }
    return true;
  }

  private boolean roomHere(int length) {
    long cost = cost(length);
    return disk.dirtyBytes() <= config.mostDirtyBytes()
        && disk.logRoomBytes() >= cost
        && (underWay == 0 || underWay + cost <= disk.walBytes() / 8);
  }

  private static long cost(int length) {
    return (long) length + RECORD_BYTES;
  }
}
