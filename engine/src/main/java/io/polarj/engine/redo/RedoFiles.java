package io.polarj.engine.redo;

import io.polarj.engine.error.EngineException;
import io.polarj.pfs.file.FileStat;
import io.polarj.pfs.file.FileSystem;
import io.polarj.pfs.file.OpenMode;
import io.polarj.pfs.file.PolarFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The redo files of the writer. File n holds the LSNs from n * size on. A background thread keeps
 * the next file ready: space allocated and written once, so that log writes change no metadata.
 *
 * <p>{@link #removeBelow} takes away the files that nobody needs (E4). A few of them become spares:
 * the next file is then one of these under a new name, which saves writing zeros. What such a file
 * still holds is never taken for redo: every block carries its LSN, and older redo has lower ones.
 */
public final class RedoFiles implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RedoFiles.class);
  private static final Pattern NAME = Pattern.compile("redo-(\\d{12})");
  private static final Pattern SPARE = Pattern.compile("spare-\\d{12}");
  private static final int SPARES = 4;
  private static final int ZERO_BYTES = 1 << 20;

  private final FileSystem fileSystem;
  private final long fileBytes;
  private final Thread preparer;
  private PolarFile current;
  private long currentNumber = -1;
  // Guarded by this.
  private long wanted;
  private long ready;
  private IOException failure;
  private boolean closed;

  /** {@code first}: number of the file that the writer starts in. */
  public RedoFiles(FileSystem fileSystem, long fileBytes, long first) {
    this.fileSystem = fileSystem;
    this.fileBytes = fileBytes;
    this.wanted = first;
    this.ready = first - 1;
    this.preparer = Thread.ofPlatform().daemon().name("redo-files").start(this::prepareAhead);
  }

  public long fileBytes() {
    return fileBytes;
  }

  /** The file to write to, waiting until it is prepared. Called by one thread at a time. */
  PolarFile writable(long number) throws IOException {
    if (currentNumber != number) {
      awaitReady(number);
      if (current != null) {
        current.close();
      }
      current = fileSystem.open(RedoFormat.fileName(number), Set.of(OpenMode.READ, OpenMode.WRITE));
      currentNumber = number;
    }
    return current;
  }

  private synchronized void awaitReady(long number) throws IOException {
    wanted = Math.max(wanted, number + 1);
    notifyAll();
    boolean interrupted = false;
    while (ready < number && failure == null && !closed) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (ready < number) {
      throw new IOException("redo file " + number + " could not be prepared", failure);
    }
  }

  private void prepareAhead() {
    try {
      while (true) {
        long number;
        synchronized (this) {
          while (ready >= wanted && !closed) {
            wait();
          }
          if (closed) {
            return;
          }
          number = ready + 1;
        }
        prepare(number);
        synchronized (this) {
          ready = number;
          notifyAll();
        }
      }
    } catch (IOException e) {
      LOG.error("preparing a redo file failed: {}", e.toString());
      synchronized (this) {
        failure = e;
        notifyAll();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void prepare(long number) throws IOException {
    String path = RedoFormat.fileName(number);
    if (!fileSystem.exists(path) && recycle(path)) {
      return;
    }
    try (PolarFile file =
        fileSystem.open(path, Set.of(OpenMode.READ, OpenMode.WRITE, OpenMode.CREATE))) {
      long from = file.size();
      if (from >= fileBytes) {
        return;
      }
      file.allocate(0, fileBytes);
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment zeros = arena.allocate(ZERO_BYTES, RedoFormat.BLOCK_BYTES);
        for (long at = from; at < fileBytes; ) {
          long step = Math.min(fileBytes - at, ZERO_BYTES - at % RedoFormat.BLOCK_BYTES);
          file.write(at, zeros.asSlice(0, step));
          at += step;
        }
      }
      file.sync();
    }
  }

  /** Makes a spare the file of that name; false when there is none. */
  private boolean recycle(String path) throws IOException {
    List<FileStat> spares = spares();
    if (spares.isEmpty()) {
      return false;
    }
    fileSystem.rename(RedoFormat.path(spares.getFirst().name()), path);
    return true;
  }

  private List<FileStat> spares() throws IOException {
    return fileSystem.readdir(RedoFormat.DIRECTORY).stream()
        .filter(stat -> SPARE.matcher(stat.name()).matches() && stat.size() == fileBytes)
        .toList();
  }

  /** Takes away the files that hold only LSNs below the bound. */
  public void removeBelow(long lsn) throws IOException {
    int spares = -1;
    for (long number : existing(fileSystem)) {
      if ((number + 1) * fileBytes > lsn) {
        continue;
      }
      String path = RedoFormat.fileName(number);
      spares = spares < 0 ? spares().size() : spares;
      if (spares < SPARES && fileSystem.stat(path).size() == fileBytes) {
        fileSystem.rename(path, RedoFormat.spareName(number));
        spares++;
      } else {
        fileSystem.unlink(path);
      }
    }
  }

  /** Numbers of the redo files that there are, in order. */
  public static List<Long> existing(FileSystem fileSystem) throws IOException {
    List<Long> numbers = new ArrayList<>();
    for (FileStat stat : fileSystem.readdir(RedoFormat.DIRECTORY)) {
      Matcher matcher = NAME.matcher(stat.name());
      if (matcher.matches()) {
        numbers.add(Long.parseLong(matcher.group(1)));
      }
    }
    return numbers;
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    try {
      preparer.join();
      if (current != null) {
        current.close();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      throw new EngineException.StorageFailure("closing the redo file failed", e);
    }
  }
}
