package io.polarj.replication.protocol;

import io.polarj.platform.net.MalformedMessageException;
import io.polarj.platform.net.Message;
import io.polarj.platform.net.MessageCodec;
import io.polarj.platform.net.MessageReader;
import io.polarj.platform.net.MessageWriter;
import io.polarj.replication.protocol.ReplicationMessage.Ack;
import io.polarj.replication.protocol.ReplicationMessage.Announce;
import io.polarj.replication.protocol.ReplicationMessage.Attach;
import io.polarj.replication.protocol.ReplicationMessage.AttachRefused;
import io.polarj.replication.protocol.ReplicationMessage.AttachReply;
import io.polarj.replication.protocol.ReplicationMessage.Continuity;
import io.polarj.replication.protocol.ReplicationMessage.Detach;
import io.polarj.replication.protocol.ReplicationMessage.NotAttached;

/** Replication messages as bytes: fields in the order of the records. Stateless. */
public final class ReplicationCodec implements MessageCodec {
  public static final int TYPE_BASE = 0x0500;
  private static final int ATTACH = TYPE_BASE + 1;
  private static final int ATTACH_REPLY = TYPE_BASE + 2;
  private static final int ATTACH_REFUSED = TYPE_BASE + 3;
  private static final int ANNOUNCE = TYPE_BASE + 4;
  private static final int ACK = TYPE_BASE + 5;
  private static final int NOT_ATTACHED = TYPE_BASE + 6;
  private static final int DETACH = TYPE_BASE + 7;

  @Override
  public boolean handles(Class<? extends Message> type) {
    return ReplicationMessage.class.isAssignableFrom(type);
  }

  @Override
  public int typeBase() {
    return TYPE_BASE;
  }

  @Override
  public int encode(Message message, MessageWriter out) {
    return switch ((ReplicationMessage) message) {
      case Attach m -> {
        out.putLong(m.nodeId()).putInt(m.attempt()).putString(m.name()).putString(m.sqlAddress());
        out.putLong(m.clusterIdHigh()).putLong(m.clusterIdLow());
        out.putLong(m.previousEpoch()).putLong(m.previousReplicaId()).putBoolean(m.leaseHeld());
        out.putLong(m.appliedLsn()).putLong(m.oldestSnapshotLsn()).putLong(m.sentNanos());
        yield ATTACH;
      }
      case AttachReply m -> {
        out.putLong(m.nodeId()).putInt(m.attempt()).putLong(m.epoch()).putLong(m.replicaId());
        out.putLong(m.clusterIdHigh()).putLong(m.clusterIdLow());
        out.putByte(m.continuity().ordinal());
        out.putLong(m.durableLsn()).putLong(m.commitLsn()).putLong(m.checkpointLsn());
        out.putLong(m.leaseNanos()).putLong(m.sentNanos()).putString(m.primarySqlAddress());
        yield ATTACH_REPLY;
      }
      case AttachRefused m -> {
        out.putLong(m.nodeId()).putInt(m.attempt()).putString(m.reason());
        yield ATTACH_REFUSED;
      }
      case Announce m -> {
        out.putLong(m.epoch()).putLong(m.replicaId()).putLong(m.sequence());
        out.putLong(m.durableLsn()).putLong(m.commitLsn()).putLong(m.releaseLsn());
        out.putLong(m.grantNanos());
        yield ANNOUNCE;
      }
      case Ack m -> {
        out.putLong(m.epoch()).putLong(m.replicaId()).putLong(m.sequence());
        out.putLong(m.announceSequence()).putLong(m.appliedLsn());
        out.putLong(m.oldestSnapshotLsn()).putLong(m.neededLsn()).putLong(m.sentNanos());
        yield ACK;
      }
      case NotAttached m -> {
        out.putLong(m.epoch()).putLong(m.replicaId());
        yield NOT_ATTACHED;
      }
      case Detach m -> {
        out.putLong(m.epoch()).putLong(m.replicaId());
        yield DETACH;
      }
    };
  }

  @Override
  public Message decode(int typeId, MessageReader in) {
    return switch (typeId) {
      case ATTACH -> attach(in);
      case ATTACH_REPLY -> attachReply(in);
      case ATTACH_REFUSED -> new AttachRefused(in.getLong(), in.getInt(), in.getString());
      case ANNOUNCE ->
          new Announce(
              in.getLong(), in.getLong(), in.getLong(), lsn(in), lsn(in), lsn(in), in.getLong());
      case ACK ->
          new Ack(
              in.getLong(),
              in.getLong(),
              in.getLong(),
              in.getLong(),
              lsn(in),
              lsn(in),
              lsn(in),
              in.getLong());
      case NOT_ATTACHED -> new NotAttached(in.getLong(), in.getLong());
      case DETACH -> new Detach(in.getLong(), in.getLong());
      default -> throw new MalformedMessageException("replication message type " + typeId);
    };
  }

  private static Attach attach(MessageReader in) {
    return new Attach(
        in.getLong(),
        in.getInt(),
        in.getString(),
        in.getString(),
        in.getLong(),
        in.getLong(),
        in.getLong(),
        in.getLong(),
        in.getBoolean(),
        lsn(in),
        lsn(in),
        in.getLong());
  }

  private static AttachReply attachReply(MessageReader in) {
    return new AttachReply(
        in.getLong(),
        in.getInt(),
        in.getLong(),
        in.getLong(),
        in.getLong(),
        in.getLong(),
        continuity(in),
        lsn(in),
        lsn(in),
        lsn(in),
        lsn(in),
        in.getLong(),
        in.getString());
  }

  private static Continuity continuity(MessageReader in) {
    int code = in.getByte();
    if (code >= Continuity.values().length) {
      throw new MalformedMessageException("continuity " + code);
    }
    return Continuity.values()[code];
  }

  private static long lsn(MessageReader in) {
    long lsn = in.getLong();
    if (lsn < 0) {
      throw new MalformedMessageException("LSN " + lsn);
    }
    return lsn;
  }
}
