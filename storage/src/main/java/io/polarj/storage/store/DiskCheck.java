package io.polarj.storage.store;

import io.polarj.platform.disk.BlockDevice;
import io.polarj.platform.loop.EventLoop;
import io.polarj.storage.block.BlockTable;
import io.polarj.storage.disk.Checksum;
import io.polarj.storage.disk.DiskGeometry;
import io.polarj.storage.disk.Outcome;
import io.polarj.storage.raft.LogEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * Verifies a disk that no ChunkServer has open: superblock, checkpoint, block table and log (by
 * recovering them without writing), every log entry's payload, and the checksum of every sector of
 * every allocated block. A sector whose bytes do not match, but which an entry that is still in the
 * log writes, was in flight when the server stopped and is written again at its start: it is
 * counted as pending, not as corrupt. Reads only. One loop only.
 */
public final class DiskCheck {
  private static final int MOST_FINDINGS = 100;
  private final BlockDevice device;
  private final BlockDevice wal;
  private final EventLoop loop;
  private final List<String> findings = new ArrayList<>();
  private Disk disk;
  private Outcome<Report> done;
  private long blocks;
  private long sectors;
  private long pending;
  private long corrupt;
  private long entries;

  /**
   * What was found.
   *
   * @param findings what is wrong, the first hundred of it; empty when all is well
   */
  public record Report(
      long clusterId,
      int node,
      int replicas,
      long logEntries,
      long blocks,
      long freeBlocks,
      long sectors,
      long pendingSectors,
      long corruptSectors,
      List<String> findings) {
    public Report {
      findings = List.copyOf(findings);
    }

    public boolean healthy() {
      return findings.isEmpty();
    }
  }

  public DiskCheck(BlockDevice device, EventLoop loop) {
    this(device, null, loop);
  }

  /**
   * @param wal the device of the disk's log, or null when the disk keeps its log in itself
   */
  public DiskCheck(BlockDevice device, BlockDevice wal, EventLoop loop) {
    this.device = device;
    this.wal = wal;
    this.loop = loop;
  }

  /** An error instead of a report means that the disk could not be opened at all; it says why. */
  public void run(Outcome<Report> outcome) {
    done = outcome;
    new DiskOpener(device, wal, loop, new DiskOptions(0, 1 << 20))
        .openAny((opened, error) -> {
          if (error != null) {
            done.completed(null, error);
          } else {
            disk = opened;
            checkLogs(new ArrayList<>(disk.replicas()).iterator());
          }
        });
  }

  private void checkLogs(Iterator<DiskReplica> replicas) {
    if (!replicas.hasNext()) {
      checkBlock(disk.table.nextUsed(0));
      return;
    }
    DiskReplica replica = replicas.next();
    Iterator<Long> indices =
        replica.recovered().entries().stream().map(header -> header.index()).toList().iterator();
    checkEntry(replica, indices, replicas);
  }

  private void checkEntry(
      DiskReplica replica, Iterator<Long> indices, Iterator<DiskReplica> replicas) {
    if (!indices.hasNext()) {
      checkLogs(replicas);
      return;
    }
    long index = indices.next();
    entries++;
    replica
        .diskLog()
        .readHere(
            index,
            (LogEntry entry, IOException error) -> {
              if (error != null) {
                found("chunk %s: %s".formatted(replica.info().chunk(), error.getMessage()));
              } else if (!entry.intact()) {
                found(
                    "chunk %s: payload of log entry %d fails its checksum"
                        .formatted(replica.info().chunk(), index));
              }
              checkEntry(replica, indices, replicas);
            });
  }

  private void checkBlock(int block) {
    if (block < 0) {
      finish();
      return;
    }
    ByteBuffer buffer = disk.buffers.take(DiskGeometry.BLOCK_BYTES);
    device.read(
        disk.superblock.geometry().block(block),
        buffer,
        error -> {
          blocks++;
          if (error != null) {
            found("block " + block + ": " + error.getMessage());
          } else {
            checkSectors(block, buffer);
          }
          disk.buffers.give(buffer);
          checkBlock(disk.table.nextUsed(block + 1));
        });
  }

  private void checkSectors(int block, ByteBuffer buffer) {
    BlockTable table = disk.table;
    DiskReplica owner = disk.replicas.get(table.owner(block));
    for (int sector = 0; sector < DiskGeometry.SECTORS_PER_BLOCK; sector++) {
      if (!table.written(block, sector)) {
        continue;
      }
      sectors++;
      int at = sector * DiskGeometry.SECTOR_BYTES;
      if (Checksum.of(buffer, at, DiskGeometry.SECTOR_BYTES) == table.crc(block, sector)) {
        continue;
      }
      long offset = (long) table.logical(block) * DiskGeometry.BLOCK_BYTES + at;
      if (owner.diskLog().covers(offset, DiskGeometry.SECTOR_BYTES)) {
        pending++;
      } else {
        corrupt++;
        found(
            "chunk %s: the sector at %d (block %d) fails its checksum"
                .formatted(owner.info().chunk(), offset, block));
      }
    }
  }

  private void finish() {
    done.completed(
        new Report(
            disk.superblock.clusterId(),
            disk.superblock.nodeId(),
            disk.replicas.size(),
            entries,
            blocks,
            disk.freeBlocks(),
            sectors,
            pending,
            corrupt,
            findings),
        null);
  }

  private void found(String finding) {
    if (findings.size() < MOST_FINDINGS) {
      findings.add(finding);
    }
  }
}
