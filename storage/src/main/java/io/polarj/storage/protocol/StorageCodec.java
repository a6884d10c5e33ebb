package io.polarj.storage.protocol;

import io.polarj.platform.net.Address;
import io.polarj.platform.net.MalformedMessageException;
import io.polarj.platform.net.Message;
import io.polarj.platform.net.MessageCodec;
import io.polarj.platform.net.MessageReader;
import io.polarj.platform.net.MessageWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Bytes of the ChunkServer's client and control protocol, type ids from 0x0100. Fields stand in
 * record order, little-endian; texts and arrays behind an int length. Every bound of {@link
 * StorageLimits} is checked when decoding, and bytes behind the last field are an error. Stateless,
 * thread-safe.
 */
public final class StorageCodec implements MessageCodec {
  public static final int TYPE_BASE = 0x0100;
  private static final int WRITE_REQUEST = TYPE_BASE + 1;
  private static final int WRITE_REPLY = TYPE_BASE + 2;
  private static final int READ_REQUEST = TYPE_BASE + 3;
  private static final int READ_REPLY = TYPE_BASE + 4;
  private static final int CREATE_CHUNK = TYPE_BASE + 5;
  private static final int DELETE_CHUNK = TYPE_BASE + 6;
  private static final int FENCE_EPOCH = TYPE_BASE + 7;
  private static final int CHANGE_MEMBERS = TYPE_BASE + 8;
  private static final int CONTROL_REPLY = TYPE_BASE + 9;
  private static final int NODE_HEARTBEAT = TYPE_BASE + 10;
  private static final int NODE_HEARTBEAT_REPLY = TYPE_BASE + 11;
  private static final int DISCARD_REQUEST = TYPE_BASE + 32;
  private static final int CHANGE_SNAPSHOTS = TYPE_BASE + 33;
  private static final int MEMBER_MIN_BYTES = 12;
  private static final int REPORT_MIN_BYTES =
      12 + 8 + 1 + 8 + 4 + 5 * 8 + 40 + 2 * 4 + 2 * 8 + 2 * 4 + 6 * 8 + 4;

  @Override
  public boolean handles(Class<? extends Message> type) {
    return StorageMessage.class.isAssignableFrom(type);
  }

  @Override
  public int typeBase() {
    return TYPE_BASE;
  }

