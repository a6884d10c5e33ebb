package io.polarj.pfs.volume.meta;

import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.StampedLock;

/**
 * An inode in memory. {@code map}, {@code size} and times are changed under the namespace's write
 * lock and read without one. {@link #io} is held shared by every data transfer until it has ended
 * (also asynchronous ones: stamps are not bound to a thread) and exclusively by what takes blocks
 * away.
 */
public final class InodeState {
  private final long id;
  private final boolean directory;
  private final StampedLock io = new StampedLock();
  private final ReentrantLock growth = new ReentrantLock();
  private volatile ExtentMap map = ExtentMap.EMPTY;
  private volatile long size;
  private volatile long modifiedMillis;
  private volatile long writtenMillis;
  private volatile int links = 1;

  /** Directory only: name to the entry's object number and the child's inode id. */
  private final TreeMap<String, Child> children;

  /** Object numbers of the extents beyond the inode's own, by part. */
  private int[] extentObjects = new int[0];

  private final Namespace home;
  private int opens;
  private volatile boolean removed;

  /** A name in a directory. {@code partObject}: of a long name's second piece, else 0. */
  public record Child(int entryObject, int partObject, long inode) {}

  InodeState(Namespace home, long id, boolean directory) {
    this.home = home;
    this.id = id;
    this.directory = directory;
    this.children = directory ? new TreeMap<>() : null;
  }

  public long id() {
    return id;
  }

  public boolean directory() {
    return directory;
  }

  /** Whether this is the inode's state in that namespace, not in one that was loaded before. */
  public boolean at(Namespace namespace) {
    return home == namespace;
  }

  public StampedLock io() {
    return io;
  }

  /**
   * Held while the file grows or fills a hole, before {@link #io}: one thread at a time takes
   * blocks for it.
   */
  public ReentrantLock growth() {
    return growth;
  }

  public ExtentMap map() {
    return map;
  }

  public long size() {
    return size;
  }

  /** When the file was changed last; writes in place count, though they are journalled later. */
  public long modifiedMillis() {
    return Math.max(modifiedMillis, writtenMillis);
  }

  /**
   * A write in place: its time goes to the journal with the next change, or when a handle closes.
   */
  public void written(long nowMillis) {
    if (writtenMillis != nowMillis) {
      writtenMillis = nowMillis;
    }
  }

  /** Whether the journal does not have the time of the last change yet. */
  public boolean timeIsBehind() {
    return writtenMillis > modifiedMillis;
  }

  public int links() {
    return links;
  }

  public TreeMap<String, Child> children() {
    return children;
  }

  void set(ExtentMap newMap, long newSize, long newModifiedMillis, int newLinks) {
    map = newMap;
    size = newSize;
    modifiedMillis = newModifiedMillis;
    writtenMillis = 0;
    links = newLinks;
  }

  int[] extentObjects() {
    return extentObjects;
  }

  void extentObjects(int[] objects) {
    extentObjects = objects;
  }

  /**
   * Whether the inode is gone: what an open handle of a read-only mount finds after the writer
   * removed the file.
   */
  public boolean removed() {
    return removed;
  }

  void remove() {
    removed = true;
  }

  /** Open handles of this mount; under the namespace's write lock. */
  public int opens() {
    return opens;
  }

  public void opened() {
    opens++;
  }

  public void closed() {
    opens--;
  }

  void adoptHandles(InodeState before) {
    opens += before.opens;
  }
}
