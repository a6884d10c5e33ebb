package io.polarj.sim.cluster;

import io.polarj.sim.history.Operation;
import io.polarj.sim.history.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * Whether what a snapshot shows is a cut through the history of writes that a power cut could have
 * left: if a write is in it, so is every write that was acknowledged before that one was issued by
 * the same writer or a later one. Besides, what was acknowledged before the snapshot was asked for
 * is in it, and nothing that was issued after it was ready.
 *
 * <p>That a write is not in it is known for certain only when the sector shows one that had ended
 * before the write began; writes of one sector at the same time may have taken effect in any order.
 */
final class SnapshotJudge {
  private final TreeMap<Integer, List<Operation>> writes = new TreeMap<>();

  SnapshotJudge(List<Operation> history) {
    for (Operation operation : history) {
      if (operation.write) {
        writes.computeIfAbsent(operation.block, sector -> new ArrayList<>()).add(operation);
      }
    }
  }

  void judge(SnapshotDriver.Cut cut) {
    List<Operation> in = new ArrayList<>();
    for (int sector = 0; sector < cut.values.length; sector++) {
      Operation shown = find(sector, cut.values[sector]);
      if (cut.values[sector] != 0 && shown == null) {
        throw broken(cut, "sector " + sector + " shows what nobody wrote");
      }
      if (shown != null && shown.invokedNanos > cut.readyNanos) {
        throw broken(cut, "it shows " + shown + ", issued after it was ready");
      }
      if (shown != null) {
        in.add(shown);
      }
    }
    for (int sector = 0; sector < cut.values.length; sector++) {
      Operation shown = find(sector, cut.values[sector]);
      for (Operation write : writes.getOrDefault(sector, List.of())) {
        if (write.known() && isLater(write, shown)) {
          judgeAbsent(cut, write, in);
        }
      }
    }
  }

  /** A write that is certainly not in the snapshot. */
  private static void judgeAbsent(SnapshotDriver.Cut cut, Operation absent, List<Operation> in) {
    if (absent.returnedNanos < cut.askedNanos) {
      throw broken(
          cut,
          "it lacks "
              + absent
              + " of sector "
              + absent.block
              + ", acknowledged before it was asked for at "
              + cut.askedNanos / 1000);
    }
    for (Operation present : in) {
      boolean knew = writer(present) == writer(absent) || present.epoch > absent.epoch;
      if (knew && absent.returnedNanos < present.invokedNanos) {
        throw broken(
            cut,
            "it shows %s of sector %d and lacks %s of sector %d, acknowledged before that was issued"
                .formatted(present, present.block, absent, absent.block));
      }
    }
  }

  private static boolean isLater(Operation write, Operation shown) {
    return shown == null || shown.returnedNanos < write.invokedNanos;
  }

  private Operation find(int sector, long value) {
    for (Operation write : writes.getOrDefault(sector, List.of())) {
      if (write.value == value) {
        return write;
      }
    }
    return null;
  }

  private static long writer(Operation write) {
    return write.value >>> 32;
  }

  private static Violation broken(SnapshotDriver.Cut cut, String how) {
    return new Violation("a snapshot is a consistent cut", "snapshot " + cut.number + ": " + how);
  }
}
