package io.polarj.storage.block;

import io.polarj.platform.disk.BlockDevice;
import io.polarj.platform.disk.IoCallback;
import io.polarj.platform.loop.EventLoop;
import io.polarj.storage.disk.BufferPool;
import io.polarj.storage.disk.Checksum;
import io.polarj.storage.disk.DiskGeometry;
import io.polarj.storage.protocol.ChunkId;
import io.polarj.storage.raft.ChunkStore;
import io.polarj.storage.raft.Era;
import io.polarj.storage.raft.PlantedBug;
import io.polarj.storage.raft.SnapshotSet;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The data of one chunk replica: 64 KiB blocks found through a map of their versions, allocated
 * when first written, every sector checked against its checksum when read from the disk (S5).
 *
 * <p>What a snapshot shows is not written any more: the first write of a later era to a block makes
 * a new version of it ({@link BlockCopies}). The blocks of a clone that were never written are
 * those that its parent's snapshot shows, on the same disk.
 *
 * <p>A read returns the bytes as they were when it was asked for: sectors in memory are copied
 * then, and sectors from the disk must match the checksum they had then. One loop only.
 */
public final class ChunkBlocks implements ChunkStore {
  private static final int SECTOR_BYTES = DiskGeometry.SECTOR_BYTES;
  private static final int SECTORS = DiskGeometry.SECTORS_PER_BLOCK;
  private static final int MOST_READ_ATTEMPTS = 4;
  private static final int ALL = (1 << SECTORS) - 1;
  private static final int ZERO_SECTOR_CRC = Checksum.of(new byte[SECTOR_BYTES], 0, SECTOR_BYTES);

  /** What all replicas of a disk share. */
  public record Shared(
      BlockDevice device,
      EventLoop loop,
      BufferPool buffers,
      DiskGeometry geometry,
      BlockTable table,
      DirtySectors dirty,
      Consumer<IoCallback> sync,
      Set<PlantedBug> planted) {}

  /**
   * Told of sectors that could not be read; bit s of the mask is sector s of the chunk's block, as
   * a snapshot shows it, or as it is now when that is 0.
   */
  @FunctionalInterface
  public interface DamageListener {
    void damaged(int logicalBlock, int snapshot, int sectors);
  }

  /** What became of an offer to {@link #repair}. */
  public enum Repair {
    /** Taken; it goes to the disk with the other applied sectors. */
    TAKEN,
    /** Not needed: the sector was written again, or never, and nothing of it is read from disk. */
    NOT_NEEDED,
    /** The bytes are not those that belong here. */
    OTHER_BYTES
  }

  private final Shared disk;
  private final long replica;
  private final ChunkId chunk;
  private final long bytes;
  private final VersionMap versions;
  private final BlockCopies copies;
  private final TreeMap<Integer, Integer> spares = new TreeMap<>();
  private DamageListener damage = (block, snapshot, sectors) -> {};
  private ChunkBlocks parent;
  private int parentSnapshot;
  private boolean sweeping;
  private boolean gone;
  private long corruptSectors;

  public ChunkBlocks(Shared disk, long replica, ChunkId chunk, long bytes) {
    this.disk = disk;
    this.replica = replica;
    this.chunk = chunk;
    this.bytes = bytes;
    this.versions =
        new VersionMap(
            disk.table(),
            Math.toIntExact(bytes / DiskGeometry.BLOCK_BYTES),
            disk.planted().contains(PlantedBug.SKIP_COPY_ON_WRITE));
    this.copies = new BlockCopies(disk, this::tellDamage);
  }

  /** Blocks that are not written here are those that a snapshot of another chunk here shows. */
  public void clonedFrom(ChunkBlocks source, int snapshot) {
    if (parent != null || source.bytes != bytes) {
      throw new IllegalStateException("chunk " + chunk + " is no clone of " + source.chunk);
    }
    parent = source;
    parentSnapshot = snapshot;
    source.versions.pin(snapshot);
  }

  /**
   * Takes in a block found in the table at start; false when the block cannot be this replica's.
   */
  public boolean adopt(int block) {
    return versions.adopt(block);
  }

  @Override
  public long size() {
    return bytes;
  }

  /** Blocks in use, whether they are the present content or only shown by a snapshot. */
  public int allocatedBlocks() {
    return versions.count();
  }

  /** Sectors that reads found damaged; the same one counts again with every read. */
  public long corruptSectors() {
    return corruptSectors;
  }

  public void onDamage(DamageListener listener) {
    damage = listener;
  }

