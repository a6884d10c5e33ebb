package io.polarj.pfs.local;

import io.polarj.pfs.file.Errno;
import io.polarj.pfs.file.FileStat;
import io.polarj.pfs.file.FileSystem;
import io.polarj.pfs.file.OpenMode;
import io.polarj.pfs.file.PfsException;
import io.polarj.pfs.file.PolarFile;
import io.polarj.pfs.file.SpaceStat;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/**
 * The file API over a local directory: for tests, and to compare PolarFS with. Names are made
 * durable by syncing the directory they stand in. Paths can not leave the directory. Any thread.
 */
public final class LocalFileSystem implements FileSystem {
  private static final int IO_THREADS = 4;
  private static final int MAX_NAME_BYTES = 255;

  private final Path root;
  private final boolean readOnly;
  private final ExecutorService executor;
  private volatile boolean closed;

  public LocalFileSystem(Path root, boolean readOnly) throws IOException {
    if (!Files.isDirectory(root)) {
      throw new PfsException(Errno.ENOTDIR, root + " is not a directory; create it first");
    }
    this.root = root.toAbsolutePath().normalize();
    this.readOnly = readOnly;
    this.executor =
        Executors.newFixedThreadPool(
            IO_THREADS, Thread.ofPlatform().daemon().name("local-io-", 0).factory());
  }

  @Override
  public PolarFile open(String path, Set<OpenMode> modes) throws IOException {
    Path local = resolve(path);
    boolean create = modes.contains(OpenMode.CREATE);
    boolean truncate = modes.contains(OpenMode.TRUNCATE);
    boolean writable = modes.contains(OpenMode.WRITE);
    if (writable || create || truncate) {
      mustBeWritable(path);
    }
    if (Files.isDirectory(local)) {
      throw new PfsException(Errno.EISDIR, path + " is a directory");
    }
    boolean existed = Files.exists(local);
    Set<OpenOption> options = new HashSet<>();
    options.add(StandardOpenOption.READ);
    if (writable || create || truncate) {
      options.add(StandardOpenOption.WRITE);
    }
    if (create) {
      options.add(
          modes.contains(OpenMode.EXCLUSIVE)
              ? StandardOpenOption.CREATE_NEW
              : StandardOpenOption.CREATE);
    }
    try {
      FileChannel channel = FileChannel.open(local, options);
      if (truncate) {
        channel.truncate(0);
      }
      if (!existed) {
        syncDirectory(local.getParent());
      }
      return new LocalFile(path, local, statOf(local), channel, writable, executor);
    } catch (IOException e) {
      throw LocalErrors.map(path, e);
    }
  }

  @Override
  public void mkdir(String path) throws IOException {
    Path local = resolve(path);
    mustBeWritable(path);
    try {
      Files.createDirectory(local);
      syncDirectory(local.getParent());
    } catch (IOException e) {
      throw LocalErrors.map(path, e);
    }
  }

  @Override
  public void rmdir(String path) throws IOException {
    Path local = resolve(path);
    mustBeWritable(path);
    if (local.equals(root)) {
      throw new PfsException(Errno.EBUSY, "the root can not be removed");
    }
    if (Files.exists(local) && !Files.isDirectory(local)) {
      throw new PfsException(Errno.ENOTDIR, path + " is not a directory");
    }
    remove(path, local);
  }

  @Override
  public void unlink(String path) throws IOException {
    Path local = resolve(path);
    mustBeWritable(path);
    if (Files.isDirectory(local)) {
      throw new PfsException(Errno.EISDIR, path + " is a directory");
    }
    remove(path, local);
  }

  private static void remove(String path, Path local) throws IOException {
    try {
      Files.delete(local);
      syncDirectory(local.getParent());
    } catch (IOException e) {
      throw LocalErrors.map(path, e);
    }
  }

  @Override
  public void rename(String from, String to) throws IOException {
    Path source = resolve(from);
    Path target = resolve(to);
    mustBeWritable(from);
    try {
      Files.move(source, target, StandardCopyOption.ATOMIC_MOVE);
      syncDirectory(target.getParent());
      if (!target.getParent().equals(source.getParent())) {
        syncDirectory(source.getParent());
      }
    } catch (IOException e) {
      throw LocalErrors.map(from + " to " + to, e);
    }
  }

  @Override
  public List<FileStat> readdir(String path) throws IOException {
    Path local = resolve(path);
    List<FileStat> entries = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(local)) {
      for (Path entry : stream) {
        entries.add(statOf(entry));
      }
    } catch (IOException e) {
      throw LocalErrors.map(path, e);
    }
    entries.sort(Comparator.comparing(FileStat::name));
    return entries;
  }

  @Override
  public FileStat stat(String path) throws IOException {
    Path local = resolve(path);
    try {
      return statOf(local);
    } catch (IOException e) {
      throw LocalErrors.map(path, e);
    }
  }

  private static FileStat statOf(Path local) throws IOException {
    Map<String, Object> values =
        Files.readAttributes(
            local, "unix:ino,isDirectory,size,lastModifiedTime", LinkOption.NOFOLLOW_LINKS);
    long size = (Long) values.get("size");
    Path name = local.getFileName();
    return new FileStat(
        name == null ? "" : name.toString(),
        ((Number) values.get("ino")).longValue(),
        (Boolean) values.get("isDirectory"),
        size,
        size,
        ((FileTime) values.get("lastModifiedTime")).toMillis());
  }

  @Override
  public boolean exists(String path) throws IOException {
    return Files.exists(resolve(path), LinkOption.NOFOLLOW_LINKS);
  }

  @Override
  public void setModified(String path, long modifiedMillis) throws IOException {
    Path local = resolve(path);
    mustBeWritable(path);
    try {
      Files.setLastModifiedTime(local, FileTime.fromMillis(modifiedMillis));
    } catch (IOException e) {
      throw LocalErrors.map(path, e);
    }
  }

  @Override
  public SpaceStat space() throws IOException {
    FileStore store = Files.getFileStore(root);
    try (Stream<Path> files = Files.walk(root)) {
      return new SpaceStat(
          store.getTotalSpace(),
          store.getUsableSpace(),
          files.filter(Files::isRegularFile).count());
    }
  }

  @Override
  public boolean readOnly() {
    return readOnly;
  }

  @Override
  public void refresh() throws IOException {
    mustBeOpen();
  }

  @Override
  public void close() throws IOException {
    closed = true;
    executor.shutdown();
  }

  private Path resolve(String path) throws IOException {
    mustBeOpen();
    if (!path.startsWith("/") || path.indexOf('\0') >= 0) {
      throw new PfsException(Errno.EINVAL, "not an absolute path: " + path);
    }
    Path local = root;
    for (String name : path.split("/", -1)) {
      if (name.isEmpty()) {
        continue;
      }
      if (name.equals(".") || name.equals("..")) {
        throw new PfsException(Errno.EINVAL, path + ": . and .. are not names");
      }
      if (name.getBytes(StandardCharsets.UTF_8).length > MAX_NAME_BYTES) {
        throw new PfsException(Errno.ENAMETOOLONG, path);
      }
      local = local.resolve(name);
    }
    return local;
  }

  private void mustBeOpen() throws PfsException {
    if (closed) {
      throw new PfsException(Errno.EBADF, "the file system is closed");
    }
  }

  private void mustBeWritable(String path) throws PfsException {
    if (readOnly) {
      throw new PfsException(Errno.EROFS, path + ": the mount is read-only");
    }
  }

  private static void syncDirectory(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
