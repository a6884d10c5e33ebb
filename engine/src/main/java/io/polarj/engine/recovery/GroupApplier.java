package io.polarj.engine.recovery;

import io.polarj.engine.buffer.BufferPool;
import io.polarj.engine.buffer.Frame;
import io.polarj.engine.buffer.PendingRedo;
import io.polarj.engine.buffer.PendingRedo.Change;
import io.polarj.engine.mtr.TreeLatches;
import io.polarj.engine.redo.RedoGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.locks.StampedLock;

/**
 * Applies groups on a replica, in LSN order, one thread. A group's changes become pending first, so
 * that a page read from now on gets them; then its cached pages are latched exclusively together
 * and changed; then listeners are told its logical records. A structure change runs under its
 * tree's latch, exclusively (R4). While it holds a page latch the applier never waits for another:
 * readers take them in the order of their trees, and the applier in the order of the group.
 */
public final class GroupApplier {
  private final BufferPool pool;
  private final PendingRedo pending;
  private final TreeLatches treeLatches;
  private final LogicalListener listener;

  // Of the group at hand.
  private final List<Long> pageIds = new ArrayList<>();
  private final List<Change> changes = new ArrayList<>();
  private final List<Frame> frames = new ArrayList<>();
  private final List<Change> frameChanges = new ArrayList<>();
  private final TreeSet<Long> trees = new TreeSet<>();
  private final List<Integer> logicalTypes = new ArrayList<>();
  private final List<byte[]> logicalPayloads = new ArrayList<>();

  public GroupApplier(
      BufferPool pool, PendingRedo pending, TreeLatches treeLatches, LogicalListener listener) {
    this.pool = pool;
    this.pending = pending;
    this.treeLatches = treeLatches;
    this.listener = listener;
  }

  public void apply(RedoGroup group) {
    parse(group);
    List<StampedLock> held = new ArrayList<>(trees.size());
    long[] stamps = new long[trees.size()];
    for (long tree : trees) {
      StampedLock latch = treeLatches.of(tree);
      stamps[held.size()] = latch.writeLock();
      held.add(latch);
    }
    try {
      for (int i = 0; i < pageIds.size(); i++) {
        pending.add(pageIds.get(i), changes.get(i));
      }
      applyToCached();
    } finally {
      for (int i = 0; i < stamps.length; i++) {
        held.get(i).unlockWrite(stamps[i]);
      }
    }
    for (int i = 0; i < logicalTypes.size(); i++) {
      listener.logical(
          group.startLsn(), group.endLsn(), logicalTypes.get(i), logicalPayloads.get(i));
    }
  }

  private void parse(RedoGroup group) {
    pageIds.clear();
    changes.clear();
    trees.clear();
    logicalTypes.clear();
    logicalPayloads.clear();
    group.visit(
        new RedoGroup.Visitor() {
          @Override
          public void page(long pageId, byte[] bytes, int offset, int length) {
            pageIds.add(pageId);
            changes.add(new Change(group.startLsn(), group.endLsn(), bytes, offset, length));
          }

          @Override
          public void logical(int type, byte[] payload) {
            logicalTypes.add(type);
            logicalPayloads.add(payload);
          }

          @Override
          public void structureChange(long indexId) {
            trees.add(indexId);
          }
        });
  }

  private void applyToCached() {
    frames.clear();
    frameChanges.clear();
    for (int i = 0; i < pageIds.size(); i++) {
      Frame frame = pool.fixIfCached(pageIds.get(i));
      if (frame != null) {
        frames.add(frame);
        frameChanges.add(changes.get(i));
      }
    }
    long[] stamps = latchAll();
    try {
      for (int i = 0; i < frames.size(); i++) {
        pool.applyTo(frames.get(i), frameChanges.get(i));
      }
    } finally {
      for (int i = 0; i < stamps.length; i++) {
        frames.get(i).latch().unlockWrite(stamps[i]);
        pool.unfix(frames.get(i));
      }
    }
  }

  private long[] latchAll() {
    long[] stamps = new long[frames.size()];
    int waitFor = 0;
    while (true) {
      int taken = 0;
      int failed = -1;
      if (!frames.isEmpty()) {
        stamps[waitFor] = frames.get(waitFor).latch().writeLock();
      }
      for (int i = 0; i < stamps.length && failed < 0; i++) {
        if (i != waitFor) {
          stamps[i] = frames.get(i).latch().tryWriteLock();
          if (stamps[i] == 0) {
            failed = i;
          }
        }
        taken = i;
      }
      if (failed < 0) {
        return stamps;
      }
      for (int i = 0; i < taken; i++) {
        if (i != waitFor) {
          frames.get(i).latch().unlockWrite(stamps[i]);
        }
      }
      frames.get(waitFor).latch().unlockWrite(stamps[waitFor]);
      waitFor = failed;
    }
  }
}
