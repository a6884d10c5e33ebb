package io.polarj.engine.fault;

import io.polarj.pfs.file.Errno;
import io.polarj.pfs.file.FileStat;
import io.polarj.pfs.file.FileSystem;
import io.polarj.pfs.file.OpenMode;
import io.polarj.pfs.file.PfsException;
import io.polarj.pfs.file.PolarFile;
import io.polarj.pfs.file.SpaceStat;
import io.polarj.platform.disk.IoCallback;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;

/**
 * A file system in memory that can lose power. What was written and not synced is lost, kept or
 * torn: data files between pages of 16 KiB (S3), others between blocks of 4 KiB, as {@link
 * #afterPowerLoss} draws it; names, sizes and allocations are durable at once, as PolarFS promises.
 * From the {@link #failAt}-th change on every change fails. Any thread.
 */
public final class FaultyFileSystem implements FileSystem {
  /** Sees each write before it happens. */
  @FunctionalInterface
  public interface WriteObserver {
    void write(String path, long offset, byte[] bytes);
  }

  private static final int SECTOR = 4096;

  private record Unsynced(int offset, byte[] bytes) {
    @Override
    public boolean equals(Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(this);
    }
  }

  private static final class Node {
    byte[] bytes = new byte[0];
    byte[] durable = new byte[0];
    final List<Unsynced> unsynced = new ArrayList<>();
  }

  private final NavigableMap<String, Node> files;
  private final Set<String> folders;
  private long changes;
  private long failAt = Long.MAX_VALUE;
  private boolean readOnly;
  private volatile WriteObserver observer = (_, _, _) -> {};

  public FaultyFileSystem() {
    files = new ConcurrentSkipListMap<>();
    folders = new ConcurrentSkipListSet<>(Set.of("/"));
  }

  private FaultyFileSystem(NavigableMap<String, Node> files, Set<String> folders) {
    this.files = files;
    this.folders = folders;
  }

  public synchronized void failAt(long change) {
    failAt = change;
  }

  public synchronized long changes() {
    return changes;
  }

  public void observe(WriteObserver writes) {
    observer = writes;
  }

  /** A read-only mount of the same volume. */
  public FaultyFileSystem readOnlyMount() {
    FaultyFileSystem mount = new FaultyFileSystem(files, folders);
    mount.readOnly = true;
    return mount;
  }

  /** The volume as it is found after the power came back. */
  public synchronized FaultyFileSystem afterPowerLoss(Random random) {
    NavigableMap<String, Node> after = new ConcurrentSkipListMap<>();
    for (Map.Entry<String, Node> entry : files.entrySet()) {
      Node node = new Node();
      byte[] bytes = entry.getValue().durable.clone();
      int tearUnit = entry.getKey().startsWith("/data/") ? 16384 : SECTOR;
      for (Unsynced write : entry.getValue().unsynced) {
        for (int at = 0; at < write.bytes.length; ) {
          int next = Math.min(write.bytes.length, at + tearUnit - (write.offset + at) % tearUnit);
          if (random.nextBoolean() && write.offset + next <= bytes.length) {
            System.arraycopy(write.bytes, at, bytes, write.offset + at, next - at);
          }
          at = next;
        }
      }
      node.bytes = bytes;
      node.durable = bytes.clone();
      after.put(entry.getKey(), node);
    }
    return new FaultyFileSystem(after, new ConcurrentSkipListSet<>(folders));
  }

  private synchronized void change(String path) throws PfsException {
    if (readOnly) {
      throw new PfsException(Errno.EROFS, path);
    }
    if (++changes >= failAt) {
      throw new PfsException(Errno.EIO, path + ": the power is gone");
    }
  }

  @Override
  public synchronized PolarFile open(String path, Set<OpenMode> modes) throws IOException {
    Node node = files.get(path);
    if (node == null) {
      if (!modes.contains(OpenMode.CREATE)) {
        throw new PfsException(Errno.ENOENT, path);
      }
      change(path);
      node = new Node();
      files.put(path, node);
    } else if (modes.contains(OpenMode.EXCLUSIVE)) {
      throw new PfsException(Errno.EEXIST, path);
    }
    return new MemoryFile(path, node);
  }

  @Override
  public synchronized void mkdir(String path) throws IOException {
    change(path);
    folders.add(path);
  }

  @Override
  public void rmdir(String path) throws IOException {
    throw new PfsException(Errno.ENOTSUP, path);
  }

