package io.polarj.pfs.volume;

import io.polarj.pfs.device.DeviceIo;
import io.polarj.pfs.device.IoWait;
import io.polarj.pfs.device.VolumeDevice;
import io.polarj.pfs.file.Errno;
import io.polarj.pfs.file.FileStat;
import io.polarj.pfs.file.PfsException;
import io.polarj.pfs.file.PolarFile;
import io.polarj.pfs.volume.format.MetadataObject.Extent;
import io.polarj.pfs.volume.meta.BlockMap.Run;
import io.polarj.pfs.volume.meta.ExtentMap;
import io.polarj.pfs.volume.meta.InodeState;
import io.polarj.platform.disk.IoCallback;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * An open file of a volume. A write inside the size into mapped blocks is device I/O and nothing
 * else (F3). One that grows the file or fills a hole writes its data into reserved blocks first and
 * then commits blocks and size as one transaction.
 */
final class VolumeFile implements PolarFile {
  private static final int SECTOR = VolumeDevice.ALIGNMENT;

  private final PfsVolume volume;
  private final String path;
  private final boolean writable;
  private final int blockBytes;
  private final AtomicBoolean open = new AtomicBoolean(true);
  private volatile InodeState inode;

  VolumeFile(PfsVolume volume, String path, InodeState inode, boolean writable) {
    this.volume = volume;
    this.path = path;
    this.inode = inode;
    this.writable = writable;
    this.blockBytes = volume.layout().blockBytes();
  }

  @Override
  public String path() {
    return path;
  }

  @Override
  public long size() throws IOException {
    return state().size();
  }

  @Override
  public FileStat stat() throws IOException {
    return volume.statOf(path.substring(path.lastIndexOf('/') + 1), state());
  }

  private InodeState state() throws PfsException {
    if (!open.get()) {
      throw new PfsException(Errno.EBADF, path + " is closed");
    }
    InodeState state = volume.current(inode);
    if (state == null || state.removed()) {
      throw new PfsException(Errno.ESTALE, path + " was removed by the writer");
    }
    inode = state;
    return state;
  }

  private void checkWritable() throws PfsException {
    volume.checkWritable(path);
    if (!writable) {
      throw new PfsException(Errno.EBADF, path + " is open for reading only");
    }
  }

  // --- reading
  // --------------------------------------------------------------------------------------

  @Override
  public int read(long offset, MemorySegment target) throws IOException {
    checkRange(offset, target.byteSize());
    InodeState state = state();
    if (volume.readOnly() && offset + target.byteSize() > state.size()) {
      volume.refresh();
      state = state();
    }
    long stamp = state.io().readLock();
    try {
      int bytes = (int) Math.clamp(state.size() - offset, 0, target.byteSize());
      if (bytes == 0) {
        return 0;
      }
      if (aligned(offset, bytes) && usable(target)) {
        transferAll(state.map(), false, offset, target.asSlice(0, bytes));
      } else {
        readThroughCopy(state.map(), offset, target.asSlice(0, bytes));
      }
      return bytes;
    } finally {
      state.io().unlockRead(stamp);
    }
  }

  private void readThroughCopy(ExtentMap map, long offset, MemorySegment target)
      throws IOException {
    long start = offset / SECTOR * SECTOR;
    long end = Math.ceilDiv(offset + target.byteSize(), (long) SECTOR) * SECTOR;
    MemorySegment memory = volume.io().borrow(end - start);
    try {
      MemorySegment copy = memory.asSlice(0, end - start);
      transferAll(map, false, start, copy);
      MemorySegment.copy(copy, offset - start, target, 0, target.byteSize());
    } finally {
      volume.io().giveBack(memory);
    }
  }

  @Override
  public void readAsync(long offset, MemorySegment target, IoCallback done) {
    startAsync(false, offset, target, done);
  }

  // --- writing
  // --------------------------------------------------------------------------------------