  @Override
  public int encode(Message message, MessageWriter out) {
    return switch ((StorageMessage) message) {
      case WriteRequest m -> {
        putChunk(out, m.chunk());
        out.putLong(m.epoch()).putLong(m.clientId()).putLong(m.sequence());
        out.putLong(m.oldestPending()).putLong(m.offset()).putBytes(m.payload());
        out.putInt(m.snapshot());
        yield WRITE_REQUEST;
      }
      case DiscardRequest m -> {
        putChunk(out, m.chunk());
        out.putLong(m.epoch()).putLong(m.clientId()).putLong(m.sequence());
        out.putLong(m.oldestPending()).putLong(m.offset()).putInt(m.length());
        out.putInt(m.snapshot());
        yield DISCARD_REQUEST;
      }
      case WriteReply m -> {
        putChunk(out, m.chunk());
        out.putLong(m.clientId()).putLong(m.sequence()).putByte(m.status().code());
        out.putInt(m.leaderHint()).putLong(m.newestEpoch());
        putText(out, m.message());
        out.putInt(m.snapshot());
        yield WRITE_REPLY;
      }
      case ReadRequest m -> {
        putChunk(out, m.chunk());
        out.putLong(m.requestId()).putLong(m.offset()).putInt(m.length()).putInt(m.snapshot());
        yield READ_REQUEST;
      }
      case ReadReply m -> {
        putChunk(out, m.chunk());
        out.putLong(m.requestId()).putByte(m.status().code()).putInt(m.leaderHint());
        out.putBytes(m.payload());
        putText(out, m.message());
        out.putInt(m.snapshot());
        yield READ_REPLY;
      }
      case CreateChunk m -> {
        out.putLong(m.requestId());
        putChunk(out, m.chunk());
        out.putLong(m.chunkBytes()).putLong(m.epoch());
        putMembers(out, m.members());
        putLabel(out, m.volume());
        out.putLong(m.generation()).putBoolean(m.origin().present());
        if (m.origin().present()) {
          putChunk(out, m.origin().chunk());
          out.putInt(m.origin().snapshot());
        }
        yield CREATE_CHUNK;
      }
      case DeleteChunk m -> {
        out.putLong(m.requestId());
        putChunk(out, m.chunk());
        out.putLong(m.upToGeneration());
        yield DELETE_CHUNK;
      }
      case FenceEpoch m -> {
        out.putLong(m.requestId());
        putChunk(out, m.chunk());
        out.putLong(m.epoch());
        yield FENCE_EPOCH;
      }
      case ChangeMembers m -> {
        out.putLong(m.requestId());
        putChunk(out, m.chunk());
        putMembers(out, m.voters());
        putMembers(out, m.learners());
        out.putLong(m.basis());
        yield CHANGE_MEMBERS;
      }
      case ChangeSnapshots m -> {
        out.putLong(m.requestId());
        putChunk(out, m.chunk());
        out.putByte(m.action().code()).putInt(m.snapshot()).putInt(m.number());
        yield CHANGE_SNAPSHOTS;
      }
      case ControlReply m -> {
        out.putLong(m.requestId()).putInt(m.node());
        putChunk(out, m.chunk());
        out.putByte(m.status().code()).putInt(m.leaderHint());
        putText(out, m.message());
        yield CONTROL_REPLY;
      }
      case NodeHeartbeat m -> {
        putHeartbeat(out, m);
        yield NODE_HEARTBEAT;
      }
      case NodeHeartbeatReply m -> {
        out.putLong(m.clusterId()).putLong(m.beat());
        putMembers(out, m.nodes());
        yield NODE_HEARTBEAT_REPLY;
      }
    };
  }

  @Override
  public Message decode(int typeId, MessageReader in) {
    Message message;
    try {
      message = decodeBody(typeId, in);
    } catch (IllegalArgumentException e) {
      throw new MalformedMessageException("message type " + typeId + ": " + e.getMessage());
    }
    if (in.remaining() != 0) {
      throw new MalformedMessageException(
          "message type " + typeId + ": " + in.remaining() + " bytes too many");
    }
    return message;
  }

  private static Message decodeBody(int typeId, MessageReader in) {
    return switch (typeId) {
      case WRITE_REQUEST ->
          new WriteRequest(
              chunk(in),
              in.getLong(),
              in.getLong(),
              in.getLong(),
              in.getLong(),
              in.getLong(),
              payload(in, StorageLimits.MAX_WRITE_BYTES),
              in.getInt());
      case DISCARD_REQUEST ->
          new DiscardRequest(
              chunk(in),
              in.getLong(),
              in.getLong(),
              in.getLong(),
              in.getLong(),
              in.getLong(),
              in.getInt(),
              in.getInt());
      case WRITE_REPLY ->
          new WriteReply(
              chunk(in),
              in.getLong(),
              in.getLong(),
              status(in),
              in.getInt(),
              in.getLong(),
              text(in),
              newestSnapshot(in));
      case READ_REQUEST ->
          new ReadRequest(chunk(in), in.getLong(), in.getLong(), in.getInt(), in.getInt());
      case READ_REPLY ->
          new ReadReply(
              chunk(in),
              in.getLong(),
              status(in),
              in.getInt(),
              payload(in, StorageLimits.MAX_READ_BYTES),
              text(in),
              newestSnapshot(in));
      case CREATE_CHUNK ->
          new CreateChunk(
              in.getLong(),
              chunk(in),
              in.getLong(),
              in.getLong(),
              members(in, StorageLimits.MAX_MEMBERS),
              label(in),
              in.getLong(),
              in.getBoolean()
                  ? new CreateChunk.Origin(chunk(in), in.getInt())
                  : CreateChunk.Origin.NONE);
      case DELETE_CHUNK -> new DeleteChunk(in.getLong(), chunk(in), in.getLong());
      case FENCE_EPOCH -> new FenceEpoch(in.getLong(), chunk(in), in.getLong());
      case CHANGE_MEMBERS ->
          new ChangeMembers(
              in.getLong(),
              chunk(in),
              members(in, StorageLimits.MAX_MEMBERS),
              members(in, StorageLimits.MAX_MEMBERS),
              in.getLong());
      case CHANGE_SNAPSHOTS ->
          new ChangeSnapshots(
              in.getLong(),
              chunk(in),
              require(ChangeSnapshots.Action.ofCode(in.getByte()), "action"),
              in.getInt(),
              in.getInt());
      case CONTROL_REPLY ->
          new ControlReply(in.getLong(), in.getInt(), chunk(in), status(in), in.getInt(), text(in));
      case NODE_HEARTBEAT -> heartbeat(in);
      case NODE_HEARTBEAT_REPLY ->
          new NodeHeartbeatReply(in.getLong(), in.getLong(), members(in, StorageLimits.MAX_NODES));
      default -> throw new MalformedMessageException("unknown storage message type " + typeId);
    };
  }

