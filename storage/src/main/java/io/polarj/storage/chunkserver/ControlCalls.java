package io.polarj.storage.chunkserver;

import io.polarj.platform.net.Link;
import io.polarj.storage.disk.DiskGeometry;
import io.polarj.storage.protocol.ChangeMembers;
import io.polarj.storage.protocol.ChangeSnapshots;
import io.polarj.storage.protocol.ChunkId;
import io.polarj.storage.protocol.ControlReply;
import io.polarj.storage.protocol.CreateChunk;
import io.polarj.storage.protocol.DeleteChunk;
import io.polarj.storage.protocol.FenceEpoch;
import io.polarj.storage.protocol.Status;
import io.polarj.storage.protocol.StorageMessage;
import io.polarj.storage.raft.Outcome;
import io.polarj.storage.raft.RaftReplica;
import io.polarj.storage.raft.ReplyCallback;
import io.polarj.storage.store.Disk;
import io.polarj.storage.store.DiskReplica;
import io.polarj.storage.store.ReplicaInfo;
import java.util.SortedMap;
import java.util.function.Consumer;

/** What PolarCtrl asks of a ChunkServer. Every request may be repeated. One loop only. */
final class ControlCalls {
  /** Room in a checkpoint for one replica's state. */
  private static final long STATE_BYTES = 4096;

  private final int node;
  private final Disk disk;
  private final SortedMap<ChunkId, Group> groups;
  private final Consumer<DiskReplica> serve;
  private final Consumer<ChunkId> dropped;

  ControlCalls(
      int node,
      Disk disk,
      SortedMap<ChunkId, Group> groups,
      Consumer<DiskReplica> serve,
      Consumer<ChunkId> dropped) {
    this.node = node;
    this.disk = disk;
    this.groups = groups;
    this.serve = serve;
    this.dropped = dropped;
  }

  /** False when the message is not for us. */
  boolean handle(Link from, StorageMessage message) {
    switch (message) {
      case CreateChunk request ->
          create(answerer(from, request.requestId(), request.chunk()), request);
      case DeleteChunk request ->
          delete(answerer(from, request.requestId(), request.chunk()), request);
      case FenceEpoch request ->
          fence(answerer(from, request.requestId(), request.chunk()), request);
      case ChangeMembers request ->
          change(answerer(from, request.requestId(), request.chunk()), request);
      case ChangeSnapshots request ->
          changeSnapshots(answerer(from, request.requestId(), request.chunk()), request);
      default -> {
        return false;
      }
    }
    return true;
  }

  private void create(Answer answer, CreateChunk request) {
    DiskReplica existing = disk.replica(request.chunk());
    if (disk.failure() != null) {
      answer.end(Status.DISK_FAILED, 0, disk.failure().getMessage());
    } else if (existing != null) {
      createAgain(answer, request, existing);
    } else if (!request.members().isEmpty()
        && request.members().stream().noneMatch(member -> member.node() == node)) {
      answer.end(Status.INVALID, 0, "node " + node + " is not one of the members");
    } else if (groups.size() >= mostReplicas()) {
      answer.end(
          Status.NO_SPACE,
          0,
          "the disk has room for the state of %d chunks".formatted(groups.size()));
    } else if (disk.freeBlocks() == 0) {
      answer.end(Status.NO_SPACE, 0, "the disk has no free block");
    } else if (request.origin().present() && originMissing(request) != null) {
      answer.end(Status.BUSY, 0, originMissing(request));
    } else {
      try {
        new ReplicaInfo(
            1,
            request.chunk(),
            request.chunkBytes(),
            request.epoch(),
            request.members(),
            request.volume(),
            request.generation());
      } catch (IllegalArgumentException e) {
        answer.end(Status.INVALID, 0, e.getMessage());
        return;
      }
      disk.create(
          request.chunk(),
          request.chunkBytes(),
          request.epoch(),
          request.members(),
          request.volume(),
          request.generation(),
          request.origin().present() ? disk.replica(request.origin().chunk()) : null,
          request.origin().snapshot(),
          (replica, error) -> {
            if (error != null) {
              answer.end(Status.DISK_FAILED, 0, error.getMessage());
            } else {
              serve.accept(replica);
              answer.end(Status.OK, 0, "");
            }
          });
    }
  }

  /** Why a clone can not begin here yet, or null. */
  private String originMissing(CreateChunk request) {
    ChunkId chunk = request.origin().chunk();
    Group group = groups.get(chunk);
    if (group == null || group.failure() != null) {
      return "node " + node + " has no replica of chunk " + chunk + ", which is to be cloned";
    }
    RaftReplica replica = group.replica();
    if (!replica.replayed() || !replica.snapshots().has(request.origin().snapshot())) {
      return "the replica of chunk " + chunk + " does not have the snapshot yet";
    }
    return group.stored().info().chunkBytes() == request.chunkBytes()
        ? null
        : "chunk " + chunk + " has another size";
  }

