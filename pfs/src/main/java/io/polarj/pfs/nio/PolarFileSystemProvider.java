// The provider of pfs://volume/path. Which volume a URI means is looked up among those mounted in
// this process: by FileSystems.newFileSystem, which mounts one of a running cluster, or by mounted,
// which takes a mount that the program has already. Any thread.
package io.polarj.pfs.nio;

import io.polarj.pfs.file.FileStat;
import io.polarj.pfs.file.PfsException;
import io.polarj.pfs.mount.RemoteVolume;
import java.io.IOException;
import java.net.URI;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.LinkOption;
import java.nio.file.NotDirectoryException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.spi.FileSystemProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;

public final class PolarFileSystemProvider extends FileSystemProvider {
  /** The scheme of the URIs. */
  public static final String SCHEME = "pfs";

  /** One table for all instances: the JDK makes its own beside those of programs. */
  private static final Map<String, PolarFileSystem> MOUNTED = new ConcurrentHashMap<>();

  /**
   * Makes a file system that the program has mounted reachable as {@code pfs://volume/}. Closing
   * the result makes it unreachable and leaves the mount to the program.
   */
  public static FileSystem mounted(String volume, io.polarj.pfs.file.FileSystem fileSystem) {
    return new PolarFileSystemProvider().register(volume, fileSystem, () -> {});
  }

  private PolarFileSystem register(
      String volume, io.polarj.pfs.file.FileSystem fileSystem, AutoCloseable owner) {
    PolarFileSystem made = new PolarFileSystem(this, volume, fileSystem, owner);
    if (MOUNTED.putIfAbsent(volume, made) != null) {
      throw new FileSystemAlreadyExistsException("volume " + volume + " is mounted already");
    }
    return made;
  }

  void forget(PolarFileSystem closed) {
    MOUNTED.remove(closed.volume(), closed);
  }

  @Override
  public String getScheme() {
    return SCHEME;
  }

  /**
   * Mounts a volume of a running cluster. {@code environment}: {@code data}, the cluster's data
   * directory, or {@code polarctrl} ({@code host:port}) and {@code cluster} (its number); {@code
   * mode}, {@code ro} (default) or {@code rw}; {@code owner}, the name others are told; {@code
   * takeover}, {@code true} to take the volume off its writer.
   */
  @Override
  public FileSystem newFileSystem(URI uri, Map<String, ?> environment) throws IOException {
    String volume = volumeOf(uri);
    if (!Objects.requireNonNullElse(uri.getPath(), "").matches("/?")) {
      throw new IllegalArgumentException(uri + " names a file; a file system is pfs://volume/");
    }
    if (MOUNTED.containsKey(volume)) {
      throw new FileSystemAlreadyExistsException("volume " + volume + " is mounted already");
    }
    try {
      RemoteVolume remote = MountRequest.of(environment).mount(volume);
      try {
        return register(volume, remote.fileSystem(), remote);
      } catch (FileSystemAlreadyExistsException e) {
        remote.close(); // another thread was faster
        throw e;
      }
    } catch (PfsException e) {
      FileSystemException failed = new FileSystemException(uri.toString(), null, e.getMessage());
      failed.initCause(e);
      throw failed;
    }
  }

  private static String volumeOf(URI uri) {
    if (!SCHEME.equalsIgnoreCase(uri.getScheme())) {
      throw new IllegalArgumentException("URI scheme is not '" + SCHEME + "': " + uri);
    }
    if (uri.getAuthority() == null || uri.getQuery() != null || uri.getFragment() != null) {
      throw new IllegalArgumentException("pfs://volume/path expected, not " + uri);
    }
    return uri.getAuthority();
  }

  @Override
  public FileSystem getFileSystem(URI uri) {
    String volume = volumeOf(uri);
    PolarFileSystem found = MOUNTED.get(volume);
    if (found == null) {
      throw new FileSystemNotFoundException(
          "volume "
              + volume
              + " is not mounted in this process; mount it with FileSystems.newFileSystem(\"pfs://"
              + volume
              + "/\", Map.of(\"data\", DIR))");
    }
    return found;
  }

