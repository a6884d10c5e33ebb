package io.polarj.storage.store;

import io.polarj.platform.disk.AlignedBuffers;
import io.polarj.platform.net.MalformedMessageException;
import io.polarj.platform.net.MessageReader;
import io.polarj.platform.net.MessageWriter;
import io.polarj.storage.disk.Checksum;
import io.polarj.storage.disk.DiskFormatException;
import io.polarj.storage.raft.AppliedEntries;
import io.polarj.storage.raft.HardState;
import io.polarj.storage.raft.Snapshot;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A checkpoint as it stands in one of the two areas; the README has its bytes.
 *
 * @param generation counts the checkpoints of the disk from 1
 * @param replayFrom the batch at which reading the log begins
 * @param stateAt records below it are in this image, but for entries
 * @param nextReplica the number of the next replica
 * @param pageVersions of the block table
 */
record CheckpointImage(
    long generation,
    long replayFrom,
    long stateAt,
    long session,
    long nextReplica,
    long[] pageVersions,
    List<ReplicaState> replicas) {
  static final int HEADER_BYTES = 96;
  private static final int VERSION = 3;

  /** Had no applied entries: what the log retains is applied again. */
  private static final int WITHOUT_APPLIED = 2;

  /** Reads {@code PJCP} in a hex dump. */
  private static final int MAGIC = 0x50434A50;

  private static final int CRC_AT = 88;

  /** One replica's state, without its entries and blocks. */
  record ReplicaState(
      ReplicaInfo info, HardState hardState, Snapshot snapshot, AppliedEntries applied) {}

  static CheckpointImage first(int pages) {
    return new CheckpointImage(1, 0, 0, 0, 1, new long[pages], List.of());
  }

  /** The image, padded to whole 4 KiB. */
  ByteBuffer encode(long diskId, long areaBytes) throws DiskFormatException {
    MessageWriter states = new MessageWriter(4096);
    for (ReplicaState replica : replicas) {
      StoreCodec.put(states, replica.info());
      StoreCodec.put(states, replica.hardState());
      StoreCodec.put(states, replica.snapshot());
      StoreCodec.put(states, replica.applied());
    }
    long length = HEADER_BYTES + 8L * pageVersions.length + states.length();
    if (length > areaBytes) {
      throw new DiskFormatException(
          "the state of %d replicas needs %d bytes, the disk has %d for it; format with a larger"
                  .formatted(replicas.size(), length, areaBytes)
              + " chunk state area");
    }
    ByteBuffer out = AlignedBuffers.allocate((int) ((length + 4095) / 4096 * 4096));
    out.putInt(MAGIC).putInt(VERSION).putLong(diskId).putLong(generation).putLong(length);
    out.putLong(replayFrom).putLong(stateAt).putLong(session).putLong(nextReplica);
    out.putInt(pageVersions.length).putInt(replicas.size()).putLong(0).putLong(0).putLong(0);
    for (long version : pageVersions) {
      out.putLong(version);
    }
    out.put(states.array(), 0, states.length());
    out.putInt(CRC_AT, crc(out, diskId, (int) length));
    return out.clear();
  }

  /** Bytes of the whole image, 0 when the header is none of this disk. */
  static long length(ByteBuffer header, long diskId, long areaBytes) {
    long length = header.getLong(24);
    boolean mine = header.getInt(0) == MAGIC && header.getLong(8) == diskId;
    return mine && length >= HEADER_BYTES && length <= areaBytes ? length : 0;
  }

  /** The image, or null when its checksum is wrong. */
  static CheckpointImage decode(ByteBuffer in, long diskId, int pages) throws DiskFormatException {
    int length = (int) in.getLong(24);
    if (in.getInt(CRC_AT) != crc(in, diskId, length)) {
      return null;
    }
    int version = in.getInt(4);
    if (version != VERSION && version != WITHOUT_APPLIED) {
      throw new DiskFormatException(
          "checkpoint version " + version + " is unknown; start the release that wrote it");
    }
    int replicas = in.getInt(68);
    if (in.getInt(64) != pages || replicas < 0) {
      throw new DiskFormatException("checkpoint of " + in.getInt(64) + " table pages");
    }
    long[] versions = new long[pages];
    for (int page = 0; page < pages; page++) {
      versions[page] = in.getLong(HEADER_BYTES + 8 * page);
    }
    int at = HEADER_BYTES + 8 * pages;
    byte[] bytes = new byte[length - at];
    in.get(at, bytes);
    MessageReader reader = new MessageReader(bytes);
    List<ReplicaState> states = new ArrayList<>();
    try {
      for (int i = 0; i < replicas; i++) {
        states.add(
            new ReplicaState(
                StoreCodec.replicaInfo(reader),
                StoreCodec.hardState(reader),
                StoreCodec.snapshot(reader),
                version == VERSION ? StoreCodec.applied(reader) : AppliedEntries.NONE));
      }
    } catch (MalformedMessageException | IllegalArgumentException e) {
      throw new DiskFormatException("checkpoint: " + e.getMessage());
    }
    return new CheckpointImage(
        in.getLong(16),
        in.getLong(32),
        in.getLong(40),
        in.getLong(48),
        in.getLong(56),
        versions,
        states);
  }

  private static int crc(ByteBuffer in, long diskId, int length) {
    int head = Checksum.salted(diskId, in, 0, CRC_AT);
    int rest = CRC_AT + Integer.BYTES;
    return Checksum.salted((long) head << 32 ^ diskId, in, rest, length - rest);
  }
}
