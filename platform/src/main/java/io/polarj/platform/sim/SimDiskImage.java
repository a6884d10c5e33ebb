package io.polarj.platform.sim;

import io.polarj.platform.random.RandomStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What lies on a simulated disk, across crashes: per 4 KiB sector the durable bytes and the writes
 * that no flush has covered yet, oldest first.
 */
public final class SimDiskImage {
  static final int SECTOR = 4096;
  private static final int TEAR_UNIT = 512;
  private static final byte[] ZEROS = new byte[SECTOR];

  private final long size;
  private final RandomStream random;
  private final Map<Long, byte[]> durable = new HashMap<>(); // never iterated
  private final TreeMap<Long, List<Version>> unsynced = new TreeMap<>();
  private long dropped;
  private long torn;
  private long strayed;
  private long ended;
  private long alarmAt = -1;
  private Runnable alarm = () -> {};

  /** One unsynced write of one sector; only a completed one is covered by a flush. */
  static final class Version {
    private final byte[] bytes;
    private boolean completed;

    private Version(byte[] bytes) {
      this.bytes = bytes;
    }

    void completed() {
      completed = true;
    }
  }

  public SimDiskImage(long size, RandomStream random) {
    if (size % SECTOR != 0) {
      throw new IllegalArgumentException("size " + size);
    }
    this.size = size;
    this.random = random;
  }

  public long size() {
    return size;
  }

  public long dropped() {
    return dropped;
  }

  public long torn() {
    return torn;
  }

  /** Writes that went nowhere or to the wrong place. */
  public long strays() {
    return strayed;
  }

  void strayed() {
    strayed++;
  }

  /** Requests that have ended well, in all lives of the disk. */
  public long requests() {
    return ended;
  }

  /** Runs the task right after that request's effect and before anybody hears of it. */
  public void alarm(long request, Runnable task) {
    alarmAt = request;
    alarm = task;
  }

  void ended() {
    ended++;
    if (ended == alarmAt) {
      alarm.run();
    }
  }

  /** What a read returns; not to be changed. */
  byte[] current(long sector) {
    List<Version> pending = unsynced.isEmpty() ? null : unsynced.get(sector);
    return pending != null ? pending.getLast().bytes : durable.getOrDefault(sector, ZEROS);
  }

  /** Adds an unsynced version. */
  Version write(long sector, byte[] bytes) {
    Version version = new Version(bytes);
    unsynced.computeIfAbsent(sector, s -> new ArrayList<>()).add(version);
    return version;
  }

  /** What a flush submitted now will make durable: the newest completed write of each sector. */
  Map<Long, Version> completed() {
    TreeMap<Long, Version> newest = new TreeMap<>();
    unsynced.forEach((sector, versions) -> {
      for (Version version : versions) {
        if (version.completed) {
          newest.put(sector, version);
        }
      }
    });
    return newest;
  }

  void sync(Map<Long, Version> covered) {
    covered.forEach((sector, version) -> {
      List<Version> pending = unsynced.get(sector);
      int at = pending == null ? -1 : pending.indexOf(version);
      if (at >= 0) {
        durable.put(sector, version.bytes);
        pending.subList(0, at + 1).clear();
        if (pending.isEmpty()) {
          unsynced.remove(sector);
        }
      }
    });
  }

  /** What a read would return, for checkers. */
  public byte[] peek(long offset, int length) {
    byte[] bytes = new byte[length];
    for (int at = 0; at < length; at += SECTOR) {
      System.arraycopy(current((offset + at) / SECTOR), 0, bytes, at, SECTOR);
    }
    return bytes;
  }

  /** Power is lost: every unsynced sector is, on its own, kept, dropped or torn. */
  public void crash() {
    for (Map.Entry<Long, List<Version>> entry : unsynced.entrySet()) {
      byte[] old = durable.getOrDefault(entry.getKey(), ZEROS);
      List<Version> versions = entry.getValue();
      byte[] newer = versions.get(random.nextInt(versions.size())).bytes;
      switch (random.nextInt(3)) {
        case 0 -> dropped++;
        case 1 -> durable.put(entry.getKey(), newer);
        default -> {
          durable.put(entry.getKey(), tear(old, newer));
          torn++;
        }
      }
    }
    unsynced.clear();
  }

  /**
   * The process is killed, the power stays on: completed writes are still there, though no flush
   * has covered them; of those under way each sector was written or not.
   */
  public void kill() {
    Iterator<List<Version>> sectors = unsynced.values().iterator();
    while (sectors.hasNext()) {
      List<Version> versions = sectors.next();
      versions.removeIf(version -> !version.completed && random.chance(0.5));
      versions.forEach(Version::completed);
      if (versions.isEmpty()) {
        sectors.remove();
      }
    }
  }

  /** Flips one bit of what lies there durably. */
  public void flipBit(long offset, int bit) {
    byte[] bytes = durable.getOrDefault(offset / SECTOR, ZEROS).clone();
    bytes[(int) (offset % SECTOR)] ^= (byte) (1 << bit);
    durable.put(offset / SECTOR, bytes);
  }

  private byte[] tear(byte[] old, byte[] newer) {
    byte[] mixed = old.clone();
    int cut = (1 + random.nextInt(SECTOR / TEAR_UNIT - 1)) * TEAR_UNIT;
    if (random.chance(0.5)) {
      System.arraycopy(newer, 0, mixed, 0, cut);
    } else {
      System.arraycopy(newer, cut, mixed, cut, SECTOR - cut);
    }
    return Arrays.equals(mixed, newer) ? old : mixed;
  }
}
