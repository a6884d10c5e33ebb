package io.polarj.sim.history;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Decides whether the history of one block is that of an atomic register (Wing and Gong's search
 * with Lowe's memory of states). Values are unique, but for 0, which discarding leaves. A write
 * whose outcome is unknown may take effect once at any time after its call, or never; one of a
 * fenced epoch only before anything that was called after the fence.
 */
public final class RegisterChecker {
  private static final int STATE_LIMIT = 2_000_000;

  private final List<Operation> operations = new ArrayList<>();
  private final long fencedNanos;
  private final long fencedBelow;

  private record State(BitSet done, long value) {}

  public RegisterChecker(List<Operation> history, long fencedNanos, long fencedBelow) {
    this.fencedNanos = fencedNanos;
    this.fencedBelow = fencedBelow;
    TreeSet<Long> read = new TreeSet<>();
    history.stream().filter(op -> !op.write && op.known()).forEach(op -> read.add(op.value));
    for (Operation op : history) {
      // An unknown read says nothing; an unknown write that nobody read need not have happened.
      if (op.known() || op.write && read.contains(op.value)) {
        operations.add(op);
      }
    }
    operations.sort(Comparator.comparingLong(op -> op.invokedNanos));
  }

  /** Null when linearizable, else what is wrong. */
  public String verdict() {
    Set<State> visited = new HashSet<>();
    ArrayDeque<State> open = new ArrayDeque<>();
    open.push(new State(new BitSet(), 0));
    int best = 0;
    BitSet furthest = new BitSet();
    while (!open.isEmpty()) {
      State state = open.pop();
      if (!visited.add(state)) {
        continue;
      }
      if (visited.size() > STATE_LIMIT) {
        return "undecided after " + STATE_LIMIT + " states";
      }
      if (state.done.cardinality() > best) {
        best = state.done.cardinality();
        furthest = state.done;
      }
      if (expand(state, open)) {
        return null;
      }
    }
    return "not linearizable; explained " + best + ", stuck at " + stuck(furthest);
  }

  /** Pushes what may come next; true when nothing that must come is left. */
  private boolean expand(State state, ArrayDeque<State> open) {
    int first = state.done.nextClearBit(0);
    int length = state.done.length();
    long newestCalled = length == 0 ? 0 : operations.get(length - 1).invokedNanos;
    long limit = Operation.NEVER;
    boolean complete = true;
    int end = first; // nothing from there on was called before something open returned
    while (end < operations.size() && operations.get(end).invokedNanos <= limit) {
      Operation op = operations.get(end);
      if (op.known() && !state.done.get(end)) {
        limit = Math.min(limit, op.returnedNanos);
        complete = false;
      }
      end++;
    }
    if (complete) {
      return true;
    }
    for (int i = first; i < end; i++) {
      Operation op = operations.get(i);
      if (state.done.get(i) || op.invokedNanos > limit) {
        continue;
      }
      if (!op.write && op.value == state.value) {
        open.push(next(state, i, op.value));
        boolean mayWait = op.value == 0 && op.invokedNanos > fencedNanos;
        if (!mayWait) {
          return false; // reading what is there closes no other way
        }
        // Zeros may come again, and this read says that the fenced writes are over.
      }
    }
    for (int i = end - 1; i >= first; i--) {
      Operation op = operations.get(i);
      boolean late = !op.known() && op.epoch < fencedBelow && newestCalled > fencedNanos;
      if (op.write && !state.done.get(i) && op.invokedNanos <= limit && !late) {
        open.push(next(state, i, op.value));
      }
    }
    return false;
  }

  private static State next(State state, int index, long value) {
    BitSet done = (BitSet) state.done.clone();
    done.set(index);
    return new State(done, value);
  }

  private String stuck(BitSet furthest) {
    StringBuilder text = new StringBuilder();
    for (int i = 0, shown = 0; i < operations.size() && shown < 6; i++) {
      if (!furthest.get(i)) {
        text.append(text.isEmpty() ? "" : "; ").append(operations.get(i));
        shown++;
      }
    }
    return text.toString();
  }
}