  private static void putHeartbeat(MessageWriter out, NodeHeartbeat m) {
    out.putLong(m.clusterId()).putInt(m.node()).putLong(m.incarnation()).putLong(m.beat());
    putAddress(out, m.address());
    putText(out, m.failureDomain());
    out.putByte(m.disk().code());
    putText(out, m.diskMessage());
    out.putLong(m.totalBlocks()).putLong(m.freeBlocks()).putInt(m.chunkCount());
    out.putInt(m.reports().size());
    for (ChunkReport report : m.reports()) {
      putChunk(out, report.chunk());
      out.putLong(report.chunkBytes()).putByte(report.role().code()).putLong(report.term());
      out.putInt(report.leaderHint()).putLong(report.epoch()).putLong(report.lastIndex());
      out.putLong(report.commitIndex()).putLong(report.appliedIndex());
      out.putLong(report.allocatedBlocks());
      putHealth(out, report.health());
      putNodes(out, report.voters());
      putNodes(out, report.learners());
      out.putLong(report.configIndex()).putLong(report.generation());
      putLabel(out, report.volume());
      putCounters(out, report.io());
      out.putInt(report.newestSnapshot());
    }
    MetricsCodec.put(out, m.metrics());
  }

  private static NodeHeartbeat heartbeat(MessageReader in) {
    long clusterId = in.getLong();
    int node = in.getInt();
    long incarnation = in.getLong();
    long beat = in.getLong();
    Address address = address(in);
    String failureDomain = text(in);
    DiskState disk = require(DiskState.ofCode(in.getByte()), "disk state");
    String diskMessage = text(in);
    long totalBlocks = in.getLong();
    long freeBlocks = in.getLong();
    int chunkCount = in.getInt();
    int count = limited(in.getCount(REPORT_MIN_BYTES), StorageLimits.MAX_REPORTS, "reports");
    List<ChunkReport> reports = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      reports.add(
          new ChunkReport(
              chunk(in),
              in.getLong(),
              require(ChunkRole.ofCode(in.getByte()), "role"),
              in.getLong(),
              in.getInt(),
              in.getLong(),
              in.getLong(),
              in.getLong(),
              in.getLong(),
              in.getLong(),
              health(in),
              nodes(in),
              nodes(in),
              in.getLong(),
              in.getLong(),
              label(in),
              counters(in),
              newestSnapshot(in)));
    }
    return new NodeHeartbeat(
        clusterId,
        node,
        incarnation,
        beat,
        address,
        failureDomain,
        disk,
        diskMessage,
        totalBlocks,
        freeBlocks,
        chunkCount,
        reports,
        MetricsCodec.metrics(in));
  }

  private static void putLabel(MessageWriter out, VolumeLabel label) {
    putText(out, label.name());
    out.putInt(label.replicas());
  }

  private static VolumeLabel label(MessageReader in) {
    byte[] name = payload(in, VolumeLabel.MAX_NAME_BYTES);
    return new VolumeLabel(new String(name, StandardCharsets.UTF_8), in.getInt());
  }

  private static void putCounters(MessageWriter out, IoCounters io) {
    out.putLong(io.reads()).putLong(io.readBytes()).putLong(io.readMicros());
    out.putLong(io.writes()).putLong(io.writtenBytes()).putLong(io.writeMicros());
  }

  private static IoCounters counters(MessageReader in) {
    return new IoCounters(
        in.getLong(), in.getLong(), in.getLong(), in.getLong(), in.getLong(), in.getLong());
  }

  private static void putHealth(MessageWriter out, ChunkReport.Health health) {
    out.putLong(health.damaged()).putLong(health.repaired()).putInt(health.open());
    out.putLong(health.scrubbed()).putLong(health.passes()).putInt(health.divergent());
  }

  private static ChunkReport.Health health(MessageReader in) {
    return new ChunkReport.Health(
        in.getLong(), in.getLong(), in.getInt(), in.getLong(), in.getLong(), in.getInt());
  }

  private static void putChunk(MessageWriter out, ChunkId chunk) {
    out.putLong(chunk.volume()).putInt(chunk.index());
  }

  private static ChunkId chunk(MessageReader in) {
    return new ChunkId(in.getLong(), in.getInt());
  }

  private static int newestSnapshot(MessageReader in) {
    int snapshot = in.getInt();
    if (snapshot < 0 || snapshot > StorageLimits.MAX_SNAPSHOT) {
      throw new MalformedMessageException("snapshot " + snapshot);
    }
    return snapshot;
  }

  private static Status status(MessageReader in) {
    return require(Status.ofCode(in.getByte()), "status");
  }

  private static void putAddress(MessageWriter out, Address address) {
    putText(out, address.host());
    out.putInt(address.port());
  }

  private static Address address(MessageReader in) {
    return new Address(text(in), in.getInt());
  }

  private static void putMembers(MessageWriter out, List<GroupMember> members) {
    out.putInt(members.size());
    for (GroupMember member : members) {
      out.putInt(member.node());
      putAddress(out, member.address());
    }
  }

  private static List<GroupMember> members(MessageReader in, int most) {
    int count = limited(in.getCount(MEMBER_MIN_BYTES), most, "members");
    List<GroupMember> members = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      members.add(new GroupMember(in.getInt(), address(in)));
    }
    return members;
  }

  private static void putNodes(MessageWriter out, List<Integer> nodes) {
    out.putInt(nodes.size());
    for (int node : nodes) {
      out.putInt(node);
    }
  }

  private static List<Integer> nodes(MessageReader in) {
    int count = limited(in.getCount(Integer.BYTES), StorageLimits.MAX_MEMBERS, "nodes");
    List<Integer> nodes = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      nodes.add(in.getInt());
    }
    return nodes;
  }

  /**
   * A message longer than the limit is cut, at a character's edge, not refused: it is for people.
   */
  private static void putText(MessageWriter out, String text) {
    String cut = text;
    while (cut.getBytes(StandardCharsets.UTF_8).length > StorageLimits.MAX_TEXT_BYTES) {
      cut = cut.substring(0, Math.min(cut.length() - 1, StorageLimits.MAX_TEXT_BYTES / 2));
    }
    out.putString(cut);
  }

  private static String text(MessageReader in) {
    byte[] bytes = payload(in, StorageLimits.MAX_TEXT_BYTES);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static byte[] payload(MessageReader in, int most) {
    return in.getRaw(limited(in.getInt(), most, "bytes"));
  }

  private static int limited(int count, int most, String what) {
    if (count < 0 || count > most) {
      throw new MalformedMessageException(count + " " + what + ", at most " + most + " allowed");
    }
    return count;
  }

  private static <T> T require(T value, String what) {
    if (value == null) {
      throw new MalformedMessageException("unknown " + what);
    }
    return value;
  }
}
