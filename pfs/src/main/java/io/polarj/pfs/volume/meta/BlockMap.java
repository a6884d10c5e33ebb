package io.polarj.pfs.volume.meta;

import java.util.BitSet;

/**
 * Which data blocks are taken; kept in memory and rebuilt from the extents at mount. Next-fit, so
 * that files grow in long runs. Guarded by the namespace's lock.
 */
public final class BlockMap {
  private final BitSet taken;
  private int blocks;
  private int free;
  private int next;
  private int virgin;
  private int limit;

  /**
   * {@code virgin}: no block from there on was ever used, and the anchor says so. Blocks count as
   * virgin only below the limit that {@link #virginLimit} set after the anchor was moved there, so
   * that a crash never makes a used block virgin.
   */
  public BlockMap(int blocks, int virgin) {
    this.limit = virgin;
    this.blocks = blocks;
    this.taken = new BitSet(blocks);
    this.free = blocks;
    this.virgin = virgin;
    this.next = 0;
  }

  /** A run of blocks; {@code virgin}: all of it reads as zeros without being written. */
  public record Run(int block, int count, boolean virgin) {}

  public int blocks() {
    return blocks;
  }

  /** The volume has that many blocks now. */
  public void grow(int count) {
    if (count > blocks) {
      free += count - blocks;
      blocks = count;
    }
  }

  public int free() {
    return free;
  }

  public int virgin() {
    return virgin;
  }

  /** The anchor has been moved to this block: those below may be used from now on. */
  public void virginLimit(int block) {
    limit = block;
  }

  public int virginLimit() {
    return limit;
  }

  /** Marks blocks that extents name. False when one is taken already or outside of the volume. */
  public boolean take(int block, int count) {
    if (block < 0 || count > blocks - block) {
      return false;
    }
    int used = taken.nextSetBit(block);
    if (used >= 0 && used < block + count) {
      return false;
    }
    taken.set(block, block + count);
    free -= count;
    virgin = Math.max(virgin, block + count);
    return true;
  }

  /**
   * Takes up to {@code wanted} blocks that lie together; null when none is left. Never mixes used
   * and virgin blocks.
   */
  public Run allocate(int wanted) {
    if (free == 0) {
      return null;
    }
    int start = taken.nextClearBit(next);
    if (start >= blocks) {
      start = taken.nextClearBit(0);
    }
    int used = taken.nextSetBit(start);
    int end = used < 0 ? blocks : Math.min(used, blocks);
    boolean fresh = start >= virgin;
    end = Math.min(end, fresh ? Math.max(limit, start + 1) : virgin);
    int count = Math.min(wanted, end - start);
    fresh &= start + count <= limit;
    taken.set(start, start + count);
    free -= count;
    next = start + count;
    virgin = Math.max(virgin, start + count);
    return new Run(start, count, fresh);
  }

  public void release(int block, int count) {
    int clear = taken.nextClearBit(block);
    if (clear < block + count) {
      throw new IllegalStateException("block " + clear + " is freed twice");
    }
    taken.clear(block, block + count);
    free += count;
    next = Math.min(next, block);
  }
}
