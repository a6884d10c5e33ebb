// A mounted volume as a java.nio.file.FileSystem: paths, the open channels (closed with it), and
// the locks. Any thread.
package io.polarj.pfs.nio;

import io.polarj.pfs.file.Errno;
import io.polarj.pfs.file.FileStat;
import io.polarj.pfs.file.OpenMode;
import io.polarj.pfs.file.PfsException;
import io.polarj.pfs.file.PolarFile;
import java.io.IOException;
import java.nio.file.ClosedFileSystemException;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.WatchService;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

final class PolarFileSystem extends FileSystem {
  private static final int APPEND_LOCKS = 64;

  private final PolarFileSystemProvider provider;
  private final String volume;
  private final io.polarj.pfs.file.FileSystem mounted;
  private final AutoCloseable owner;
  private final LockTable locks = new LockTable();
  private final Lock[] appendLocks = new Lock[APPEND_LOCKS];
  private final Set<AutoCloseable> inUse = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean open = new AtomicBoolean(true);

  /** {@code owner} is closed with this; it unmounts, or leaves the mount to others. */
  PolarFileSystem(
      PolarFileSystemProvider provider,
      String volume,
      io.polarj.pfs.file.FileSystem mounted,
      AutoCloseable owner) {
    this.provider = provider;
    this.volume = volume;
    this.mounted = mounted;
    this.owner = owner;
    for (int i = 0; i < APPEND_LOCKS; i++) {
      appendLocks[i] = new ReentrantLock();
    }
  }

  String volume() {
    return volume;
  }

  LockTable locks() {
    return locks;
  }

  /** Appenders of one file take turns; files may share a lock. */
  Lock appendLock(long inode) {
    return appendLocks[Math.floorMod(Long.hashCode(inode * 0x9E3779B97F4A7C15L), APPEND_LOCKS)];
  }

  io.polarj.pfs.file.FileSystem mounted() {
    if (!open.get()) {
      throw new ClosedFileSystemException();
    }
    return mounted;
  }

  void remember(AutoCloseable user) {
    inUse.add(user);
  }

  void forget(AutoCloseable user) {
    inUse.remove(user);
  }

  /** The path on the volume, without dots. A name before {@code ..} has to be a directory. */
  String resolve(PolarPath path) throws IOException {
    List<String> names = path.toAbsolutePath().names();
    if (names.contains("..")) {
      for (int i = 1; i < names.size(); i++) {
        if (names.get(i).equals("..")) {
          PolarPath before = path.toAbsolutePath().subpath(0, i).toAbsolutePath().normalize();
          String text = before.toString();
          if (!PosixErrors.of(path.toString(), () -> mounted().stat(text)).directory()) {
            throw new NoSuchFileException(path.toString());
          }
        }
      }
    }
    return path.toAbsolutePath().normalize().toString();
  }

  FileStat stat(PolarPath path) throws IOException {
    FileStat stat = statOrNull(path);
    if (stat == null) {
      throw new NoSuchFileException(path.toString());
    }
    return stat;
  }

  /** Null when there is nothing of that name. */
  FileStat statOrNull(PolarPath path) throws IOException {
    String name = resolve(path);
    return PosixErrors.of(
        path.toString(),
        () -> {
          try {
            return mounted().stat(name);
          } catch (PfsException e) {
            if (e.errno() == Errno.ENOENT || e.errno() == Errno.ENOTDIR) {
              return null;
            }
            throw e;
          }
        });
  }

  OpenFile open(PolarPath path, OpenOptions options) throws IOException {
    String name = resolve(path);
    return PosixErrors.of(
        path.toString(), () -> new OpenFile(this, name, openFile(name, options), options));
  }

  private PolarFile openFile(String name, OpenOptions options) throws IOException {
    try {
      return mounted().open(name, options.modes());
    } catch (PfsException e) {
      if (e.errno() == Errno.EISDIR && options.modes().equals(Set.of(OpenMode.READ))) {
        return new OpenDirectory(name, mounted().stat(name));
      }
      if (e.errno() == Errno.EISDIR && options.modes().contains(OpenMode.EXCLUSIVE)) {
        throw new PfsException(Errno.EEXIST, name, e);
      }
      throw e;
    }
  }

  @Override
  public PolarFileSystemProvider provider() {
    return provider;
  }

  /** Closes what is open on it, and unmounts the volume if it was mounted for this. */
  @Override
  public void close() throws IOException {
    if (!open.compareAndSet(true, false)) {
      return;
    }
    provider.forget(this);
    IOException failure = null;
    for (AutoCloseable user : List.copyOf(inUse)) {
      failure = closed(user, failure);
    }
    failure = closed(owner, failure);
    if (failure != null) {
      throw failure;
    }
  }

  private static IOException closed(AutoCloseable part, IOException before) {
    try {
      part.close();
      return before;
    } catch (Exception e) {
      IOException failure =
          e instanceof IOException io ? io : new IOException("closing " + part, e);
      if (before != null) {
        before.addSuppressed(failure);
        return before;
      }
      return failure;
    }
  }

  @Override
  public boolean isOpen() {
    return open.get();
  }

  @Override
  public boolean isReadOnly() {
    return mounted.readOnly();
  }

  @Override
  public String getSeparator() {
    return "/";
  }

  @Override
  public Iterable<Path> getRootDirectories() {
    return List.of(getPath("/"));
  }

  @Override
  public Iterable<FileStore> getFileStores() {
    return List.of(new PolarFileStore(this));
  }

  @Override
  public Set<String> supportedFileAttributeViews() {
    return Set.of("basic");
  }

  @Override
  public PolarPath getPath(String first, String... more) {
    StringBuilder text = new StringBuilder(first);
    for (String part : more) {
      if (!part.isEmpty()) {
        text.append(text.isEmpty() ? "" : "/").append(part);
      }
    }
    return PolarPath.parse(this, text.toString());
  }

  @Override
  public PathMatcher getPathMatcher(String syntaxAndPattern) {
    return PathPatterns.matcher(syntaxAndPattern);
  }

  @Override
  public UserPrincipalLookupService getUserPrincipalLookupService() {
    throw new UnsupportedOperationException("files of PolarFS have no owners");
  }

  @Override
  public WatchService newWatchService() {
    throw new UnsupportedOperationException("PolarFS has no watch service");
  }
}
