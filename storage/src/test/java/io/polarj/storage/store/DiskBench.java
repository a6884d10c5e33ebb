package io.polarj.storage.store;

import io.polarj.platform.net.Address;
import io.polarj.platform.random.RandomStream;
import io.polarj.storage.disk.DiskGeometry;
import io.polarj.storage.fixture.MemoryDevice;
import io.polarj.storage.fixture.StepLoop;
import io.polarj.storage.protocol.ChunkId;
import io.polarj.storage.protocol.GroupMember;
import io.polarj.storage.raft.EntryHeader;
import io.polarj.storage.raft.EntryKind;
import io.polarj.storage.raft.LogEntry;
import io.polarj.storage.raft.RequestId;
import java.io.IOException;
import java.util.List;

/** A small disk in memory for tests, and what they need to work with it. */
final class DiskBench {
  static final long CLUSTER = 77;
  static final int NODE = 3;
  static final ChunkId CHUNK = new ChunkId(1, 0);
  static final long CHUNK_BYTES = 1 << 20;
  static final List<GroupMember> MEMBERS = List.of(new GroupMember(NODE, new Address("node-3", 1)));

  StepLoop loop = new StepLoop();
  MemoryDevice device;

  /** The log's own device, or null. */
  MemoryDevice wal;

  Disk disk;

  /** A formatted, open disk with a WAL of 1 MiB. */
  static DiskBench formatted(long deviceBytes) {
    return formatted(deviceBytes, 0);
  }

  /** The same with the log on a device of that size, unless 0. */
  static DiskBench formatted(long deviceBytes, long walDeviceBytes) {
    DiskBench bench = new DiskBench();
    MemoryDevice.Power power = new MemoryDevice.Power();
    bench.device = new MemoryDevice(bench.loop, deviceBytes, power);
    bench.wal = walDeviceBytes == 0 ? null : new MemoryDevice(bench.loop, walDeviceBytes, power);
    IOException[] error = new IOException[1];
    new DiskFormatter(bench.device, bench.wal)
        .format(
            0x5EED,
            CLUSTER,
            NODE,
            walDeviceBytes == 0
                ? DiskGeometry.of(deviceBytes, 1 << 20, 64 << 10)
                : DiskGeometry.withSeparateWal(deviceBytes, walDeviceBytes, 64 << 10),
            false,
            (superblock, failed) -> error[0] = failed);
    bench.loop.run();
    if (error[0] != null) {
      throw new AssertionError("format", error[0]);
    }
    return bench;
  }

  /** Opens the disk; answers why not. The disk stays null when the device died on the way. */
  IOException open(DiskOptions options) {
    IOException[] error = new IOException[1];
    disk = null;
    new DiskOpener(device, wal, loop, options)
        .open(
            CLUSTER,
            NODE,
            (opened, failed) -> {
              disk = opened;
              error[0] = failed;
            });
    loop.run();
    return error[0];
  }

  void openOrFail() {
    IOException error = open(new DiskOptions(64 << 10, 64 << 10));
    if (error != null) {
      throw new AssertionError("open", error);
    }
  }

  DiskReplica create() {
    DiskReplica[] made = new DiskReplica[1];
    disk.create(CHUNK, CHUNK_BYTES, 1, MEMBERS, (replica, error) -> made[0] = replica);
    loop.run();
    return made[0];
  }

  /** Power cut. */
  void crash(RandomStream random) {
    loop = new StepLoop();
    MemoryDevice.Power power = new MemoryDevice.Power();
    device = device.crash(loop, random, power);
    wal = wal == null ? null : wal.crash(loop, random, power);
    disk = null;
  }

  static LogEntry write(long index, long offset, byte[] payload) {
    return new LogEntry(
        new EntryHeader(
            index,
            1,
            1,
            EntryKind.WRITE,
            new RequestId(9, index, 1),
            1,
            offset,
            payload.length,
            0,
            0,
            LogEntry.crcOf(payload)),
        payload);
  }

  static LogEntry discard(long index, long offset, int length) {
    return new LogEntry(
        new EntryHeader(
            index, 1, 1, EntryKind.DISCARD, new RequestId(9, index, 1), 1, offset, length, 0, 0, 0),
        new byte[0]);
  }

  /** Does to the blocks what the entry says. */
  static void apply(DiskReplica replica, LogEntry entry) {
    if (entry.header().kind() == EntryKind.DISCARD) {
      replica.blocks().discard(entry.header().offset(), entry.header().length(), error -> {});
    } else {
      replica.blocks().write(entry.header().offset(), entry.payload(), error -> {});
    }
  }

  /** Bytes that tell which entry wrote them, in every sector. */
  static byte[] pattern(long index, int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (index * 31 + i / 4096 * 7 + i % 251);
    }
    return bytes;
  }

  byte[] read(DiskReplica replica, long offset, int length) {
    byte[][] result = new byte[1][];
    IOException[] failed = new IOException[1];
    replica
        .blocks()
        .read(
            offset,
            length,
            (bytes, error) -> {
              result[0] = bytes;
              failed[0] = error;
            });
    loop.run();
    if (failed[0] != null) {
      throw new java.io.UncheckedIOException(failed[0]);
    }
    return result[0];
  }
}
