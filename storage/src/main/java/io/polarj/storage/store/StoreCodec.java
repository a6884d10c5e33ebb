package io.polarj.storage.store;

import io.polarj.platform.net.Address;
import io.polarj.platform.net.MessageReader;
import io.polarj.platform.net.MessageWriter;
import io.polarj.storage.protocol.ChunkId;
import io.polarj.storage.protocol.GroupMember;
import io.polarj.storage.protocol.StorageLimits;
import io.polarj.storage.protocol.VolumeLabel;
import io.polarj.storage.raft.AppliedEntries;
import io.polarj.storage.raft.EntryHeader;
import io.polarj.storage.raft.EntryKind;
import io.polarj.storage.raft.HardState;
import io.polarj.storage.raft.RaftCodec;
import io.polarj.storage.raft.RequestId;
import io.polarj.storage.raft.Snapshot;
import java.util.ArrayList;
import java.util.List;

/**
 * Bytes of what replicas keep on disk, in the log and in checkpoints. Fields stand in record order,
 * little-endian. Decoding throws MalformedMessageException or IllegalArgumentException for what can
 * not be.
 */
final class StoreCodec {
  /** Bytes of an encoded entry header: fixed, so that an entry is read back with one I/O. */
  static final int ENTRY_HEAD_BYTES = 3 * 8 + 1 + 3 * 8 + 2 * 8 + 4 + 8 + 1 + 4 + 2 * 4;

  /**
   * Version of a replica's record, in the upper half of its count of members: 0 ends with the
   * members, 1 adds the volume's label and the generation, 2 what it is a clone of.
   */
  private static final int INFO_VERSION = 2;

  private StoreCodec() {}

  static byte[] entryHead(EntryHeader header) {
    MessageWriter out = new MessageWriter(ENTRY_HEAD_BYTES);
    out.putLong(header.index()).putLong(header.segment()).putLong(header.ballot());
    out.putByte(header.kind().code());
    RequestId request = header.request();
    out.putLong(request.client()).putLong(request.sequence()).putLong(request.settledBelow());
    out.putLong(header.epoch()).putLong(header.offset()).putInt(header.length());
    out.putLong(header.conflicts()).putByte(header.lookBehind()).putInt(header.crc());
    out.putInt(header.era()).putInt(header.snapshot());
    return out.toByteArray();
  }

  static EntryHeader entryHead(MessageReader in) {
    long index = in.getLong();
    long segment = in.getLong();
    long ballot = in.getLong();
    EntryKind kind = EntryKind.ofCode(in.getByte());
    RequestId request = new RequestId(in.getLong(), in.getLong(), in.getLong());
    EntryHeader header =
        new EntryHeader(
            index,
            segment,
            ballot,
            kind,
            request,
            in.getLong(),
            in.getLong(),
            in.getInt(),
            in.getLong(),
            in.getByte(),
            in.getInt(),
            in.getInt(),
            in.getInt());
    if (kind == null
        || index < 1
        || header.length() < 0
        || header.offset() < 0
        || header.era() < 0
        || header.snapshot() < 0) {
      throw new IllegalArgumentException("entry header " + header);
    }
    return header;
  }

  static void put(MessageWriter out, HardState state) {
    out.putLong(state.term()).putInt(state.votedFor()).putLong(state.barrierTerm());
    out.putLong(state.barrierStart()).putLong(state.closeBallot()).putLong(state.closeEnd());
    out.putLong(state.decided());
    RaftCodec.putMembership(out, state.members());
  }

  static HardState hardState(MessageReader in) {
    return new HardState(
        in.getLong(),
        in.getInt(),
        in.getLong(),
        in.getLong(),
        in.getLong(),
        in.getLong(),
        in.getLong(),
        RaftCodec.membership(in));
  }

  static void put(MessageWriter out, Snapshot snapshot) {
    out.putLong(snapshot.index()).putBytes(snapshot.state());
  }

  static Snapshot snapshot(MessageReader in) {
    return new Snapshot(in.getLong(), in.getBytes());
  }

  static void put(MessageWriter out, AppliedEntries applied) {
    out.putLong(applied.through()).putInt(applied.above().length);
    for (long word : applied.above()) {
      out.putLong(word);
    }
  }

  static AppliedEntries applied(MessageReader in) {
    long through = in.getLong();
    int words = in.getInt();
    if (words < 0 || words > AppliedEntries.MOST_WORDS) {
      throw new IllegalArgumentException(words + " words of applied entries");
    }
    long[] above = new long[words];
    for (int word = 0; word < words; word++) {
      above[word] = in.getLong();
    }
    return new AppliedEntries(through, above);
  }

  static void put(MessageWriter out, ReplicaInfo info) {
    out.putLong(info.number()).putLong(info.chunk().volume()).putInt(info.chunk().index());
    out.putLong(info.chunkBytes()).putLong(info.epoch());
    out.putInt(INFO_VERSION << 16 | info.members().size());
    for (GroupMember member : info.members()) {
      out.putInt(member.node()).putString(member.address().host());
      out.putInt(member.address().port());
    }
    out.putString(info.volume().name()).putInt(info.volume().replicas());
    out.putLong(info.generation()).putLong(info.origin()).putInt(info.originSnapshot());
  }

  static ReplicaInfo replicaInfo(MessageReader in) {
    long number = in.getLong();
    ChunkId chunk = new ChunkId(in.getLong(), in.getInt());
    long bytes = in.getLong();
    long epoch = in.getLong();
    int versionAndCount = in.getInt();
    int version = versionAndCount >>> 16;
    int count = versionAndCount & 0xffff;
    if (version > INFO_VERSION || count > StorageLimits.MAX_MEMBERS) {
      throw new IllegalArgumentException(
          count + " members, version " + version + " of a replica's record");
    }
    List<GroupMember> members = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      members.add(new GroupMember(in.getInt(), new Address(in.getString(), in.getInt())));
    }
    if (version == 0) {
      return new ReplicaInfo(number, chunk, bytes, epoch, members, VolumeLabel.UNKNOWN, 0);
    }
    VolumeLabel volume = new VolumeLabel(in.getString(), in.getInt());
    long generation = in.getLong();
    if (version == 1) {
      return new ReplicaInfo(number, chunk, bytes, epoch, members, volume, generation);
    }
    return new ReplicaInfo(
        number, chunk, bytes, epoch, members, volume, generation, in.getLong(), in.getInt());
  }
}