  @Override
  public Path getPath(URI uri) {
    return getFileSystem(uri).getPath(Objects.requireNonNullElse(uri.getPath(), "/"));
  }

  // --- files

  @Override
  public SeekableByteChannel newByteChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    return newFileChannel(path, options, attributes);
  }

  @Override
  public FileChannel newFileChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    PolarPath ours = PolarPath.of(path);
    OpenOptions checked = OpenOptions.of(options, attributes);
    PolarFileSystem fileSystem = ours.getFileSystem();
    PolarFileChannel channel = new PolarFileChannel(fileSystem.open(ours, checked));
    fileSystem.remember(channel);
    return channel;
  }

  @Override
  public AsynchronousFileChannel newAsynchronousFileChannel(
      Path path,
      Set<? extends OpenOption> options,
      ExecutorService executor,
      FileAttribute<?>... attributes)
      throws IOException {
    PolarPath ours = PolarPath.of(path);
    OpenOptions checked = OpenOptions.of(options, attributes);
    if (checked.append()) {
      throw new UnsupportedOperationException("APPEND not allowed");
    }
    PolarFileSystem fileSystem = ours.getFileSystem();
    var channel = new PolarAsynchronousFileChannel(fileSystem.open(ours, checked), executor);
    fileSystem.remember(channel);
    return channel;
  }

  @Override
  public DirectoryStream<Path> newDirectoryStream(
      Path path, DirectoryStream.Filter<? super Path> filter) throws IOException {
    Objects.requireNonNull(filter);
    PolarPath directory = PolarPath.of(path);
    PolarFileSystem fileSystem = directory.getFileSystem();
    if (!fileSystem.stat(directory).directory()) {
      throw new NotDirectoryException(path.toString());
    }
    String name = fileSystem.resolve(directory);
    List<FileStat> entries =
        PosixErrors.of(path.toString(), () -> fileSystem.mounted().readdir(name));
    List<Path> paths = new ArrayList<>(entries.size());
    for (FileStat entry : entries) {
      paths.add(directory.resolve(fileSystem.getPath(entry.name())));
    }
    return new PolarDirectoryStream(fileSystem, paths, filter);
  }

  @FunctionalInterface
  private interface Change {
    void on(io.polarj.pfs.file.FileSystem fileSystem, String name) throws IOException;
  }

  private static void change(PolarPath path, Change change) throws IOException {
    String name = path.getFileSystem().resolve(path);
    PosixErrors.of(
        path.toString(),
        () -> {
          change.on(path.getFileSystem().mounted(), name);
          return null;
        });
  }

  @Override
  public void createDirectory(Path path, FileAttribute<?>... attributes) throws IOException {
    if (attributes.length > 0) {
      throw new UnsupportedOperationException(
          "'" + attributes[0].name() + "' not supported as initial attribute");
    }
    change(PolarPath.of(path), io.polarj.pfs.file.FileSystem::mkdir);
  }

  @Override
  public void delete(Path path) throws IOException {
    PolarPath ours = PolarPath.of(path);
    boolean directory = ours.getFileSystem().stat(ours).directory();
    change(
        ours,
        directory ? io.polarj.pfs.file.FileSystem::rmdir : io.polarj.pfs.file.FileSystem::unlink);
  }

  @Override
  public void copy(Path source, Path target, CopyOption... options) throws IOException {
    Transfers.copy(PolarPath.of(source), PolarPath.of(target), CopyOptions.forCopy(options));
  }

  @Override
  public void move(Path source, Path target, CopyOption... options) throws IOException {
    Transfers.move(PolarPath.of(source), PolarPath.of(target), CopyOptions.forMove(options));
  }

  // --- attributes

  @Override
  public boolean isSameFile(Path path, Path other) throws IOException {
    if (path.equals(other)) {
      return true;
    }
    if (!(other instanceof PolarPath second)) {
      return false;
    }
    PolarPath first = PolarPath.of(path);
    return first.getFileSystem() == second.getFileSystem()
        && first.getFileSystem().stat(first).inode() == first.getFileSystem().stat(second).inode();
  }

  /** As on Unix: names that begin with a dot. */
  @Override
  public boolean isHidden(Path path) {
    PolarPath name = PolarPath.of(path).getFileName();
    return name != null && name.toString().startsWith(".");
  }

  @Override
  public FileStore getFileStore(Path path) throws IOException {
    PolarPath ours = PolarPath.of(path);
    ours.getFileSystem().stat(ours);
    return new PolarFileStore(ours.getFileSystem());
  }

  @Override
  public void checkAccess(Path path, AccessMode... modes) throws IOException {
    PolarPath ours = PolarPath.of(path);
    FileStat stat = ours.getFileSystem().stat(ours);
    for (AccessMode mode : modes) {
      if (mode == AccessMode.WRITE && ours.getFileSystem().isReadOnly()) {
        throw new FileSystemException(path.toString(), null, "Read-only file system");
      }
      if (mode == AccessMode.EXECUTE && !stat.directory()) {
        throw new AccessDeniedException(path.toString());
      }
    }
  }

  @Override
  public <V extends FileAttributeView> V getFileAttributeView(
      Path path, Class<V> type, LinkOption... options) {
    PolarPath ours = PolarPath.of(path);
    return Objects.requireNonNull(type) == BasicFileAttributeView.class
        ? type.cast(new BasicView(ours))
        : null;
  }

  private record BasicView(PolarPath path) implements BasicFileAttributeView {
    @Override
    public String name() {
      return "basic";
    }

    @Override
    public BasicFileAttributes readAttributes() throws IOException {
      return new PolarAttributes(path.getFileSystem().stat(path));
    }

    /** The volume keeps the time of the last change alone; the others are let go. */
    @Override
    public void setTimes(FileTime modified, FileTime accessed, FileTime created)
        throws IOException {
      if (modified != null) {
        change(path, (fileSystem, name) -> fileSystem.setModified(name, modified.toMillis()));
      }
    }
  }

  @Override
  public <A extends BasicFileAttributes> A readAttributes(
      Path path, Class<A> type, LinkOption... options) throws IOException {
    if (Objects.requireNonNull(type) != BasicFileAttributes.class) {
      throw new UnsupportedOperationException(type.getName());
    }
    PolarPath ours = PolarPath.of(path);
    return type.cast(new PolarAttributes(ours.getFileSystem().stat(ours)));
  }

  @Override
  public Map<String, Object> readAttributes(Path path, String attributes, LinkOption... options)
      throws IOException {
    PolarPath ours = PolarPath.of(path);
    String names = basic(attributes);
    return new PolarAttributes(ours.getFileSystem().stat(ours)).named(names);
  }

  private static String basic(String attributes) {
    int colon = attributes.indexOf(':');
    if (colon >= 0 && !attributes.substring(0, colon).equals("basic")) {
      throw new UnsupportedOperationException(
          "View '" + attributes.substring(0, colon) + "' not available");
    }
    return attributes.substring(colon + 1);
  }

  @Override
  public void setAttribute(Path path, String attribute, Object value, LinkOption... options)
      throws IOException {
    BasicView view = new BasicView(PolarPath.of(path));
    switch (basic(attribute)) {
      case "lastModifiedTime" -> view.setTimes((FileTime) value, null, null);
      case "lastAccessTime" -> view.setTimes(null, (FileTime) value, null);
      case "creationTime" -> view.setTimes(null, null, (FileTime) value);
      default -> throw new IllegalArgumentException("'" + attribute + "' not recognized");
    }
  }
}
