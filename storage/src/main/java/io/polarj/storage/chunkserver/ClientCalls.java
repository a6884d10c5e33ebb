package io.polarj.storage.chunkserver;

import io.polarj.platform.loop.EventLoop;
import io.polarj.platform.loop.Timer;
import io.polarj.platform.net.Link;
import io.polarj.storage.block.ChunkBlocks;
import io.polarj.storage.protocol.ChunkId;
import io.polarj.storage.protocol.DiscardRequest;
import io.polarj.storage.protocol.GroupMember;
import io.polarj.storage.protocol.ReadReply;
import io.polarj.storage.protocol.ReadRequest;
import io.polarj.storage.protocol.Status;
import io.polarj.storage.protocol.StorageLimits;
import io.polarj.storage.protocol.StorageMessage;
import io.polarj.storage.protocol.WriteReply;
import io.polarj.storage.protocol.WriteRequest;
import io.polarj.storage.raft.Outcome;
import io.polarj.storage.raft.ReplicaStatus;
import io.polarj.storage.raft.RequestId;
import io.polarj.storage.repair.Repairs;
import io.polarj.storage.store.Disk;
import java.util.SortedMap;

/**
 * Reads and writes of clients. Whatever can be refused is refused before the group hears of it: a
 * write whose new blocks some member has no room for. One that the log has no room for waits in the
 * {@link Backlog}. One loop only.
 */
final class ClientCalls {
  private static final byte[] NOTHING = new byte[0];

  /** A read of damaged sectors waits so long for their repair. */
  private static final long MOST_REPAIR_NANOS = 2_000_000_000L;

  private static final String DAMAGED =
      "sectors are damaged here and no member has replaced them in time; retry";
  private final ChunkServerConfig config;
  private final EventLoop loop;
  private final Backlog backlog;
  private final Backlog.Exit exit =
      new Backlog.Exit() {
        @Override
        public void proceed(Link from, WriteRequest request) {
          write(from, request, false);
        }

        @Override
        public void tooLate(Link from, WriteRequest request) {
          busy(from, request);
        }
      };
  private final Disk disk;
  private final Peers peers;
  private final SortedMap<ChunkId, Group> groups;
  private final Repairs repairs;

  ClientCalls(
      ChunkServerConfig config,
      EventLoop loop,
      Disk disk,
      Peers peers,
      SortedMap<ChunkId, Group> groups,
      Repairs repairs) {
    this.config = config;
    this.loop = loop;
    this.backlog = new Backlog(config, disk, peers);
    this.disk = disk;
    this.peers = peers;
    this.groups = groups;
    this.repairs = repairs;
  }

  /** False when the message is not for us. */
  boolean handle(Link from, StorageMessage message) {
    switch (message) {
      case WriteRequest request -> write(from, request, true);
      case ReadRequest request -> read(from, request);
      case DiscardRequest request -> discard(from, request);
      default -> {
        return false;
      }
    }
    return true;
  }

  /** Goes on with writes that waited for room; cheap when there are none. */
  void resume() {
    backlog.resume(loop.clock().nanoTime(), exit);
  }

  private void write(Link from, WriteRequest request, boolean mayWait) {
    Group group = groups.get(request.chunk());
    int length = request.payload().length;
    if (disk.failure() != null) {
      refuse(from, request, Status.DISK_FAILED, disk.failure().getMessage());
    } else if (group == null) {
      refuse(from, request, Status.NO_SUCH_CHUNK, "node " + config.node() + " has no replica");
    } else if (group.failure() != null) {
      refuse(from, request, Status.ERROR, String.valueOf(group.failure().getMessage()));
    } else if (!inBounds(request.offset(), length, group)
        || length > Math.min(StorageLimits.MAX_WRITE_BYTES, disk.mostRecordBytes())) {
      refuse(from, request, Status.INVALID, "range " + request.offset() + " + " + length);
    } else if (request.epoch() < group.stored().info().epoch()) {
      from.send(
          new WriteReply(
              request.chunk(),
              request.clientId(),
              request.sequence(),
              Status.STALE_EPOCH,
              0,
              group.stored().info().epoch(),
              "epoch " + request.epoch() + " is older than the chunk's"));
    } else if (mayWait && group.leads() && backlog.blocks(group, length)) {
      if (!backlog.add(from, request, group, loop.clock().nanoTime())) {
        busy(from, request);
      }
    } else {
      propose(from, request, group);
    }
  }