  @Override
  public void write(long offset, MemorySegment source) throws IOException {
    checkRange(offset, source.byteSize());
    checkWritable();
    InodeState state = state();
    long bytes = source.byteSize();
    if (bytes == 0) {
      return;
    }
    if (aligned(offset, bytes) && usable(source)) {
      long stamp = state.io().readLock();
      try {
        if (inPlace(state, offset, bytes)) {
          transferAll(state.map(), true, offset, source);
          state.written(volume.nowMillis());
          return;
        }
      } finally {
        state.io().unlockRead(stamp);
      }
    }
    boolean whole = aligned(offset, bytes);
    state.growth().lock();
    // parts of sectors are read, changed and written: nobody else may transfer meanwhile
    long stamp = whole ? state.io().readLock() : state.io().writeLock();
    try {
      grow(state, offset, source);
    } finally {
      state.io().unlock(stamp);
      state.growth().unlock();
    }
  }

  private boolean inPlace(InodeState state, long offset, long bytes) {
    if (offset + bytes > state.size()) {
      return false;
    }
    return missingBlocks(state.map(), offset, bytes).isEmpty();
  }

  /** Grows the file, fills holes, or writes parts of sectors; one at a time. */
  private void grow(InodeState state, long offset, MemorySegment source) throws IOException {
    long end = offset + source.byteSize();
    List<Run> reserved = new ArrayList<>();
    boolean committed = false;
    try {
      ExtentMap map = mapped(state, offset, end, reserved);
      zeroNewBlocks(map, state, reserved, offset, end);
      zeroGap(state, offset);
      transferAny(map, state, offset, source);
      long size = Math.max(state.size(), end);
      if (size != state.size() || !reserved.isEmpty()) {
        volume.updateFile(state, map, size, List.of());
      } else {
        state.written(volume.nowMillis());
      }
      committed = true;
    } finally {
      if (!committed) {
        volume.blocks().releaseRuns(reserved);
      }
    }
  }

  @Override
  public long append(MemorySegment source) throws IOException {
    checkWritable();
    InodeState state = state();
    state.growth().lock();
    // the sector at the end is read, changed and written: nobody else may transfer meanwhile
    long stamp = state.io().writeLock();
    try {
      long offset = state.size();
      checkRange(offset, source.byteSize());
      if (source.byteSize() > 0) {
        grow(state, offset, source);
      }
      return offset;
    } finally {
      state.io().unlockWrite(stamp);
      state.growth().unlock();
    }
  }

  /** The map with blocks for the whole range; the new ones are in {@code reserved}. */
  private ExtentMap mapped(InodeState state, long from, long to, List<Run> reserved)
      throws IOException {
    ExtentMap map = state.map();
    for (int[] missing : missingBlocks(map, from, to - from)) {
      int fileBlock = missing[0];
      List<Run> runs = reserve(missing[1]);
      reserved.addAll(runs);
      for (Run run : runs) {
        map = map.with(new Extent(fileBlock, run.block(), run.count()));
        fileBlock += run.count();
      }
    }
    return map;
  }

  /** Looks whether the volume has grown before it says that there is no space. */
  private List<Run> reserve(int wanted) throws IOException {
    try {
      return volume.blocks().reserve(wanted);
    } catch (PfsException full) {
      if (full.errno() != Errno.ENOSPC) {
        throw full;
      }
      volume.grow();
      return volume.blocks().reserve(wanted);
    }
  }

  /** Runs {first block, count} of the range that have no blocks. */
  private List<int[]> missingBlocks(ExtentMap map, long offset, long bytes) {
    List<int[]> missing = new ArrayList<>(0);
    int block = (int) (offset / blockBytes);
    int end = (int) Math.ceilDiv(offset + bytes, (long) blockBytes);
    while (block < end) {
      int run = map.runLength(block, end - block);
      if (map.volumeBlock(block) < 0) {
        missing.add(new int[] {block, run});
      }
      block += run;
    }
    return missing;
  }