  @Override
  public synchronized void unlink(String path) throws IOException {
    change(path);
    if (files.remove(path) == null) {
      throw new PfsException(Errno.ENOENT, path);
    }
  }

  @Override
  public synchronized void rename(String from, String to) throws IOException {
    change(from);
    Node node = files.remove(from);
    if (node == null) {
      throw new PfsException(Errno.ENOENT, from);
    }
    files.put(to, node);
  }

  @Override
  public synchronized List<FileStat> readdir(String path) {
    List<FileStat> stats = new ArrayList<>();
    for (String name : files.keySet()) {
      if (name.startsWith(path + "/")) {
        stats.add(statOf(name.substring(path.length() + 1), files.get(name)));
      }
    }
    return stats;
  }

  private static FileStat statOf(String name, Node node) {
    return new FileStat(name, 1, false, node.bytes.length, node.bytes.length, 0);
  }

  @Override
  public synchronized FileStat stat(String path) throws IOException {
    Node node = files.get(path);
    if (node == null) {
      throw new PfsException(Errno.ENOENT, path);
    }
    return statOf(path, node);
  }

  @Override
  public void setModified(String path, long modifiedMillis) throws IOException {
    throw new PfsException(Errno.ENOTSUP, path);
  }

  @Override
  public synchronized boolean exists(String path) {
    return files.containsKey(path) || folders.contains(path);
  }

  @Override
  public SpaceStat space() {
    return new SpaceStat(1L << 40, 1L << 39, files.size());
  }

  @Override
  public boolean readOnly() {
    return readOnly;
  }

  @Override
  public void refresh() {}

  @Override
  public void close() {}

  private final class MemoryFile implements PolarFile {
    private final String path;
    private final Node node;

    MemoryFile(String path, Node node) {
      this.path = path;
      this.node = node;
    }

    @Override
    public String path() {
      return path;
    }

    @Override
    public FileStat stat() throws IOException {
      throw new PfsException(Errno.ENOTSUP, path);
    }

    @Override
    public long size() {
      synchronized (node) {
        return node.bytes.length;
      }
    }

    @Override
    public int read(long offset, MemorySegment target) {
      synchronized (node) {
        int count = (int) Math.clamp(node.bytes.length - offset, 0, target.byteSize());
        MemorySegment.copy(node.bytes, (int) offset, target, ValueLayout.JAVA_BYTE, 0, count);
        return count;
      }
    }

    @Override
    public void write(long offset, MemorySegment source) throws IOException {
      byte[] bytes = source.toArray(ValueLayout.JAVA_BYTE);
      observer.write(path, offset, bytes);
      synchronized (node) {
        node.unsynced.add(new Unsynced((int) offset, bytes));
      }
      change(path);
      synchronized (node) {
        grow((int) offset + bytes.length);
        System.arraycopy(bytes, 0, node.bytes, (int) offset, bytes.length);
      }
    }

    private void grow(int size) {
      if (size > node.bytes.length) {
        node.bytes = Arrays.copyOf(node.bytes, size);
        node.durable = Arrays.copyOf(node.durable, size);
      }
    }

    @Override
    public void writeAsync(long offset, MemorySegment source, IoCallback done) {
      IOException error = null;
      try {
        if (offset + source.byteSize() > size()) {
          throw new PfsException(Errno.EINVAL, path + ": outside the file");
        }
        write(offset, source);
      } catch (IOException e) {
        error = e;
      }
      done.completed(error);
    }

    @Override
    public void readAsync(long offset, MemorySegment target, IoCallback done) {
      boolean whole = read(offset, target) == target.byteSize();
      done.completed(whole ? null : new PfsException(Errno.EINVAL, path + ": outside the file"));
    }

    @Override
    public void allocate(long offset, long length) throws IOException {
      change(path);
      synchronized (node) {
        grow((int) (offset + length));
      }
    }

    @Override
    public void truncate(long size) throws IOException {
      throw new PfsException(Errno.ENOTSUP, path);
    }

    @Override
    public void sync() throws IOException {
      List<Unsynced> now;
      synchronized (node) {
        now = List.copyOf(node.unsynced);
      }
      change(path);
      synchronized (node) {
        for (Unsynced write : now) {
          System.arraycopy(write.bytes, 0, node.durable, write.offset, write.bytes.length);
        }
        node.unsynced.removeIf(now::contains);
      }
    }

    @Override
    public void close() {}
  }
}
