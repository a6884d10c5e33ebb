package io.polarj.storage.disk;

import io.polarj.platform.disk.AlignedBuffers;
import io.polarj.platform.disk.BlockDevice;
import io.polarj.platform.disk.IoCallback;
import java.nio.ByteBuffer;

/**
 * What a separate log device says of itself: which disk it belongs to. Written once, when the disk
 * is formatted, in two copies; the disk's random id ties the two together. Stateless.
 */
public final class WalHeader {
  /** The log area begins here. */
  public static final long AREA_OFFSET = 64 * 1024;

  private static final int BYTES = 4096;
  private static final long SECOND_COPY_OFFSET = 32 * 1024;
  private static final int VERSION = 1;

  /** Reads {@code PJWALDV1} in a hex dump. */
  private static final long MAGIC = 0x3156444C41574A50L;

  private static final int CRC_AT = BYTES - Integer.BYTES;

  private WalHeader() {}

  /** Makes the device the log of that disk. */
  public static void write(BlockDevice wal, Superblock disk, IoCallback done) {
    ByteBuffer header = AlignedBuffers.allocate(BYTES);
    header.putLong(MAGIC).putInt(VERSION).putInt(BYTES).putLong(disk.diskId());
    header.putLong(disk.clusterId()).putInt(disk.nodeId()).putInt(0);
    header.putLong(disk.geometry().walOffset()).putLong(disk.geometry().walBytes());
    header.putInt(CRC_AT, Checksum.of(header, 0, CRC_AT));
    writeAndFlush(
        wal,
        SECOND_COPY_OFFSET,
        header,
        error -> {
          if (error != null) {
            done.completed(error);
          } else {
            writeAndFlush(wal, 0, header, done);
          }
        });
  }

  private static void writeAndFlush(
      BlockDevice wal, long offset, ByteBuffer header, IoCallback done) {
    wal.write(
        offset,
        header.clear(),
        error -> {
          if (error != null) {
            done.completed(error);
          } else {
            wal.flush(done);
          }
        });
  }

  /** Refuses, by name, every device but the log of that disk. */
  public static void check(BlockDevice wal, Superblock disk, IoCallback done) {
    if (wal.size() < AREA_OFFSET + disk.geometry().walBytes()) {
      done.completed(
          new DiskFormatException(
              "the log device has %d bytes, the log of this disk needs %d: is it the wrong device?"
                  .formatted(wal.size(), AREA_OFFSET + disk.geometry().walBytes())));
      return;
    }
    find(
        wal,
        (header, error) -> {
          if (error != null) {
            done.completed(error);
          } else {
            done.completed(difference(header, disk));
          }
        });
  }

  /** Answers null when the device is free for a new log, else the reason why it is not. */
  public static void checkFree(BlockDevice wal, IoCallback done) {
    if (wal.size() < AREA_OFFSET + DiskGeometry.MIN_WAL_BYTES) {
      done.completed(new DiskFormatException("the log device is too small"));
      return;
    }
    find(
        wal,
        (header, error) -> {
          if (error != null || header == null) {
            done.completed(error);
          } else {
            done.completed(
                new DiskFormatException(
                    "the log device is the log of node %d of cluster %d already; say so if it may"
                            .formatted(header.getInt(32), header.getLong(24))
                        + " be lost"));
          }
        });
  }

  private static DiskFormatException difference(ByteBuffer header, Superblock disk) {
    if (header == null) {
      return new DiskFormatException(
          "the log device has no intact PolarJ header: it is not the log of node %d's disk"
              .formatted(disk.nodeId()));
    }
    if (header.getInt(8) != VERSION) {
      return new DiskFormatException(
          "log device format version " + header.getInt(8) + " is unknown; start a newer release");
    }
    if (header.getLong(16) != disk.diskId()) {
      return new DiskFormatException(
          "the log device belongs to disk %x (node %d of cluster %d), not to disk %x (node %d)"
              .formatted(
                  header.getLong(16),
                  header.getInt(32),
                  header.getLong(24),
                  disk.diskId(),
                  disk.nodeId()));
    }
    if (header.getLong(40) != disk.geometry().walOffset()
        || header.getLong(48) != disk.geometry().walBytes()) {
      return new DiskFormatException("the log device has another layout than its disk says");
    }
    return null;
  }

  /** The first intact copy, or null. */
  private static void find(BlockDevice wal, Outcome<ByteBuffer> done) {
    ByteBuffer first = AlignedBuffers.allocate(BYTES);
    ByteBuffer second = AlignedBuffers.allocate(BYTES);
    wal.read(
        0,
        first,
        firstError ->
            wal.read(
                SECOND_COPY_OFFSET,
                second,
                secondError -> {
                  boolean firstGood = firstError == null && intact(first);
                  boolean secondGood = secondError == null && intact(second);
                  if (firstGood || secondGood) {
                    done.completed(firstGood ? first : second, null);
                  } else {
                    done.completed(null, firstError != null ? firstError : secondError);
                  }
                }));
  }

  private static boolean intact(ByteBuffer header) {
    return header.getLong(0) == MAGIC && header.getInt(CRC_AT) == Checksum.of(header, 0, CRC_AT);
  }
}