  /** The chunk's size in blocks. */
  public int blockCount() {
    return versions.blockCount();
  }

  public boolean isAllocated(int logicalBlock) {
    return source(logicalBlock, VersionMap.PRESENT) >= 0;
  }

  /** The next block of the chunk that has a place on the disk, at or after that one, or -1. */
  public int nextAllocated(int logicalBlock) {
    return versions.next(logicalBlock);
  }

  /** Where the block stands on the device, or -1. */
  public long placeOf(int logicalBlock) {
    int block = source(logicalBlock, VersionMap.PRESENT);
    return block < 0 ? -1 : disk.geometry().block(block);
  }

  /** Whether the snapshot can be read here, or is 0. */
  public boolean shows(int snapshot) {
    return snapshot == 0 || versions.shows(snapshot);
  }

  /**
   * The sectors of the mask that are read from the disk: written, and not newer in memory; as a
   * snapshot shows them, or as they are now when that is 0.
   */
  public int onDisk(int logicalBlock, int snapshot, int sectors) {
    int block = versions.at(logicalBlock, view(snapshot));
    return block < 0 ? 0 : sectors & disk.table().writtenMask(block) & ~disk.dirty().mask(block);
  }

  /**
   * Offers the bytes of one sector that another replica has. They are taken only if they have the
   * checksum that the block table has now, so no older or newer state can come in this way; the
   * table does not change.
   */
  public Repair repair(int logicalBlock, int snapshot, int sector, byte[] bytes) {
    if (onDisk(logicalBlock, snapshot, 1 << sector) == 0) {
      return Repair.NOT_NEEDED;
    }
    int block = versions.at(logicalBlock, view(snapshot));
    int crc = Checksum.of(bytes, 0, SECTOR_BYTES);
    if (crc != disk.table().crc(block, sector)) {
      if (!disk.planted().contains(PlantedBug.REPAIR_FROM_STALE_PEER)) {
        return Repair.OTHER_BYTES;
      }
      disk.table().put(block, sector, crc);
    }
    disk.dirty().put(block, sector, bytes, 0);
    return Repair.TAKEN;
  }

  /**
   * Reads what of the block's versions stands on the disk and verifies it; damage is told as with
   * reads.
   */
  public void verify(int logicalBlock, IoCallback done) {
    verify(logicalBlock, versions.versions(logicalBlock).iterator(), done);
  }

  private void verify(int logicalBlock, Iterator<Integer> blocks, IoCallback done) {
    if (!blocks.hasNext()) {
      done.completed(null);
      return;
    }
    verify(logicalBlock, blocks.next(), () -> verify(logicalBlock, blocks, done), 1);
  }

  private void verify(int logicalBlock, int block, Runnable done, int number) {
    SectorReading reading = new SectorReading(disk, DiskGeometry.BLOCK_BYTES);
    if (versions.versions(logicalBlock).contains(block)) {
      for (int sector = 0; sector < SECTORS; sector++) {
        reading.add(block, sector, sector * SECTOR_BYTES);
      }
    }
    reading.start(() -> {
      if (reading.wrong() > 0 && number < MOST_READ_ATTEMPTS && reading.error() == null) {
        verify(logicalBlock, block, done, number + 1);
        return;
      }
      tellDamage(reading);
      done.run();
    });
  }

  /**
   * A checksum of the block's content, now and as every snapshot shows it, by the checksums of its
   * sectors; never written ones count as zeros. Reads nothing.
   */
  public int digest(int logicalBlock) {
    List<Integer> views = new ArrayList<>(versions.snapshots().live());
    views.add(VersionMap.PRESENT);
    ByteBuffer crcs = ByteBuffer.allocate(views.size() * SECTORS * Integer.BYTES);
    for (int view : views) {
      int block = source(logicalBlock, view);
      for (int sector = 0; sector < SECTORS; sector++) {
        boolean written = block >= 0 && disk.table().written(block, sector);
        crcs.putInt(written ? disk.table().crc(block, sector) : ZERO_SECTOR_CRC);
      }
    }
    return Checksum.of(crcs.array(), 0, crcs.capacity());
  }

  /** Blocks that a write of the range would have to allocate. */
  public int missingBlocks(long offset, int length) {
    int missing = 0;
    int last = logical(offset + length - 1);
    for (int block = logical(offset); block <= last; block++) {
      missing += needsBlock(block) && !spares.containsKey(block) ? 1 : 0;
    }
    return missing;
  }

