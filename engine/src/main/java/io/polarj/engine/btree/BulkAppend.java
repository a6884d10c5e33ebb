package io.polarj.engine.btree;

import io.polarj.engine.btree.TreeSearch.Step;
import io.polarj.engine.error.EngineException;
import io.polarj.engine.mtr.Mtr;
import io.polarj.engine.mtr.PageRef;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * Appends sorted records a leaf at a time, each leaf and its separators in one mtr under the
 * exclusive tree latch. Nobody else may add keys above those of the tree meanwhile. One thread, one
 * use.
 */
final class BulkAppend {
  private static final byte[] HIGHEST = highest();

  private final TreeContext tree;
  private final TreeSearch search;
  private final OverflowChain chains;
  private final int most;
  private byte[] lastWritten;
  private byte[] last;

  BulkAppend(TreeContext tree, TreeSearch search, int fillPercent) {
    if (fillPercent < 50 || fillPercent > 100) {
      throw new IllegalArgumentException("fill of " + fillPercent + " %; 50 to 100 is possible");
    }
    this.tree = tree;
    this.search = search;
    this.chains = new OverflowChain(tree);
    this.most = NodeLayout.CAPACITY * fillPercent / 100;
  }

  private static byte[] highest() {
    byte[] key = new byte[NodeLayout.MAX_KEY + 1];
    Arrays.fill(key, (byte) 0xff);
    return key;
  }

  long run(Iterator<Map.Entry<byte[], byte[]>> sorted) {
    TreeCursor end = new TreeCursor(tree, search, null, null, true);
    last = end.next() ? end.key() : null;
    lastWritten = last;
    long records = 0;
    NodeImage image = new NodeImage();
    byte[] first = null;
    while (sorted.hasNext()) {
      Map.Entry<byte[], byte[]> entry = sorted.next();
      byte[] key = entry.getKey();
      BTree.checkKey(key);
      if (last != null && Arrays.compareUnsigned(last, key) >= 0) {
        throw new IllegalArgumentException("record " + records + " is not above the one before it");
      }
      boolean isLong = entry.getValue().length > NodeLayout.MAX_INLINE;
      byte[] value = isLong ? longValue(entry.getValue()) : entry.getValue();
      int bytes = NodeLayout.recordBytes(key.length, value.length) + NodeLayout.SLOT_BYTES;
      if (image.count() > 0
          && (image.used() + bytes > most || !image.fits(key.length, value.length))) {
        write(image, first);
        image = new NodeImage();
      }
      if (image.count() == 0) {
        first = key;
      }
      image.append(key, value, isLong);
      last = key;
      records++;
    }
    if (image.count() > 0) {
      write(image, first);
    }
    return records;
  }

  private byte[] longValue(byte[] value) {
    BTree.checkValue(value);
    return chains.write(value);
  }

  private void write(NodeImage image, byte[] first) {
    Mtr mtr = tree.mtrs().begin();
    long stamp = tree.latch().writeLock();
    try {
      try {
        List<Step> path = search.path(mtr, HIGHEST);
        PageRef leaf = path.get(path.size() - 1).page();
        if (NodeLayout.count(leaf) == 0) {
          image.writeTo(mtr, leaf, 0);
        } else {
          byte[] separator = Arrays.copyOf(first, Arrays.mismatch(lastWritten, first) + 1);
          new TreeSplit(tree).append(mtr, path, image, separator);
        }
        mtr.commit();
      } catch (EngineException.NoSpace e) {
        // The tree is as it was; pages that were allocated are free again.
        mtr.commit();
        throw e;
      } finally {
        mtr.close();
      }
    } finally {
      tree.latch().unlockWrite(stamp);
    }
    lastWritten = last;
  }
}
