package io.polarj.storage.block;

import io.polarj.storage.raft.ChunkStore;
import io.polarj.storage.raft.Era;
import io.polarj.storage.raft.SnapshotSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntPredicate;

/**
 * Which block of the disk is which block of one chunk, in which eras. A version lives from its
 * birth to the era in which another one took its place; snapshot s shows the version that lives in
 * era s, and the present is the version without an end.
 *
 * <p>INV-VER-1: the versions of a block do not live at the same time. INV-VER-2: a version that a
 * live snapshot shows is not written, and not given back. INV-VER-3: what an entry of an era writes
 * goes to the version of that era, be it the present one or not; so applying a log again over a
 * newer block table changes no later version and no earlier one. One loop only.
 */
final class VersionMap {
  static final int PRESENT = ChunkStore.PRESENT;

  private static final int SWEEP_STEP = 256;

  private final BlockTable table;
  private final int[] present;
  private final TreeMap<Integer, List<Integer>> ended = new TreeMap<>();
  private final TreeMap<Integer, Integer> pins = new TreeMap<>();
  private final boolean careless;
  private SnapshotSet snapshots = SnapshotSet.NONE;
  private int count;

  /**
   * @param careless plants SKIP_COPY_ON_WRITE
   */
  VersionMap(BlockTable table, int blocks, boolean careless) {
    this.table = table;
    this.present = new int[blocks];
    this.careless = careless;
    Arrays.fill(present, -1);
  }

  int blockCount() {
    return present.length;
  }

  /** Versions of all blocks. */
  int count() {
    return count;
  }

  SnapshotSet snapshots() {
    return snapshots;
  }

  void snapshots(SnapshotSet newer) {
    snapshots = newer;
  }

  /** A clone needs the snapshot, whoever deletes it. */
  void pin(int snapshot) {
    pins.merge(snapshot, 1, Integer::sum);
  }

  void unpin(int snapshot) {
    pins.merge(snapshot, -1, (had, less) -> had + less == 0 ? null : had + less);
  }

  /** Whether the snapshot can be read here. */
  boolean shows(int snapshot) {
    return snapshots.has(snapshot) || snapshot <= snapshots.newest() && pins.containsKey(snapshot);
  }

  /** The version of the block in that era, or -1. */
  int at(int logical, int era) {
    int block = present[logical];
    if (block >= 0 && table.covers(block, era)) {
      return block;
    }
    for (int old : ended.getOrDefault(logical, List.of())) {
      if (table.covers(old, era)) {
        return old;
      }
    }
    return -1;
  }

  /** Whether there is a version that was born after that era. */
  boolean later(int logical, int era) {
    if (present[logical] >= 0 && table.birth(present[logical]) > era) {
      return true;
    }
    for (int old : ended.getOrDefault(logical, List.of())) {
      if (table.birth(old) > era) {
        return true;
      }
    }
    return false;
  }

  /** Whether a write of that era must leave the version, which lives in it, to a snapshot. */
  boolean splits(int block, Era era) {
    int birth = table.birth(block);
    return !careless
        && birth < era.number()
        && (era.keep() >= birth
            || snapshots.anyIn(birth, era.number())
            || !pins.subMap(birth, era.number()).isEmpty());
  }

  /** Every version of a block, the present one last. */
  List<Integer> versions(int logical) {
    List<Integer> all = new ArrayList<>(ended.getOrDefault(logical, List.of()));
    if (present[logical] >= 0) {
      all.add(present[logical]);
    }
    return all;
  }

  /** The next block with a version, at or after that one, or -1. */
  int next(int logical) {
    Integer old = ended.ceilingKey(logical);
    int end = old == null ? present.length : old;
    for (int block = logical; block < end; block++) {
      if (present[block] >= 0) {
        return block;
      }
    }
    return old == null ? -1 : old;
  }

  /** A snapshot that shows the version; 0 when it is the present one, -1 when nobody sees it. */
  int seenBy(int block) {
    if (present[table.logical(block)] == block) {
      return 0;
    }
    if (!ended.getOrDefault(table.logical(block), List.of()).contains(block)) {
      return -1;
    }
    int one = snapshots.oneIn(table.birth(block), table.until(block));
    Integer pin = pins.ceilingKey(table.birth(block));
    if (one == 0 && pin != null && pin < table.until(block)) {
      return pin;
    }
    return one == 0 ? -1 : one;
  }

  /** Takes in a block found in the table at start; false when it can not be one of these. */
  boolean adopt(int block) {
    int logical = table.logical(block);
    if (logical < 0 || logical >= present.length) {
      return false;
    }
    for (int other : versions(logical)) {
      int later = table.birth(other) < table.birth(block) ? block : other;
      int earlier = later == block ? other : block;
      if (table.until(earlier) == BlockTable.OPEN || table.until(earlier) > table.birth(later)) {
        return false;
      }
    }
    add(block);
    return true;
  }

  /** Puts a version, whose eras the table knows, in its place. */
  void add(int block) {
    int logical = table.logical(block);
    count++;
    if (table.until(block) == BlockTable.OPEN) {
      present[logical] = block;
      return;
    }
    List<Integer> versions = ended.computeIfAbsent(logical, at -> new ArrayList<>(1));
    versions.add(block);
    versions.sort((a, b) -> Integer.compare(table.birth(a), table.birth(b)));
  }

  /** The version lives no more from that era on. */
  void end(int block, int era) {
    remove(block);
    table.lives(block, table.birth(block), era);
    add(block);
  }

  /** Puts a fresh block in the place of one, or of none (-1), from that era on. */
  void replace(int old, int fresh, int era) {
    int until = old < 0 ? BlockTable.OPEN : table.until(old);
    if (old >= 0) {
      end(old, era);
    }
    table.lives(fresh, era, until);
    add(fresh);
  }

  void remove(int block) {
    int logical = table.logical(block);
    count--;
    if (present[logical] == block) {
      present[logical] = -1;
      return;
    }
    List<Integer> versions = ended.get(logical);
    versions.remove(Integer.valueOf(block));
    if (versions.isEmpty()) {
      ended.remove(logical);
    }
  }

  void clear() {
    Arrays.fill(present, -1);
    ended.clear();
    count = 0;
  }

  /**
   * Takes out versions that nobody will see any more, of a few blocks from that one on.
   *
   * @param busy blocks to be passed over
   * @return where to go on, or -1 at the end
   */
  int sweep(int from, IntPredicate busy, List<Integer> found) {
    int at = from;
    for (int step = 0; step < SWEEP_STEP; step++) {
      Map.Entry<Integer, List<Integer>> next = ended.ceilingEntry(at);
      if (next == null) {
        return -1;
      }
      if (!busy.test(next.getKey())) {
        for (int block : List.copyOf(next.getValue())) {
          if (unseen(block)) {
            remove(block);
            found.add(block);
          }
        }
      }
      at = next.getKey() + 1;
    }
    return at;
  }

  /** Snapshots above the newest known one may still be found in the log, or come with a copy. */
  private boolean unseen(int block) {
    int birth = table.birth(block);
    int until = table.until(block);
    return until - 1 <= snapshots.newest()
        && !snapshots.anyIn(birth, until)
        && pins.subMap(birth, until).isEmpty();
  }
}