  private boolean needsBlock(int logicalBlock) {
    int block = versions.at(logicalBlock, VersionMap.PRESENT);
    return block < 0 || versions.splits(block, Era.of(versions.snapshots().era()));
  }

  /** Allocates the range's blocks ahead of its write; false, and nothing done, when it can not. */
  public boolean reserve(long offset, int length) {
    if (disk.table().free() < missingBlocks(offset, length)) {
      return false;
    }
    int last = logical(offset + length - 1);
    for (int block = logical(offset); block <= last; block++) {
      if (needsBlock(block) && !spares.containsKey(block)) {
        spares.put(block, disk.table().allocate(replica, block, versions.snapshots().era()));
      }
    }
    return true;
  }

  @Override
  public void snapshots(SnapshotSet known) {
    versions.snapshots(known);
    if (!sweeping) {
      sweeping = true;
      disk.loop().execute(() -> sweep(0));
    }
  }

  /** Gives back what nobody sees any more, a few blocks at a time. */
  private void sweep(int from) {
    if (gone) {
      return;
    }
    List<Integer> found = new ArrayList<>();
    int next = versions.sweep(from, copies::busy, found);
    found.forEach(this::retire);
    if (next >= 0) {
      disk.loop().execute(() -> sweep(next));
    } else {
      sweeping = false;
    }
  }

  @Override
  public void write(long offset, byte[] payload, IoCallback done) {
    write(offset, payload, Era.of(versions.snapshots().era()), done);
  }

  @Override
  public void write(long offset, byte[] payload, Era era, IoCallback done) {
    checkRange(offset, payload.length);
    IoCallback later = error -> disk.loop().execute(() -> done.completed(error));
    write(offset, payload, era, 0, later);
  }

  /** Goes on with the write where the blocks before have their versions. */
  private void write(long offset, byte[] payload, Era era, int from, IoCallback done) {
    for (int at = from; at < payload.length; ) {
      int logical = logical(offset + at);
      int resume = at;
      int end = (int) Math.min(payload.length, (logical + 1L) * DiskGeometry.BLOCK_BYTES - offset);
      int covered = mask(offset + at, end - at);
      IOException full =
          prepare(
              logical,
              era,
              ~covered & ALL,
              error -> {
                if (error != null) {
                  done.completed(error);
                } else {
                  write(offset, payload, era, resume, done);
                }
              });
      if (full != null) {
        done.completed(full);
        return;
      }
      if (copies.busy(logical)) {
        return;
      }
      int block = versions.at(logical, era.number());
      for (; at < end; at += SECTOR_BYTES) {
        if (block >= 0) {
          int sector = sector(offset + at);
          disk.table().put(block, sector, Checksum.of(payload, at, SECTOR_BYTES));
          disk.dirty().put(block, sector, payload, at);
        }
      }
    }
    done.completed(null);
  }

  /**
   * Sees to it that the block has a version of that era, which may be written. When the copy of
   * sectors is needed (or under way) the block is busy on return, and {@code then} is called after;
   * otherwise it is not called. No version of the era is made when only later ones are left: nobody
   * sees that era any more.
   */
  private IOException prepare(int logical, Era era, int carry, Consumer<IOException> then) {
    if (copies.busy(logical)) {
      copies.then(logical, then);
      return null;
    }
    int block = versions.at(logical, era.number());
    int source = block;
    if (block < 0) {
      if (versions.later(logical, era.number())) {
        return null;
      }
      source = hidden(logical);
    } else if (!versions.splits(block, era)) {
      return null;
    }
    int carried = source < 0 ? 0 : carry & disk.table().writtenMask(source);
    if (carried == 0) {
      return place(block, logical, era) < 0 ? full(logical) : null;
    }
    copies.begin(logical, source, carried, () -> place(block, logical, era));
    copies.then(logical, then);
    return null;
  }

  /** Puts an empty version of that era in the place of one, or of none (-1); -1 when full. */
  private int place(int old, int logical, Era era) {
    Integer spare = spares.remove(logical);
    int fresh = spare != null ? spare : disk.table().allocate(replica, logical, era.number());
    if (fresh >= 0) {
      versions.replace(old, fresh, era.number());
    }
    return fresh;
  }

  private IOException full(int logical) {
    return new IOException("chunk " + chunk + ": no free block on the disk for block " + logical);
  }

  /** Whole blocks go back to the disk with the next checkpoint; of others the sectors do. */
  @Override
  public void discard(long offset, long length, IoCallback done) {
    discard(offset, length, Era.of(versions.snapshots().era()), done);
  }

