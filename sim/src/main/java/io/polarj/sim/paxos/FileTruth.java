package io.polarj.sim.paxos;

import io.polarj.sim.history.Violation;
import java.util.Arrays;
import java.util.TreeMap;

/**
 * What the files have to be: after every acknowledged operation exactly that; after one that was
 * cut short, the state before or after it, until the next owner of the volume looks.
 */
final class FileTruth {
  /** One operation of an owner. */
  static final class Change {
    private final TreeMap<String, long[]> before;
    private final TreeMap<String, long[]> after;
    private boolean resolved;
    private boolean happened;

    private Change(TreeMap<String, long[]> before, TreeMap<String, long[]> after) {
      this.before = before;
      this.after = after;
    }
  }

  private TreeMap<String, long[]> files = new TreeMap<>();
  private Change open;
  private Object owner;
  private int acknowledged;
  private int cutShort;

  int acknowledged() {
    return acknowledged;
  }

  int cutShort() {
    return cutShort;
  }

  /**
   * A host begins an operation that has this effect. Only the last one that was found to be the
   * owner may have it acknowledged.
   */
  Change begin(Object host, TreeMap<String, long[]> after) {
    Change change = new Change(files, after);
    if (host == owner) {
      open = change;
    } else {
      change.resolved = true;
    }
    return change;
  }

  /** It was acknowledged, perhaps after somebody else has taken over. */
  void acknowledge(Change change) {
    if (change.resolved) {
      if (!change.happened) {
        throw new Violation("F2 what was acknowledged is kept", "the next owner did not find it");
      }
      return;
    }
    if (change != open) {
      throw new Violation("F2", "a former owner's operation was acknowledged");
    }
    acknowledged++;
    files = change.after;
    open = null;
  }

  /** A new owner has mounted the volume and found this. */
  void found(TreeMap<String, long[]> state, Object host, String who) {
    owner = host;
    TreeMap<String, long[]> before = open == null ? files : open.before;
    TreeMap<String, long[]> after = open == null ? files : open.after;
    boolean names = state.keySet().equals(before.keySet());
    boolean namesAfter = state.keySet().equals(after.keySet());
    if (!names && !namesAfter) {
      throw new Violation(
          "F1 nothing is lost", who + " found " + state.keySet() + ", not " + after.keySet());
    }
    boolean happened = true;
    for (var file : state.entrySet()) {
      long[] old = before.get(file.getKey());
      long[] now = after.get(file.getKey());
      check(who + " found in " + file.getKey(), file.getValue(), old, now);
      happened &= Arrays.equals(file.getValue(), now);
    }
    if (open != null) {
      cutShort++;
      open.resolved = true;
      open.happened = happened && namesAfter;
      open = null;
    }
    files = state;
  }

  private static void check(String what, long[] found, long[] old, long[] now) {
    boolean grown = now != null && found.length == now.length;
    boolean kept = old != null && found.length == old.length;
    boolean sound = grown || kept;
    for (int i = 0; sound && i < found.length; i++) {
      boolean isOld = old != null && i < old.length && found[i] == old[i];
      boolean isNew = now != null && i < now.length && found[i] == now[i];
      sound = isOld || isNew;
    }
    if (!sound) {
      throw new Violation(
          "F1 F2 nothing is lost",
          what
              + " "
              + Arrays.toString(found)
              + ", neither "
              + Arrays.toString(old)
              + " nor "
              + Arrays.toString(now));
    }
  }
}