  private void propose(Link from, WriteRequest request, Group group) {
    int length = request.payload().length;
    ChunkBlocks blocks = group.stored().blocks();
    int missing = blocks.missingBlocks(request.offset(), length);
    if (missing > 0
        && group.leads()
        && (shortOfBlocks(group, missing) || !blocks.reserve(request.offset(), length))) {
      loop.reached(ServerProbe.NO_SPACE);
      refuse(from, request, Status.NO_SPACE, "no free block on a member's disk");
      return;
    }
    backlog.began(length);
    long begun = loop.clock().nanoTime();
    group
        .replica()
        .write(
            new io.polarj.storage.raft.WriteRequest(
                new RequestId(request.clientId(), request.sequence(), request.oldestPending()),
                request.epoch(),
                request.offset(),
                request.payload(),
                request.snapshot()),
            outcome -> {
              backlog.ended(length);
              if (outcome == Outcome.OK) {
                group.io().written(length, loop.clock().nanoTime() - begun);
              }
              answer(from, request, group, outcome);
            });
  }

  private void discard(Link from, DiscardRequest request) {
    Group group = groups.get(request.chunk());
    if (disk.failure() != null) {
      answer(from, request, Status.DISK_FAILED, 0, 0, disk.failure().getMessage());
    } else if (group == null) {
      String message = "node " + config.node() + " has no replica";
      answer(from, request, Status.NO_SUCH_CHUNK, 0, 0, message);
    } else if (group.failure() != null) {
      answer(from, request, Status.ERROR, 0, 0, failureText(group));
    } else if (!inBounds(request.offset(), request.length(), group)
        || request.offset() % StorageLimits.BLOCK_BYTES != 0
        || request.length() % StorageLimits.BLOCK_BYTES != 0) {
      String message = "discard of " + request.offset() + " + " + request.length();
      answer(from, request, Status.INVALID, 0, 0, message + ": not whole blocks of the chunk");
    } else if (group.leads() && backlog.blocks(group, 0)) {
      answer(from, request, Status.BUSY, 0, 0, "the log is full; retry");
    } else {
      group
          .replica()
          .discard(
              new RequestId(request.clientId(), request.sequence(), request.oldestPending()),
              request.epoch(),
              request.offset(),
              request.length(),
              request.snapshot(),
              outcome -> {
                ReplicaStatus status = group.replica().status();
                from.send(
                    new WriteReply(
                        request.chunk(),
                        request.clientId(),
                        request.sequence(),
                        status(outcome),
                        hint(outcome, status),
                        outcome == Outcome.FENCED ? status.epoch() : 0,
                        outcome == Outcome.FAILED ? failureText(group) : "",
                        group.replica().newestSnapshot()));
              });
    }
  }

  private static void answer(
      Link from, DiscardRequest request, Status status, int hint, long epoch, String message) {
    from.send(
        new WriteReply(
            request.chunk(), request.clientId(), request.sequence(), status, hint, epoch, message));
  }

  private static void busy(Link from, WriteRequest request) {
    refuse(from, request, Status.BUSY, "the log or the memory for writes is full; retry");
  }

  private boolean shortOfBlocks(Group group, int missing) {
    if (disk.freeBlocks() - missing < config.reserveBlocks()) {
      return true;
    }
    for (GroupMember member : group.replica().members().all()) {
      if (member.node() != config.node()
          && peers.freeBlocks(member.node()) < config.reserveBlocks()) {
        return true;
      }
    }
    return false;
  }

  private void answer(Link from, WriteRequest request, Group group, Outcome outcome) {
    if (outcome == Outcome.OK) {
      from.send(WriteReply.ok(request).withSnapshot(group.replica().newestSnapshot()));
      return;
    }
    ReplicaStatus status = group.replica().status();
    from.send(
        new WriteReply(
            request.chunk(),
            request.clientId(),
            request.sequence(),
            status(outcome),
            hint(outcome, status),
            outcome == Outcome.FENCED ? status.epoch() : 0,
            outcome == Outcome.FAILED ? failureText(group) : "",
            group.replica().newestSnapshot()));
  }

