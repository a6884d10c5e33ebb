package io.polarj.sim.paxos;

import io.polarj.platform.random.RandomStream;
import io.polarj.platform.sim.SimLoop;
import io.polarj.platform.sim.SimScheduler;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.TreeMap;

/**
 * What all hosts share: the volume's sectors and its newest epoch. Like the chunks of a volume it
 * refuses writes under an older epoch, at the moment they would take effect, and like PolarCtrl it
 * grants an epoch after the one that the asker names.
 */
final class SharedVolume {
  static final int SECTOR = 4096;
  private static final int TEAR_UNIT = 512;
  private static final long HEAD_BYTES = 1 << 20;

  private final long size;
  private final RandomStream random;
  private final SimLoop loop;
  private final TreeMap<Long, byte[]> sectors = new TreeMap<>();
  private final boolean acceptsOldEpochs;
  private long newestEpoch = 1;
  private int torn;
  private int refused;

  SharedVolume(long size, SimScheduler scheduler, RandomStream random, boolean acceptsOldEpochs) {
    this.size = size;
    this.random = random;
    this.loop = scheduler.newLoop("volume", 0);
    this.acceptsOldEpochs = acceptsOldEpochs;
  }

  long size() {
    return size;
  }

  long newestEpoch() {
    return newestEpoch;
  }

  int torn() {
    return torn;
  }

  int refused() {
    return refused;
  }

  /** Runs something at the volume, whatever becomes of the host that asked for it. */
  void later(long nanos, Runnable effect) {
    loop.schedule(nanos, effect);
  }

  /** The epoch after {@code from}, or 0 when that is not the newest. */
  long grant(long from) {
    return from == newestEpoch ? ++newestEpoch : 0;
  }

  void read(long offset, MemorySegment target) {
    for (long at = 0; at < target.byteSize(); at += SECTOR) {
      byte[] bytes = sectors.getOrDefault((offset + at) / SECTOR, new byte[SECTOR]);
      MemorySegment.copy(bytes, 0, target, ValueLayout.JAVA_BYTE, at, SECTOR);
    }
  }

  /** False when the epoch is an old one. */
  boolean write(long epoch, long offset, byte[] bytes) {
    if (epoch < newestEpoch && !acceptsOldEpochs) {
      refused++;
      return false;
    }
    for (int at = 0; at < bytes.length; at += SECTOR) {
      sectors.put((offset + at) / SECTOR, Arrays.copyOfRange(bytes, at, at + SECTOR));
    }
    return true;
  }

  /**
   * The write of a host that died while it was under way: some sectors of it. In front, where
   * superblock, anchor and paxos file stand, a sector is torn too, although chunks never do that.
   */
  void writeInPart(long epoch, long offset, byte[] bytes) {
    int whole = random.nextInt(bytes.length / SECTOR + 1);
    if (whole > 0 && !write(epoch, offset, Arrays.copyOf(bytes, whole * SECTOR))) {
      return;
    }
    boolean inFront = offset < HEAD_BYTES && whole * SECTOR < bytes.length;
    if (inFront && (epoch == newestEpoch || acceptsOldEpochs)) {
      long at = offset / SECTOR + whole;
      byte[] mixed = sectors.getOrDefault(at, new byte[SECTOR]).clone();
      int cut = (1 + random.nextInt(SECTOR / TEAR_UNIT - 1)) * TEAR_UNIT;
      int from = random.chance(0.5) ? 0 : cut;
      int to = from == 0 ? cut : SECTOR;
      System.arraycopy(bytes, whole * SECTOR + from, mixed, from, to - from);
      sectors.put(at, mixed);
    }
    torn++;
  }
}