  /**
   * Zeros in newly taken blocks that held something before, but not where [from, to) is going to be
   * written anyway.
   */
  private void zeroNewBlocks(
      ExtentMap map, InodeState state, List<Run> reserved, long from, long to) throws IOException {
    long size = state.size();
    boolean allVirgin = reserved.stream().allMatch(Run::virgin);
    if (allVirgin) {
      return;
    }
    for (int[] added : missingBlocks(state.map(), from, to - from)) {
      long start = (long) added[0] * blockBytes;
      long end = start + (long) added[1] * blockBytes;
      zeroRange(map, start, Math.min(end, from / SECTOR * SECTOR));
      // what lies beyond the size is made zeros by the write that grows the file over it
      long visible = Math.min(end, Math.ceilDiv(size, (long) SECTOR) * SECTOR);
      zeroRange(map, Math.max(start, Math.ceilDiv(to, (long) SECTOR) * SECTOR), visible);
      // the sectors at the edges are read before they are written: they must be zeros too
      zeroEdge(map, from, start, end);
      zeroEdge(map, to, start, end);
    }
  }

  private void zeroEdge(ExtentMap map, long edge, long start, long end) throws IOException {
    if (edge % SECTOR != 0 && edge > start && edge < end) {
      zeroRange(map, edge / SECTOR * SECTOR, edge / SECTOR * SECTOR + SECTOR);
    }
  }

  private void zeroRange(ExtentMap map, long from, long to) throws IOException {
    long at = from;
    while (at < to) {
      int block = (int) (at / blockBytes);
      int blocks = (int) Math.ceilDiv(to, (long) blockBytes) - block;
      int run = map.runLength(block, blocks);
      long end = Math.min(to, (long) (block + run) * blockBytes);
      int volumeBlock = map.volumeBlock(block);
      if (volumeBlock >= 0) {
        volume.blocks().zero(deviceOffset(volumeBlock, at), end - at);
      }
      at = end;
    }
  }

  /**
   * What the file has between its size and the beginning of a write may hold what was there before
   * a truncation, or what a write left that a crash cut off: zeros.
   */
  private void zeroGap(InodeState state, long writeStart) throws IOException {
    long size = state.size();
    if (writeStart <= size) {
      return;
    }
    long gapEnd = Math.ceilDiv(writeStart, (long) SECTOR) * SECTOR;
    long firstWhole = Math.ceilDiv(size, (long) SECTOR) * SECTOR;
    if (size % SECTOR != 0 && state.map().volumeBlock((int) (size / blockBytes)) >= 0) {
      long sector = size / SECTOR * SECTOR;
      MemorySegment memory = volume.io().borrow(SECTOR);
      try {
        MemorySegment copy = memory.asSlice(0, SECTOR);
        transferAll(state.map(), false, sector, copy);
        copy.asSlice(size - sector).fill((byte) 0);
        transferAll(state.map(), true, sector, copy);
      } finally {
        volume.io().giveBack(memory);
      }
    }
    if (firstWhole < gapEnd) {
      zeroRange(state.map(), firstWhole, gapEnd);
    }
  }

  /**
   * Writes any range into mapped blocks; edges that share a sector are read, changed and written.
   */
  private void transferAny(ExtentMap map, InodeState state, long offset, MemorySegment source)
      throws IOException {
    long bytes = source.byteSize();
    if (aligned(offset, bytes) && usable(source)) {
      transferAll(map, true, offset, source);
      return;
    }
    long start = offset / SECTOR * SECTOR;
    long end = Math.ceilDiv(offset + bytes, (long) SECTOR) * SECTOR;
    MemorySegment memory = volume.io().borrow(end - start);
    try {
      MemorySegment copy = memory.asSlice(0, end - start);
      if (offset > start) {
        transferAll(map, false, start, copy.asSlice(0, SECTOR));
      }
      if (offset + bytes < end && (end - start > SECTOR || offset == start)) {
        transferAll(map, false, end - SECTOR, copy.asSlice(end - SECTOR - start, SECTOR));
      }
      MemorySegment.copy(source, 0, copy, offset - start, bytes);
      long live = Math.max(state.size(), offset + bytes);
      if (live < end) {
        copy.asSlice(live - start).fill((byte) 0);
      }
      transferAll(map, true, start, copy);
    } finally {
      volume.io().giveBack(memory);
    }
  }

  @Override
  public void writeAsync(long offset, MemorySegment source, IoCallback done) {
    startAsync(true, offset, source, done);
  }

