package io.polarj.pfs.file;

import java.io.IOException;
import java.util.List;
import java.util.Set;

/**
 * A mounted file system: a PolarFS volume, or a local directory for comparison. Paths are absolute,
 * with {@code /} between names of at most 255 UTF-8 bytes. Any thread may call; calls block.
 * Failures are {@link PfsException}s that carry the POSIX error.
 */
public interface FileSystem extends AutoCloseable {
  /**
   * Opens a file. {@code CREATE} alone opens an existing one. The name of a new file is durable on
   * return.
   */
  PolarFile open(String path, Set<OpenMode> modes) throws IOException;

  void mkdir(String path) throws IOException;

  void rmdir(String path) throws IOException;

  /**
   * Removes the name. Open files stay readable and writable through this mount until they are
   * closed.
   */
  void unlink(String path) throws IOException;

  /** Renames, replacing an existing target file, in one atomic and durable step. */
  void rename(String from, String to) throws IOException;

  /** The entries in name order. */
  List<FileStat> readdir(String path) throws IOException;

  /** Fails with ENOENT when there is no such file. */
  FileStat stat(String path) throws IOException;

  boolean exists(String path) throws IOException;

  /** Sets the time of the last change of a file or directory; durable on return. */
  void setModified(String path, long modifiedMillis) throws IOException;

  SpaceStat space() throws IOException;

  boolean readOnly();

  /**
   * On a read-only mount: takes in what the writer has made durable so far. Does nothing on a
   * read-write mount.
   */
  void refresh() throws IOException;

  @Override
  void close() throws IOException;
}
