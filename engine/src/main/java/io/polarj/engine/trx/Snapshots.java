package io.polarj.engine.trx;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongSupplier;

/**
 * The snapshots that are open. A snapshot is an LSN; whoever opens one holds a slot that keeps
 * purge from going past it. Opening: the slot says OPENING, the current LSN is read, the slot gets
 * it. {@link #oldest} reads the current LSN first and waits for slots that are OPENING, so a
 * snapshot it did not see yet can only be newer than what it returns. Any thread.
 */
public final class Snapshots {
  private static final long FREE = Long.MAX_VALUE;
  private static final long OPENING = Long.MIN_VALUE;
  private static final int SPREAD = 8;

  private final LongSupplier current;
  private volatile AtomicLongArray[] blocks = {newBlock()};
  private int[] free = new int[64];
  private int freeCount;

  /** {@code current}: the LSN of a snapshot taken now. */
  public Snapshots(LongSupplier current) {
    this.current = current;
    for (int i = 0; i < 64; i++) {
      free[freeCount++] = 63 - i;
    }
  }

  private static AtomicLongArray newBlock() {
    AtomicLongArray block = new AtomicLongArray(64 * SPREAD);
    for (int i = 0; i < 64; i++) {
      block.set(i * SPREAD, FREE);
    }
    return block;
  }

  /** Takes a slot, without a snapshot in it yet. */
  public synchronized int acquireSlot() {
    if (freeCount == 0) {
      AtomicLongArray[] grown = Arrays.copyOf(blocks, blocks.length + 1);
      grown[blocks.length] = newBlock();
      free = new int[grown.length * 64];
      for (int i = 63; i >= 0; i--) {
        free[freeCount++] = blocks.length * 64 + i;
      }
      blocks = grown;
    }
    return free[--freeCount];
  }

  public void releaseSlot(int slot) {
    close(slot);
    synchronized (this) {
      free[freeCount++] = slot;
    }
  }

  /** Opens a snapshot at the current LSN in the slot, in place of what it held. */
  public long open(int slot) {
    AtomicLongArray block = blocks[slot >>> 6];
    int at = (slot & 63) * SPREAD;
    block.set(at, OPENING);
    long lsn = current.getAsLong();
    block.set(at, lsn);
    return lsn;
  }

  public void close(int slot) {
    blocks[slot >>> 6].set((slot & 63) * SPREAD, FREE);
  }

  /** No snapshot that is open or will be opened is older than this. */
  public long oldest() {
    long oldest = current.getAsLong();
    for (AtomicLongArray block : blocks) {
      for (int i = 0; i < 64; i++) {
        long lsn = block.get(i * SPREAD);
        while (lsn == OPENING) {
          Thread.onSpinWait();
          lsn = block.get(i * SPREAD);
        }
        oldest = Math.min(oldest, lsn);
      }
    }
    return oldest;
  }
}
