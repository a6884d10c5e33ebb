package io.polarj.engine.btree;

import io.polarj.engine.btree.TreeSearch.Step;
import io.polarj.engine.error.EngineException;
import io.polarj.engine.mtr.Latch;
import io.polarj.engine.mtr.Mtr;
import io.polarj.engine.mtr.PageRef;
import java.util.Arrays;
import java.util.List;

/**
 * One conditional change of one key. First tried with the leaf alone latched; when the leaf has no
 * room, again under the exclusive tree latch with the whole path. A long value is written to its
 * chain between two tries, when no latch is held, and used when the next try wants the same value.
 * One thread, one use.
 */
final class TreeWrite {
  private enum Result {
    DONE,
    NO_ROOM,
    CHAIN_WANTED
  }

  private final TreeContext tree;
  private final TreeSearch search;
  private final OverflowChain chains;
  private final byte[] key;
  private final Modifier modifier;

  /** The chain written for {@link #chainedValue}, until a record refers to it. */
  private byte[] chain;

  private byte[] chainedValue;
  private byte[] replacedChain;
  private boolean merge;
  private boolean changed;
  private long commitLsn;

  TreeWrite(TreeContext tree, TreeSearch search, byte[] key, Modifier modifier) {
    this.tree = tree;
    this.search = search;
    this.chains = new OverflowChain(tree);
    this.key = key;
    this.modifier = modifier;
  }

  /** Does it and returns the LSN of its commit, 0 when nothing was to be changed. */
  long run() {
    try {
      boolean withPath = false;
      while (true) {
        Result result = withPath ? tryPath() : tryLeaf();
        if (result == Result.DONE) {
          break;
        }
        if (result == Result.NO_ROOM) {
          withPath = true;
        } else {
          dropChain();
          chain = chains.write(chainedValue);
        }
      }
    } finally {
      dropChain();
    }
    if (replacedChain != null) {
      chains.free(replacedChain);
    }
    if (merge) {
      shrink();
    }
    return commitLsn;
  }

  private void dropChain() {
    if (chain != null) {
      byte[] unused = chain;
      chain = null;
      chains.free(unused);
    }
  }

  private Result tryLeaf() {
    Mtr mtr = tree.mtrs().begin();
    try {
      PageRef leaf;
      long stamp = tree.latch().readLock();
      try {
        leaf = search.leaf(mtr, key, Latch.EXCLUSIVE);
      } finally {
        tree.latch().unlockRead(stamp);
      }
      Result result = change(mtr, leaf, null);
      finish(mtr, result);
      return result;
    } finally {
      mtr.close();
    }
  }

  private Result tryPath() {
    Mtr mtr = tree.mtrs().begin();
    long stamp = tree.latch().writeLock();
    try {
      try {
        List<Step> path = search.path(mtr, key);
        Result result = change(mtr, path.get(path.size() - 1).page(), path);
        finish(mtr, result);
        return result;
      } finally {
        mtr.close();
      }
    } finally {
      tree.latch().unlockWrite(stamp);
    }
  }

  private void finish(Mtr mtr, Result result) {
    boolean effective = result == Result.DONE && changed;
    if (effective) {
      modifier.also(mtr);
    }
    long lsn = mtr.commit();
    commitLsn = effective ? lsn : 0;
  }

  private Result change(Mtr mtr, PageRef leaf, List<Step> path) {
    int slot = NodeSearch.find(leaf, key);
    byte[] stored = slot >= 0 ? NodeLayout.storedValue(leaf, slot) : null;
    boolean wasLong = slot >= 0 && NodeLayout.overflow(leaf, NodeLayout.record(leaf, slot));
    byte[] current = wasLong ? chains.read(mtr, stored, pageNo -> {}) : stored;
    byte[] wanted = modifier.apply(current);
    if (wanted == current) {
      return Result.DONE;
    }
    if (wanted == null) {
      int before = NodeLayout.used(leaf);
      changed = true;
      NodeEdit.remove(mtr, leaf, slot);
      replacedChain = wasLong ? stored : null;
      merge = leaf.pageId() != tree.root() && TreeMerge.crossed(before, NodeLayout.used(leaf));
      return Result.DONE;
    }
    boolean isLong = wanted.length > NodeLayout.MAX_INLINE;
    if (isLong && (chain == null || !Arrays.equals(wanted, chainedValue))) {
      BTree.checkValue(wanted);
      chainedValue = wanted;
      return Result.CHAIN_WANTED;
    }
    Result result = store(mtr, leaf, path, slot, isLong ? chain : wanted, isLong);
    if (result == Result.DONE) {
      replacedChain = wasLong ? stored : null;
      if (isLong) {
        chain = null;
      }
    }
    return result;
  }

  private Result store(
      Mtr mtr, PageRef leaf, List<Step> path, int slot, byte[] value, boolean isLong) {
    if (slot >= 0) {
      int growth = value.length - NodeLayout.storedValue(leaf, slot).length;
      if (growth <= 0 || NodeLayout.used(leaf) + growth <= NodeLayout.CAPACITY) {
        changed = true;
        NodeEdit.replace(mtr, leaf, slot, value, isLong);
        return Result.DONE;
      }
    } else if (NodeEdit.fits(leaf, key.length, value.length)) {
      changed = true;
      NodeEdit.insert(mtr, leaf, -slot - 1, key, value, isLong);
      return Result.DONE;
    }
    if (path == null) {
      return Result.NO_ROOM;
    }
    TreeSplit split = new TreeSplit(tree);
    changed = true;
    try {
      if (slot >= 0) {
        split.replace(mtr, path, slot, key, value, isLong);
      } else {
        split.insert(mtr, path, key, value, isLong);
      }
    } catch (EngineException.NoSpace e) {
      // The tree is as it was; pages that were allocated are free again.
      changed = false;
      mtr.commit();
      throw e;
    }
    return Result.DONE;
  }

  private void shrink() {
    Mtr mtr = tree.mtrs().begin();
    long stamp = tree.latch().writeLock();
    try {
      new TreeMerge(tree, search).shrink(mtr, key);
      mtr.commit();
    } finally {
      mtr.close();
      tree.latch().unlockWrite(stamp);
    }
  }
}
