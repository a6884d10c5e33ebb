package io.polarj.pfs.volume.lock;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The paxos file: {@link #BYTES} bytes at {@link #OFFSET}, two sectors for each of {@link #SLOTS}
 * hosts, written in turn.
 */
public final class LockArea {
  static final int SECTOR = 4096;
  public static final int SLOTS = 32;
  public static final long OFFSET = 4L * SECTOR;
  public static final int BYTES = SLOTS * 2 * SECTOR;

  private LockArea() {}

  /** Where that generation of a slot's block stands. */
  static long offsetOf(int slot, long generation) {
    return OFFSET + ((slot - 1) * 2L + (generation & 1)) * SECTOR;
  }

  /** Where a slot's two sectors begin. */
  public static long offsetOfSlot(int slot) {
    return offsetOf(slot, 0);
  }

  /** Slots whose sectors both hold something, and neither of them a sound block of the volume. */
  public static List<Integer> damagedSlots(byte[] area, long volumeId) {
    List<Integer> slots = new ArrayList<>();
    byte[] zeros = new byte[2 * SECTOR];
    List<LockBlock> blocks = decode(area, volumeId);
    for (int slot = 1; slot <= SLOTS; slot++) {
      int at = (int) (offsetOfSlot(slot) - OFFSET);
      byte[] both = Arrays.copyOfRange(area, at, at + 2 * SECTOR);
      if (blocks.get(slot - 1).generation() == 0 && !Arrays.equals(both, zeros)) {
        slots.add(slot);
      }
    }
    return slots;
  }

  /** The newest sound block of each slot, the first slot first; unused where there is none. */
  static List<LockBlock> decode(byte[] area, long volumeId) {
    List<LockBlock> blocks = new ArrayList<>(SLOTS);
    for (int slot = 1; slot <= SLOTS; slot++) {
      LockBlock newest = LockBlock.unused(slot);
      for (int turn = 0; turn < 2; turn++) {
        long offset = offsetOf(slot, turn);
        int at = (int) (offset - OFFSET);
        LockBlock block =
            LockBlock.decode(Arrays.copyOfRange(area, at, at + SECTOR), volumeId, offset);
        if (block != null && block.generation() > newest.generation()) {
          newest = block;
        }
      }
      blocks.add(newest);
    }
    return blocks;
  }
}
