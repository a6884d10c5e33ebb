package io.polarj.pfs.volume.meta;

import io.polarj.pfs.volume.format.MetadataObject.Extent;
import io.polarj.platform.net.MalformedMessageException;
import java.util.ArrayList;
import java.util.List;

/**
 * A file's blocks: extents in file order, without overlaps. Immutable; a change makes a new one.
 */
public final class ExtentMap {
  public static final ExtentMap EMPTY = new ExtentMap(List.of());
  private final List<Extent> extents;

  private ExtentMap(List<Extent> extents) {
    this.extents = extents;
  }

  /** From extents in file order, as they stand on the volume. */
  public static ExtentMap of(List<Extent> extents) {
    for (int i = 1; i < extents.size(); i++) {
      if (extents.get(i).fileBlock() < extents.get(i - 1).fileEnd()) {
        throw new MalformedMessageException("extents overlap");
      }
    }
    return new ExtentMap(List.copyOf(extents));
  }

  public List<Extent> extents() {
    return extents;
  }

  public long blocks() {
    long sum = 0;
    for (Extent extent : extents) {
      sum += extent.count();
    }
    return sum;
  }

  /** The index of the extent that holds the file block, or {@code -(insertion point) - 1}. */
  private int find(int fileBlock) {
    int low = 0;
    int high = extents.size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      Extent extent = extents.get(middle);
      if (fileBlock < extent.fileBlock()) {
        high = middle - 1;
      } else if (fileBlock >= extent.fileEnd()) {
        low = middle + 1;
      } else {
        return middle;
      }
    }
    return -low - 1;
  }

  /** The volume block of a file block, or -1 in a hole. */
  public int volumeBlock(int fileBlock) {
    int at = find(fileBlock);
    if (at < 0) {
      return -1;
    }
    Extent extent = extents.get(at);
    return extent.volumeBlock() + fileBlock - extent.fileBlock();
  }

  /**
   * How many blocks from this one on lie together (or are a hole together), at most {@code max}.
   */
  public int runLength(int fileBlock, int max) {
    int at = find(fileBlock);
    if (at >= 0) {
      return Math.min(max, extents.get(at).fileEnd() - fileBlock);
    }
    int next = -at - 1;
    return next == extents.size() ? max : Math.min(max, extents.get(next).fileBlock() - fileBlock);
  }

  /**
   * With one more run, which must lie in a hole; joined with its neighbours where it continues
   * them.
   */
  public ExtentMap with(Extent added) {
    int at = find(added.fileBlock());
    if (at >= 0) {
      throw new IllegalArgumentException("block " + added.fileBlock() + " is mapped already");
    }
    int position = -at - 1;
    List<Extent> changed = new ArrayList<>(extents.size() + 1);
    changed.addAll(extents.subList(0, position));
    append(changed, added);
    for (Extent extent : extents.subList(position, extents.size())) {
      append(changed, extent);
    }
    return of(changed);
  }

  private static void append(List<Extent> to, Extent extent) {
    if (!to.isEmpty()) {
      Extent last = to.get(to.size() - 1);
      boolean joins =
          last.fileEnd() == extent.fileBlock()
              && last.volumeBlock() + last.count() == extent.volumeBlock();
      if (joins) {
        to.set(
            to.size() - 1,
            new Extent(last.fileBlock(), last.volumeBlock(), last.count() + extent.count()));
        return;
      }
    }
    to.add(extent);
  }

  /** Without the blocks of [from, to). */
  public ExtentMap without(int from, int to) {
    List<Extent> kept = new ArrayList<>(cut(from).extents);
    kept.addAll(tail(to));
    return of(kept);
  }

  /** The extents of [from, to). */
  public List<Extent> between(int from, int to) {
    return of(tail(from)).cut(to).extents;
  }

  /** Without the blocks from {@code fileBlock} on. */
  public ExtentMap cut(int fileBlock) {
    List<Extent> kept = new ArrayList<>();
    for (Extent extent : extents) {
      if (extent.fileEnd() <= fileBlock) {
        kept.add(extent);
      } else if (extent.fileBlock() < fileBlock) {
        kept.add(
            new Extent(extent.fileBlock(), extent.volumeBlock(), fileBlock - extent.fileBlock()));
      }
    }
    return of(kept);
  }

  /** The volume blocks that this map has from {@code fileBlock} on. */
  public List<Extent> tail(int fileBlock) {
    List<Extent> tail = new ArrayList<>();
    for (Extent extent : extents) {
      if (extent.fileBlock() >= fileBlock) {
        tail.add(extent);
      } else if (extent.fileEnd() > fileBlock) {
        int skip = fileBlock - extent.fileBlock();
        tail.add(new Extent(fileBlock, extent.volumeBlock() + skip, extent.count() - skip));
      }
    }
    return tail;
  }
}
