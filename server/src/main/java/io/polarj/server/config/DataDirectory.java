package io.polarj.server.config;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A data directory in use: its lock is held as long as this is open, so that a second program can
 * not harm it. The lock goes with the process, however that ends.
 */
public final class DataDirectory implements AutoCloseable {
  public static final String PID_FILE = "polarj.pid";
  private final Path path;
  private final FileChannel channel;
  private final FileLock lock;

  private DataDirectory(Path path, FileChannel channel, FileLock lock) {
    this.path = path;
    this.channel = channel;
    this.lock = lock;
  }

  /** Makes the directory if needed and locks it. */
  public static DataDirectory open(Path path) {
    try {
      Files.createDirectories(path);
      FileChannel channel =
          FileChannel.open(
              path.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = tryLock(channel);
      if (lock == null) {
        channel.close();
        throw new StartException(
            "the data directory "
                + path
                + " is in use by another polarj"
                + pidOf(path)
                + "; stop it with `polarj down --data "
                + path
                + "` or use another directory");
      }
      return new DataDirectory(path, channel, lock);
    } catch (IOException e) {
      throw new StartException("can't use the data directory " + path + ": " + e, e);
    }
  }

  private static FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  /** Whether some process holds the directory. */
  public static boolean inUse(Path path) {
    if (!Files.exists(path.resolve("lock"))) {
      return false;
    }
    try (FileChannel channel = FileChannel.open(path.resolve("lock"), StandardOpenOption.WRITE);
        FileLock lock = tryLock(channel)) {
      return lock == null;
    } catch (IOException e) {
      throw new StartException("can't look at " + path + ": " + e, e);
    }
  }

  private static String pidOf(Path path) {
    Long pid = readPid(path);
    return pid == null ? "" : " (pid " + pid + ")";
  }

  /** The pid that stands in the directory, or null. */
  public static Long readPid(Path path) {
    try {
      return Long.valueOf(Files.readString(path.resolve(PID_FILE)).strip());
    } catch (IOException | NumberFormatException e) {
      return null;
    }
  }

  public void writePid() {
    try {
      Files.writeString(path.resolve(PID_FILE), ProcessHandle.current().pid() + "\n");
    } catch (IOException e) {
      throw new StartException("can't write " + path.resolve(PID_FILE) + ": " + e, e);
    }
  }

  public Path path() {
    return path;
  }

  @Override
  public void close() {
    try {
      Files.deleteIfExists(path.resolve(PID_FILE));
      lock.release();
      channel.close();
    } catch (IOException e) {
      throw new StartException("can't leave " + path + ": " + e, e);
    }
  }
}