  @Override
  public void discard(long offset, long length, Era era, IoCallback done) {
    if (offset % SECTOR_BYTES != 0 || length % SECTOR_BYTES != 0 || offset > bytes - length) {
      throw new IllegalArgumentException("chunk " + chunk + ": discard " + offset + " + " + length);
    }
    IoCallback later = error -> disk.loop().execute(() -> done.completed(error));
    discardFrom(offset, offset + length, era, later);
  }

  private void discardFrom(long from, long end, Era era, IoCallback done) {
    for (long at = from; at < end; ) {
      int logical = logical(at);
      long resume = at;
      long next = Math.min(end, (logical + 1L) * DiskGeometry.BLOCK_BYTES);
      int sectors = mask(at, (int) (next - at));
      IOException full =
          discardBlock(
              logical,
              sectors,
              era,
              error -> {
                if (error != null) {
                  done.completed(error);
                } else {
                  discardFrom(resume, end, era, done);
                }
              });
      if (full != null) {
        done.completed(full);
        return;
      }
      if (copies.busy(logical)) {
        return;
      }
      at = next;
    }
    done.completed(null);
  }

  /** As {@link #prepare}; done unless the block is busy on return. */
  private IOException discardBlock(int logical, int sectors, Era era, Consumer<IOException> then) {
    if (copies.busy(logical)) {
      copies.then(logical, then);
      return null;
    }
    int block = versions.at(logical, era.number());
    boolean hides = hidden(logical) >= 0;
    if (block < 0 && (!hides || versions.later(logical, era.number()))) {
      return null;
    }
    int source = block < 0 ? hidden(logical) : block;
    int rest = disk.table().writtenMask(source) & ~sectors;
    if (block >= 0 && rest == 0 && !hides && versions.splits(block, era)) {
      versions.end(block, era.number());
      return null;
    }
    IOException full = prepare(logical, era, rest, then);
    if (full != null || copies.busy(logical)) {
      return full;
    }
    int own = versions.at(logical, era.number());
    disk.dirty().forget(own, sectors);
    if (rest != 0 || hides) {
      disk.table().forget(own, sectors);
      if (disk.table().writtenMask(own) == 0) {
        disk.table().keepHollow(own);
      }
    } else {
      versions.remove(own);
      retire(own);
    }
    return null;
  }

  private void retire(int block) {
    disk.dirty().forget(block, ALL);
    disk.table().retire(block);
  }

  @Override
  public void restore(int snapshot, Era era, IoCallback done) {
    new Restoring(disk, this, snapshot, era, done).step(0);
  }

  /** Whether the block has a version that was born in that era. */
  boolean born(int logicalBlock, int era) {
    int block = versions.at(logicalBlock, era);
    return block >= 0 && disk.table().birth(block) == era;
  }

  boolean isGone() {
    return gone;
  }

  /** Makes sectors of another version, as they were read, all that the block has in that era. */
  void put(
      int logical,
      int shown,
      int sectors,
      int damaged,
      SectorReading reading,
      Era era,
      IoCallback done) {
    IOException full = prepare(logical, era, 0, error -> {});
    int block = full == null ? versions.at(logical, era.number()) : -1;
    if (block >= 0) {
      disk.dirty().forget(block, ALL);
      disk.table().forget(block, ALL);
      BlockCopies.put(disk, shown, block, sectors, damaged, reading.target());
      tellDamage(reading);
    }
    disk.loop().execute(() -> done.completed(full));
  }

  /** How many blocks a restore of the snapshot would have to allocate. */
  public int blocksToRestore(int snapshot) {
    int blocks = 0;
    for (int logical = 0; logical < versions.blockCount(); logical++) {
      int shown = source(logical, snapshot);
      blocks += shown >= 0 && shown != source(logical, VersionMap.PRESENT) ? 1 : 0;
    }
    return blocks;
  }

  @Override
  public void read(long offset, int length, ReadCallback done) {
    checkRange(offset, length);
    attempt(VersionMap.PRESENT, offset, length, done, 1);
  }

  @Override
  public void read(int snapshot, long offset, int length, ReadCallback done) {
    checkRange(offset, length);
    if (shows(snapshot)) {
      attempt(view(snapshot), offset, length, done, 1);
    } else {
      IOException none = new IOException("chunk " + chunk + " has no snapshot " + snapshot);
      disk.loop().execute(() -> done.completed(null, none));
    }
  }