  private void startAsync(boolean write, long offset, MemorySegment memory, IoCallback done) {
    try {
      checkRange(offset, memory.byteSize());
      if (write) {
        checkWritable();
      }
      InodeState state = state();
      if (!aligned(offset, memory.byteSize()) || !usable(memory) || memory.byteSize() == 0) {
        throw new PfsException(
            Errno.EINVAL, path + ": asynchronous transfers are of whole 4 KiB sectors");
      }
      long stamp = state.io().tryReadLock();
      if (stamp == 0) {
        // a truncation is under way; the caller may be the very thread that completes its I/O, so
        // it must not wait
        Thread.startVirtualThread(
            () -> transferHeld(state, state.io().readLock(), write, offset, memory, done));
      } else {
        transferHeld(state, stamp, write, offset, memory, done);
      }
    } catch (IOException e) {
      done.completed(e);
    }
  }

  private void transferHeld(
      InodeState state,
      long stamp,
      boolean write,
      long offset,
      MemorySegment memory,
      IoCallback done) {
    IoCallback release =
        error -> {
          if (write) {
            state.written(volume.nowMillis());
          }
          state.io().unlockRead(stamp);
          done.completed(error);
        };
    ExtentMap map = state.map();
    if (offset + memory.byteSize() > state.size()
        || (write && !missingBlocks(map, offset, memory.byteSize()).isEmpty())) {
      release.completed(
          new PfsException(
              Errno.EINVAL, path + ": offset " + offset + " is outside of what is allocated"));
      return;
    }
    transfer(map, write, offset, memory, release);
  }

  // --- space
  // ----------------------------------------------------------------------------------------

  @Override
  public void allocate(long offset, long length) throws IOException {
    allocate(offset, length, false);
  }

  @Override
  public void allocateKeepingSize(long offset, long length) throws IOException {
    allocate(offset, length, true);
  }

  private void allocate(long offset, long length, boolean keepSize) throws IOException {
    checkRange(offset, length);
    checkWritable();
    InodeState state = state();
    state.growth().lock();
    long stamp = state.io().readLock();
    List<Run> reserved = new ArrayList<>();
    boolean committed = false;
    try {
      long end = offset + length;
      ExtentMap map = mapped(state, offset, end, reserved);
      if (!reserved.stream().allMatch(Run::virgin)) {
        for (int[] added : missingBlocks(state.map(), offset, length)) {
          long start = (long) added[0] * blockBytes;
          zeroRange(map, start, start + (long) added[1] * blockBytes);
        }
      }
      long size = keepSize ? state.size() : Math.max(end, state.size());
      if (size > state.size()) {
        zeroGap(state, end);
      }
      if (size > state.size() || !reserved.isEmpty()) {
        volume.updateFile(state, map, size, List.of());
      }
      committed = true;
    } finally {
      if (!committed) {
        volume.blocks().releaseRuns(reserved);
      }
      state.io().unlockRead(stamp);
      state.growth().unlock();
    }
  }

  @Override
  public void punch(long offset, long length) throws IOException {
    checkRange(offset, length);
    checkWritable();
    InodeState state = state();
    state.growth().lock();
    long stamp = state.io().writeLock();
    try {
      long end = Math.min(offset + length, state.size());
      long lastWhole = (offset + length) / blockBytes;
      if (end == state.size()) {
        lastWhole = Math.max(lastWhole, Math.ceilDiv(end, (long) blockBytes));
      }
      int fromBlock = (int) Math.min(Integer.MAX_VALUE, Math.ceilDiv(offset, (long) blockBytes));
      int toBlock = (int) Math.min(Integer.MAX_VALUE, lastWhole);
      zeroPart(state, offset, Math.min(end, (long) fromBlock * blockBytes));
      zeroPart(state, Math.max(offset, (long) toBlock * blockBytes), end);
      if (fromBlock < toBlock && !state.map().between(fromBlock, toBlock).isEmpty()) {
        volume.punch(state, fromBlock, toBlock);
      } else {
        state.written(volume.nowMillis());
      }
    } finally {
      state.io().unlockWrite(stamp);
      state.growth().unlock();
    }
  }

  /** Zeros over a part of a block that the file has; alone in the file. */
  private void zeroPart(InodeState state, long from, long to) throws IOException {
    if (from < to && state.map().volumeBlock((int) (from / blockBytes)) >= 0) {
      transferAny(state.map(), state, from, MemorySegment.ofArray(new byte[(int) (to - from)]));
    }
  }

