package io.polarj.engine.buffer;

import io.polarj.engine.error.EngineException;
import io.polarj.pfs.file.Errno;
import io.polarj.pfs.file.FileSystem;
import io.polarj.pfs.file.OpenMode;
import io.polarj.pfs.file.PfsException;
import io.polarj.pfs.file.PolarFile;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The tablespaces of a volume: id to file. Opened when first used. Any thread. */
public final class Tablespaces implements AutoCloseable {
  public static final int DICTIONARY = 1;
  public static final int UNDO = 2;

  private final FileSystem fileSystem;
  private final boolean readOnly;
  private final ConcurrentHashMap<Integer, Tablespace> open = new ConcurrentHashMap<>();
  private final Set<Integer> dropped = ConcurrentHashMap.newKeySet();

  public Tablespaces(FileSystem fileSystem, boolean readOnly) {
    this.fileSystem = fileSystem;
    this.readOnly = readOnly;
  }

  /** The file of a tablespace: tables' ids are their tablespaces'. */
  public static String path(int spaceId) {
    return switch (spaceId) {
      case DICTIONARY -> "/data/dictionary.pjd";
      case UNDO -> "/data/undo.pju";
      default -> "/data/t" + Integer.toUnsignedString(spaceId) + ".pjt";
    };
  }

  public boolean exists(int spaceId) {
    if (open.containsKey(spaceId)) {
      return true;
    }
    if (dropped.contains(spaceId)) {
      return false;
    }
    try {
      return fileSystem.exists(path(spaceId));
    } catch (IOException e) {
      throw new EngineException.StorageFailure(path(spaceId) + " can not be looked up", e);
    }
  }

  /** The tablespace. Throws {@code StorageFailure} when its file can not be opened. */
  public Tablespace of(int spaceId) {
    Tablespace known = open.get(spaceId);
    return known != null ? known : open.computeIfAbsent(spaceId, id -> openFile(id, false));
  }

  /** Makes the file. Throws {@code AlreadyExists}. */
  public Tablespace create(int spaceId) {
    return open.compute(
        spaceId,
        (id, present) -> {
          if (present != null) {
            throw new EngineException.AlreadyExists(path(id));
          }
          return openFile(id, true);
        });
  }

  private Tablespace openFile(int spaceId, boolean create) {
    String path = path(spaceId);
    if (dropped.contains(spaceId)) {
      throw new EngineException.TableChanged("in tablespace " + path);
    }
    try {
      Set<OpenMode> modes =
          create
              ? Set.of(OpenMode.READ, OpenMode.WRITE, OpenMode.CREATE, OpenMode.EXCLUSIVE)
              : readOnly ? Set.of(OpenMode.READ) : Set.of(OpenMode.READ, OpenMode.WRITE);
      if (readOnly) {
        fileSystem.refresh();
      }
      return new Tablespace(spaceId, fileSystem.open(path, modes));
    } catch (PfsException e) {
      if (e.errno() == Errno.EEXIST) {
        throw new EngineException.AlreadyExists(path);
      }
      throw new EngineException.StorageFailure("tablespace " + path + " can not be opened", e);
    } catch (IOException e) {
      throw new EngineException.StorageFailure("tablespace " + path + " can not be opened", e);
    }
  }

  /**
   * Forgets the tablespace; its pages are not written any more. Returns what was open, or null. The
   * file stays open for those who still use it until {@link #closeFile}.
   */
  Tablespace forget(int spaceId) {
    dropped.add(spaceId);
    return open.remove(spaceId);
  }

  /** Ids are never used again. */
  boolean isDropped(int spaceId) {
    return dropped.contains(spaceId);
  }

  void refresh() throws IOException {
    fileSystem.refresh();
  }

  void unlink(int spaceId) {
    try {
      fileSystem.unlink(path(spaceId));
    } catch (PfsException e) {
      if (e.errno() != Errno.ENOENT) {
        throw new EngineException.StorageFailure(path(spaceId) + " can not be removed", e);
      }
    } catch (IOException e) {
      throw new EngineException.StorageFailure(path(spaceId) + " can not be removed", e);
    }
  }

  static void closeFile(Tablespace space) {
    try {
      space.file().close();
    } catch (IOException e) {
      throw new EngineException.StorageFailure(space.path() + " can not be closed", e);
    }
  }

  @Override
  public void close() {
    for (Tablespace space : open.values()) {
      closeFile(space);
    }
    open.clear();
  }

  PolarFile fileOf(int spaceId) {
    return of(spaceId).file();
  }
}
