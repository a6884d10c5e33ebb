package io.polarj.replication;

import io.polarj.pfs.file.FileStat;
import io.polarj.pfs.file.FileSystem;
import io.polarj.pfs.file.OpenMode;
import io.polarj.pfs.file.PolarFile;
import io.polarj.pfs.file.SpaceStat;
import io.polarj.platform.disk.IoCallback;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Counts and refuses every attempt to change anything (R2); over a mount that could write. */
final class ReadOnlyGuard implements FileSystem {
  private final FileSystem inner;
  private final AtomicInteger attempts = new AtomicInteger();
  private final Consumer<String> reads;

  ReadOnlyGuard(FileSystem inner) {
    this(inner, _ -> {});
  }

  /** {@code reads} is told the path of each blocking read before it happens, and may delay it. */
  ReadOnlyGuard(FileSystem inner, Consumer<String> reads) {
    this.inner = inner;
    this.reads = reads;
  }

  int attempts() {
    return attempts.get();
  }

  private IOException refused(String what) {
    attempts.incrementAndGet();
    return new IOException("R2: a replica tried to " + what);
  }

  @Override
  public PolarFile open(String path, Set<OpenMode> modes) throws IOException {
    if (!modes.equals(Set.of(OpenMode.READ))) {
      throw refused("open " + path + " with " + modes);
    }
    return new GuardedFile(inner.open(path, modes));
  }

  private final class GuardedFile implements PolarFile {
    private final PolarFile file;

    GuardedFile(PolarFile file) {
      this.file = file;
    }

    @Override
    public String path() {
      return file.path();
    }

    @Override
    public FileStat stat() throws IOException {
      return file.stat();
    }

    @Override
    public long size() throws IOException {
      return file.size();
    }

    @Override
    public int read(long offset, MemorySegment target) throws IOException {
      reads.accept(path());
      return file.read(offset, target);
    }

    @Override
    public void write(long offset, MemorySegment source) throws IOException {
      throw refused("write " + path());
    }

    @Override
    public void writeAsync(long offset, MemorySegment source, IoCallback done) {
      done.completed(refused("write " + path()));
    }

    @Override
    public void readAsync(long offset, MemorySegment target, IoCallback done) {
      file.readAsync(offset, target, done);
    }

    @Override
    public void allocate(long offset, long length) throws IOException {
      throw refused("allocate in " + path());
    }

    @Override
    public void truncate(long size) throws IOException {
      throw refused("truncate " + path());
    }

    @Override
    public void sync() throws IOException {
      throw refused("sync " + path());
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }

  @Override
  public void mkdir(String path) throws IOException {
    throw refused("make " + path);
  }

  @Override
  public void rmdir(String path) throws IOException {
    throw refused("remove " + path);
  }

  @Override
  public void unlink(String path) throws IOException {
    throw refused("remove " + path);
  }

  @Override
  public void rename(String from, String to) throws IOException {
    throw refused("rename " + from);
  }

  @Override
  public List<FileStat> readdir(String path) throws IOException {
    return inner.readdir(path);
  }

  @Override
  public FileStat stat(String path) throws IOException {
    return inner.stat(path);
  }

  @Override
  public void setModified(String path, long modifiedMillis) throws IOException {
    throw refused("set the time of " + path);
  }

  @Override
  public boolean exists(String path) throws IOException {
    return inner.exists(path);
  }

  @Override
  public SpaceStat space() throws IOException {
    return inner.space();
  }

  @Override
  public boolean readOnly() {
    return true;
  }

  @Override
  public void refresh() throws IOException {
    inner.refresh();
  }

  @Override
  public void close() throws IOException {
    inner.close();
  }
}