  private void attempt(int view, long offset, int length, ReadCallback done, int number) {
    SectorReading reading = new SectorReading(disk, length);
    for (int at = 0; at < length; at += SECTOR_BYTES) {
      int block = source(logical(offset + at), view);
      if (block >= 0) {
        reading.add(block, sector(offset + at), at);
      } // else zeros, as the array is
    }
    reading.start(() -> {
      if (reading.wrong() == 0) {
        done.completed(reading.target(), null);
      } else if (number < MOST_READ_ATTEMPTS && reading.error() == null) {
        // A write may have come between; then the sectors are in memory or have a new checksum.
        attempt(view, offset, length, done, number + 1);
      } else {
        tellDamage(reading);
        done.completed(
            null,
            new CorruptSectorException(
                "chunk %s: %d sectors of %d + %d can not be read or fail their checksum"
                    .formatted(chunk, reading.wrong(), offset, length),
                reading.error()));
      }
    });
  }

  private void tellDamage(SectorReading reading) {
    for (SectorReading.Run run : reading.runs()) {
      ChunkBlocks owner = run.wrong == 0 ? null : holder(run.block);
      if (owner != null) {
        owner.corruptSectors += Integer.bitCount(run.wrong);
        int seenBy = owner.versions.seenBy(run.block);
        if (seenBy >= 0) {
          owner.damage.damaged(disk.table().logical(run.block), seenBy, run.wrong);
        }
      }
    }
  }

  /** Whose block it is: this chunk's or that of one that it is a clone of. */
  private ChunkBlocks holder(int block) {
    if (disk.table().owner(block) == replica) {
      return this;
    }
    return parent == null ? null : parent.holder(block);
  }

  /** The disk's block that shows the chunk's block in that era, or -1. */
  int source(int logicalBlock, int era) {
    int block = versions.at(logicalBlock, era);
    return block < 0 ? hidden(logicalBlock) : block;
  }

  /** What the parent's snapshot shows there, or -1. */
  private int hidden(int logicalBlock) {
    return parent == null ? -1 : parent.source(logicalBlock, parentSnapshot);
  }

  @Override
  public void sync(IoCallback done) {
    disk.sync().accept(done);
  }

  @Override
  public long nextWritten(long offset) {
    return nextWritten(VersionMap.PRESENT, offset);
  }

  @Override
  public long nextWritten(int era, long offset) {
    long at = offset;
    while (at < bytes) {
      int block = source(logical(at), era);
      int mask = block < 0 ? 0 : disk.table().writtenMask(block) >>> sector(at);
      if (mask != 0) {
        return at + (long) Integer.numberOfTrailingZeros(mask) * SECTOR_BYTES;
      }
      at = (at / DiskGeometry.BLOCK_BYTES + 1) * DiskGeometry.BLOCK_BYTES;
    }
    return bytes;
  }

  @Override
  public long nextDifferent(int era, int other, long offset) {
    long at = offset;
    while (at < bytes && source(logical(at), era) == source(logical(at), other)) {
      at = (at / DiskGeometry.BLOCK_BYTES + 1) * DiskGeometry.BLOCK_BYTES;
    }
    return Math.min(at, bytes);
  }

  /** Gives every block free. The replica's end must be durable before. */
  public void releaseAll() {
    gone = true;
    copies.close();
    for (int at = versions.next(0); at >= 0 && at < blockCount(); at = versions.next(at + 1)) {
      versions.versions(at).forEach(disk.dirty()::release);
    }
    spares.values().forEach(disk.dirty()::release);
    spares.clear();
    versions.clear();
    if (parent != null) {
      parent.versions.unpin(parentSnapshot);
    }
  }

  private void checkRange(long offset, int length) {
    if (offset < 0
        || length <= 0
        || offset % SECTOR_BYTES != 0
        || length % SECTOR_BYTES != 0
        || offset > bytes - length) {
      throw new IllegalArgumentException(
          "chunk " + chunk + ": range " + offset + " + " + length + " of " + bytes + " bytes");
    }
  }

  private static int view(int snapshot) {
    return snapshot == 0 ? VersionMap.PRESENT : snapshot;
  }

  private static int mask(long offset, int length) {
    return (1 << length / SECTOR_BYTES) - 1 << sector(offset);
  }

  private static int logical(long offset) {
    return (int) (offset / DiskGeometry.BLOCK_BYTES);
  }

  private static int sector(long offset) {
    return (int) (offset % DiskGeometry.BLOCK_BYTES) / SECTOR_BYTES;
  }
}
