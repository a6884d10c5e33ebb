package io.polarj.storage.chunkserver;

import io.polarj.storage.protocol.ChunkReport;
import io.polarj.storage.protocol.ChunkRole;
import io.polarj.storage.protocol.GroupMember;
import io.polarj.storage.raft.Membership;
import io.polarj.storage.raft.RaftListener;
import io.polarj.storage.raft.RaftReplica;
import io.polarj.storage.raft.ReplicaStatus;
import io.polarj.storage.store.DiskReplica;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One chunk replica at work: its place on the disk and its part in the group. One loop only. */
final class Group implements RaftListener {
  private static final Logger LOG = LoggerFactory.getLogger(Group.class);
  private final DiskReplica stored;
  private final int node;
  private final Consumer<GroupMember> introduce;
  private final IoMeter io = new IoMeter();
  private RaftReplica replica;
  private IOException failure;

  Group(DiskReplica stored, int node, Consumer<GroupMember> introduce) {
    this.stored = stored;
    this.node = node;
    this.introduce = introduce;
  }

  void start(RaftReplica started) {
    replica = started;
    replica.start();
  }

  DiskReplica stored() {
    return stored;
  }

  RaftReplica replica() {
    return replica;
  }

  IoMeter io() {
    return io;
  }

  boolean leads() {
    return replica.leads();
  }

  /** Null while the replica works. */
  IOException failure() {
    return failure;
  }

  ChunkReport report(ChunkReport.Health health) {
    ReplicaStatus status = replica.status();
    Membership members = replica.finalMembers();
    if (members.unknown()) {
      members = replica.members(); // no leader has said yet whether it is final
    }
    return new ChunkReport(
        stored.info().chunk(),
        stored.info().chunkBytes(),
        failure != null ? ChunkRole.FAILED : role(status),
        status.term(),
        status.leaderHint(),
        Math.max(status.epoch(), stored.info().epoch()),
        status.last(),
        status.decided(),
        status.applied(),
        stored.blocks().allocatedBlocks(),
        health,
        nodes(members.voters()),
        nodes(members.learners()),
        members.number(),
        stored.info().generation(),
        stored.info().volume(),
        io.counters(),
        replica.newestSnapshot());
  }

  @Override
  public void roleChanged(ReplicaStatus status) {
    LOG.debug("node {} chunk {}: {}", node, stored.info().chunk(), status);
  }

  @Override
  public void failed(IOException error) {
    failure = error;
    LOG.error("node {} chunk {}: the replica stops", node, stored.info().chunk(), error);
  }

  @Override
  public void met(List<GroupMember> members) {
    members.forEach(introduce);
  }

  private static List<Integer> nodes(List<GroupMember> members) {
    return members.stream().map(GroupMember::node).toList();
  }

  private static ChunkRole role(ReplicaStatus status) {
    if (status.role() == ReplicaStatus.Role.LEADER && !status.serving()) {
      return ChunkRole.CANDIDATE; // nothing it says is final yet
    }
    return switch (status.role()) {
      case FOLLOWER -> ChunkRole.FOLLOWER;
      case CANDIDATE -> ChunkRole.CANDIDATE;
      case LEADER -> ChunkRole.LEADER;
      case FAILED -> ChunkRole.FAILED;
    };
  }
}