  private void read(Link from, ReadRequest request) {
    Group group = groups.get(request.chunk());
    if (disk.failure() != null) {
      refuse(from, request, Status.DISK_FAILED, 0, disk.failure().getMessage());
    } else if (group == null) {
      refuse(from, request, Status.NO_SUCH_CHUNK, 0, "node " + config.node() + " has no replica");
    } else if (group.failure() != null) {
      refuse(from, request, Status.ERROR, 0, failureText(group));
    } else if (!inBounds(request.offset(), request.length(), group)
        || request.length() > StorageLimits.MAX_READ_BYTES) {
      refuse(
          from, request, Status.INVALID, 0, "range " + request.offset() + " + " + request.length());
    } else {
      read(from, request, group, loop.clock().nanoTime());
    }
  }

  private void read(Link from, ReadRequest request, Group group, long begunNanos) {
    group
        .replica()
        .read(
            request.snapshot(),
            request.offset(),
            request.length(),
            (outcome, bytes) -> {
              boolean damaged =
                  outcome == Outcome.FAILED
                      && repairs.damaged(request.chunk(), request.offset(), request.length());
              if (damaged) {
                awaitRepair(from, request, group, begunNanos);
                return;
              }
              if (outcome == Outcome.OK) {
                group.io().read(bytes.length, loop.clock().nanoTime() - begunNanos);
              }
              answer(from, request, group, outcome, bytes);
            });
  }

  /** The read goes on when its sectors are repaired, or is refused when that takes too long. */
  private void awaitRepair(Link from, ReadRequest request, Group group, long begunNanos) {
    long left = begunNanos + MOST_REPAIR_NANOS - loop.clock().nanoTime();
    if (left <= 0) {
      refuse(from, request, Status.CORRUPT, 0, DAMAGED);
      return;
    }
    Runnable[] giveUp = new Runnable[1];
    Timer timer =
        loop.schedule(
            left,
            () -> {
              giveUp[0].run();
              refuse(from, request, Status.CORRUPT, 0, DAMAGED);
            });
    giveUp[0] =
        repairs.whenSound(
            request.chunk(),
            request.offset(),
            request.length(),
            () -> {
              timer.cancel();
              read(from, request, group, begunNanos);
            });
  }

  private void answer(Link from, ReadRequest request, Group group, Outcome outcome, byte[] bytes) {
    if (outcome == Outcome.OK) {
      int newest = group.replica().newestSnapshot();
      from.send(
          new ReadReply(request.chunk(), request.requestId(), Status.OK, 0, bytes, "", newest));
      return;
    }
    refuse(
        from,
        request,
        status(outcome),
        hint(outcome, group.replica().status()),
        outcome == Outcome.FAILED ? failureText(group) : "");
  }

  static Status status(Outcome outcome) {
    return switch (outcome) {
      case OK -> Status.OK;
      case NOT_LEADER -> Status.NOT_LEADER;
      case UNKNOWN -> Status.IN_DOUBT;
      case FENCED -> Status.STALE_EPOCH;
      case STALE -> Status.STALE_SEQUENCE;
      case OVERLOADED, BUSY -> Status.BUSY;
      case CONFLICT -> Status.CONFLICT;
      case NO_SNAPSHOT -> Status.NO_SNAPSHOT;
      case INVALID -> Status.INVALID;
      case FAILED -> Status.ERROR;
    };
  }

  static int hint(Outcome outcome, ReplicaStatus status) {
    return outcome == Outcome.NOT_LEADER || outcome == Outcome.UNKNOWN ? status.leaderHint() : 0;
  }

  private static String failureText(Group group) {
    return group.failure() == null
        ? "the replica could not read or write its disk"
        : String.valueOf(group.failure().getMessage());
  }

  private static boolean inBounds(long offset, int length, Group group) {
    return offset >= 0
        && length > 0
        && offset % StorageLimits.SECTOR_BYTES == 0
        && length % StorageLimits.SECTOR_BYTES == 0
        && offset <= group.stored().info().chunkBytes() - length;
  }

  private static void refuse(Link from, WriteRequest request, Status status, String message) {
    from.send(WriteReply.of(request, status, message));
  }

  private static void refuse(
      Link from, ReadRequest request, Status status, int hint, String message) {
    from.send(new ReadReply(request.chunk(), request.requestId(), status, hint, NOTHING, message));
  }
}