  private void createAgain(Answer answer, CreateChunk request, DiskReplica existing) {
    ReplicaInfo info = existing.info();
    boolean same =
        info.chunkBytes() == request.chunkBytes()
            && info.generation() == request.generation()
            && info.members().equals(request.members());
    if (!same) {
      answer.end(
          Status.ALREADY_EXISTS, 0, "it has other members, another size or another generation");
    } else if (!groups.containsKey(request.chunk())) {
      answer.end(Status.BUSY, 0, "it is being made; ask again");
    } else {
      answer.end(Status.OK, 0, "");
    }
  }

  private void delete(Answer answer, DeleteChunk request) {
    DiskReplica existing = disk.replica(request.chunk());
    if (existing != null && existing.info().generation() > request.upToGeneration()) {
      answer.end(Status.OK, 0, "the one that is here is newer and stays");
      return;
    }
    ChunkId clone = existing == null ? null : disk.cloneOf(request.chunk());
    if (clone != null && disk.failure() == null) {
      answer.end(Status.BUSY, 0, "its clone " + clone + " reads its blocks on this node");
      return;
    }
    Group group = groups.remove(request.chunk());
    if (disk.failure() != null) {
      answer.end(Status.DISK_FAILED, 0, disk.failure().getMessage());
    } else if (group == null) {
      boolean making = disk.replica(request.chunk()) != null;
      answer.end(making ? Status.BUSY : Status.OK, 0, making ? "it is being made; ask again" : "");
    } else {
      group.replica().close();
      dropped.accept(request.chunk());
      disk.delete(
          request.chunk(),
          error ->
              answer.end(
                  error == null ? Status.OK : Status.DISK_FAILED,
                  0,
                  error == null ? "" : error.getMessage()));
    }
  }

  private void change(Answer answer, ChangeMembers request) {
    Group group = groups.get(request.chunk());
    if (disk.failure() != null) {
      answer.end(Status.DISK_FAILED, 0, disk.failure().getMessage());
    } else if (group == null) {
      answer.end(Status.NO_SUCH_CHUNK, 0, "node " + node + " has no replica");
    } else {
      group
          .replica()
          .changeMembers(
              request.voters(),
              request.learners(),
              request.basis(),
              outcome ->
                  answer.end(
                      ClientCalls.status(outcome),
                      ClientCalls.hint(outcome, group.replica().status()),
                      reason(outcome)));
    }
  }

  private static String reason(Outcome outcome) {
    return switch (outcome) {
      case INVALID -> "more than one voter would come or go, or a new voter is no learner yet";
      case BUSY ->
          "another change is under way, or a new voter or another leader has not caught up";
      case CONFLICT -> "the members are others than the asker saw";
      default -> "";
    };
  }

  private void fence(Answer answer, FenceEpoch request) {
    Group group = groups.get(request.chunk());
    if (disk.failure() != null) {
      answer.end(Status.DISK_FAILED, 0, disk.failure().getMessage());
    } else if (group == null) {
      answer.end(Status.NO_SUCH_CHUNK, 0, "node " + node + " has no replica");
    } else {
      group
          .replica()
          .fence(
              request.epoch(),
              outcome ->
                  answer.end(
                      ClientCalls.status(outcome),
                      ClientCalls.hint(outcome, group.replica().status()),
                      ""));
    }
  }

  private void changeSnapshots(Answer answer, ChangeSnapshots request) {
    Group group = groups.get(request.chunk());
    if (disk.failure() != null) {
      answer.end(Status.DISK_FAILED, 0, disk.failure().getMessage());
    } else if (group == null) {
      answer.end(Status.NO_SUCH_CHUNK, 0, "node " + node + " has no replica");
    } else if (request.action() == ChangeSnapshots.Action.RESTORE
        && group.stored().blocks().blocksToRestore(request.snapshot()) > disk.freeBlocks() / 2) {
      answer.end(Status.NO_SPACE, 0, "the disk of node " + node + " is too full to restore");
    } else {
      RaftReplica replica = group.replica();
      ReplyCallback done =
          outcome ->
              answer.end(
                  ClientCalls.status(outcome),
                  ClientCalls.hint(outcome, replica.status()),
                  outcome == Outcome.NO_SNAPSHOT
                      ? "there is no snapshot " + request.snapshot()
                      : "");
      switch (request.action()) {
        case TAKE -> replica.takeSnapshot(request.snapshot(), done);
        case DELETE -> replica.deleteSnapshot(request.snapshot(), done);
        case RESTORE -> replica.restore(request.snapshot(), request.number(), done);
      }
    }
  }

  private long mostReplicas() {
    DiskGeometry geometry = disk.superblock().geometry();
    long room = geometry.checkpointAreaBytes() - DiskGeometry.PAGE_BYTES;
    return (room - Long.BYTES * geometry.tablePages()) / STATE_BYTES;
  }

  private Answer answerer(Link from, long requestId, ChunkId chunk) {
    return (status, hint, message) ->
        from.send(new ControlReply(requestId, node, chunk, status, hint, message));
  }

  @FunctionalInterface
  private interface Answer {
    void end(Status status, int leaderHint, String message);
  }
}
