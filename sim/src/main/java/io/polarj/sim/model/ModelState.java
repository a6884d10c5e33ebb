package io.polarj.sim.model;

import java.util.ArrayList;
import java.util.List;

/** Three replica words at work, and names for what they say. Mutable; not shared. */
final class ModelState {
  static final int REPLICAS = 3;
  private static final String[] ROLES = {"", "elected", "merged", "barrier", "LEADER"};
  private static final String[] KINDS = {"-", "noop", "x", "y"};

  final long[] words = new long[REPLICAS];

  /**
   * @param led whether the first replica leads a term 0 that all take part in; else the replicas
   *     know nothing
   */
  static ModelState initial(boolean led) {
    ModelState state = new ModelState();
    java.util.Arrays.fill(state.words, ReplicaWord.INITIAL);
    if (led) {
      state.words[0] = ReplicaWord.withRole(ReplicaWord.INITIAL, ReplicaWord.LEADER);
    }
    return state;
  }

  void set(ModelState other) {
    System.arraycopy(other.words, 0, words, 0, REPLICAS);
  }

  boolean matches(ModelState other) {
    return java.util.Arrays.equals(words, other.words);
  }

  /** The mask by which a replica names another. */
  static int mask(int from, int to) {
    return (to - from + REPLICAS) % REPLICAS;
  }

  static int other(int from, int mask) {
    return (from + mask) % REPLICAS;
  }

  long slot(int replica, int index) {
    return ReplicaWord.slot(words[replica], index);
  }

  void setSlot(int replica, int index, long slot) {
    words[replica] = ReplicaWord.withSlot(words[replica], index, slot);
  }

  /**
   * Replaces this by the least of the twelve states that differ from it only in the names of the
   * replicas and of the addresses.
   */
  void canonicalize() {
    long a = words[0];
    long b = words[1];
    long c = words[2];
    rotateLeast(a, b, c, true);
    rotateLeast(ReplicaWord.mirrored(a), ReplicaWord.mirrored(c), ReplicaWord.mirrored(b), false);
    a = ReplicaWord.addressesSwapped(a);
    b = ReplicaWord.addressesSwapped(b);
    c = ReplicaWord.addressesSwapped(c);
    rotateLeast(a, b, c, false);
    rotateLeast(ReplicaWord.mirrored(a), ReplicaWord.mirrored(c), ReplicaWord.mirrored(b), false);
  }

  private void rotateLeast(long a, long b, long c, boolean first) {
    offer(a, b, c, first);
    offer(b, c, a, false);
    offer(c, a, b, false);
  }

  private void offer(long a, long b, long c, boolean first) {
    boolean less = a != words[0] ? a < words[0] : b != words[1] ? b < words[1] : c < words[2];
    if (first || less) {
      words[0] = a;
      words[1] = b;
      words[2] = c;
    }
  }

  @Override
  public String toString() {
    List<String> parts = new ArrayList<>();
    for (int r = 0; r < REPLICAS; r++) {
      long word = words[r];
      StringBuilder text = new StringBuilder();
      text.append(name(r)).append("{t").append(ReplicaWord.term(word));
      text.append(' ').append(ROLES[ReplicaWord.role(word)]);
      if (ReplicaWord.sync(word) > 0) {
        text.append(" barrier ").append(ReplicaWord.sync(word));
        text.append('@').append(ReplicaWord.start(word));
      }
      for (int index = 1; index <= ModelRules.INDICES; index++) {
        text.append(' ').append(index).append('=').append(describe(slot(r, index)));
      }
      parts.add(text.append('}').toString());
    }
    return String.join(" ", parts);
  }

  static char name(int replica) {
    return (char) ('A' + replica);
  }

  static String describe(long slot) {
    if (ReplicaWord.kind(slot) == ReplicaWord.NONE) {
      return "-";
    }
    return KINDS[ReplicaWord.kind(slot)]
        + "/t"
        + ReplicaWord.origin(slot)
        + (ReplicaWord.applied(slot) ? " applied" : ReplicaWord.decided(slot) ? " decided" : "");
  }
}