  @Override
  public void truncate(long size) throws IOException {
    checkRange(size, 0);
    checkWritable();
    InodeState state = state();
    state.growth().lock();
    long stamp = state.io().writeLock();
    try {
      if (size >= state.size()) {
        if (size > state.size()) {
          zeroGap(state, size);
          volume.updateFile(state, state.map(), size, List.of());
        }
        return;
      }
      int keep = (int) Math.ceilDiv(size, (long) blockBytes);
      volume.updateFile(state, state.map().cut(keep), size, state.map().tail(keep));
    } finally {
      state.io().unlockWrite(stamp);
      state.growth().unlock();
    }
  }

  /** Nothing is held back: data is durable when its write returns, and so is metadata. */
  @Override
  public void sync() throws IOException {
    state();
  }

  @Override
  public void close() throws IOException {
    if (open.compareAndSet(true, false)) {
      long stamp =
          inode.io().writeLock(); // waits for transfers of this file that are still on their way
      inode.io().unlockWrite(stamp);
      volume.closed(inode);
    }
  }

  // --- transfers
  // ------------------------------------------------------------------------------------

  private void transferAll(ExtentMap map, boolean write, long offset, MemorySegment memory)
      throws IOException {
    IoWait wait = new IoWait();
    transfer(map, write, offset, memory, wait);
    wait.await((write ? "write of " : "read of ") + path, offset);
  }

  /** Starts the device I/O for a range of whole sectors; holes read as zeros. */
  private void transfer(
      ExtentMap map, boolean write, long offset, MemorySegment memory, IoCallback done) {
    long bytes = memory.byteSize();
    int block = (int) (offset / blockBytes);
    int last = (int) ((offset + bytes - 1) / blockBytes);
    int volumeBlock = map.volumeBlock(block);
    if (volumeBlock >= 0 && map.runLength(block, last - block + 1) > last - block) {
      start(write, deviceOffset(volumeBlock, offset), memory, done);
      return;
    }
    transferRuns(map, write, offset, memory, done);
  }

  private void transferRuns(
      ExtentMap map, boolean write, long offset, MemorySegment memory, IoCallback done) {
    AtomicInteger left = new AtomicInteger(1);
    AtomicReference<IOException> failure = new AtomicReference<>();
    IoCallback each =
        error -> {
          if (error != null) {
            failure.compareAndSet(null, error);
          }
          if (left.decrementAndGet() == 0) {
            done.completed(failure.get());
          }
        };
    long at = offset;
    long end = offset + memory.byteSize();
    while (at < end) {
      int block = (int) (at / blockBytes);
      int blocks = (int) Math.ceilDiv(end, (long) blockBytes) - block;
      int run = map.runLength(block, blocks);
      long runEnd = Math.min(end, (long) (block + run) * blockBytes);
      MemorySegment piece = memory.asSlice(at - offset, runEnd - at);
      int volumeBlock = map.volumeBlock(block);
      if (volumeBlock >= 0) {
        left.incrementAndGet();
        start(write, deviceOffset(volumeBlock, at), piece, each);
      } else {
        piece.fill((byte) 0);
      }
      at = runEnd;
    }
    each.completed(null);
  }

  private void start(boolean write, long deviceOffset, MemorySegment memory, IoCallback done) {
    if (write) {
      volume.io().writeAsync(deviceOffset, memory, done);
    } else {
      volume.io().readAsync(deviceOffset, memory, done);
    }
  }

  private long deviceOffset(int volumeBlock, long fileOffset) {
    return volume.layout().offsetOfBlock(volumeBlock) + fileOffset % blockBytes;
  }

  private void checkRange(long offset, long length) throws PfsException {
    if (offset < 0 || length < 0 || offset > (1L << 46) - length) {
      throw new PfsException(Errno.EINVAL, path + ": offset " + offset + ", length " + length);
    }
  }

  private static boolean aligned(long offset, long bytes) {
    return ((offset | bytes) & (SECTOR - 1)) == 0;
  }

  private static boolean usable(MemorySegment memory) {
    return DeviceIo.sharable(memory) && (memory.address() & (SECTOR - 1)) == 0;
  }
}
