// H2's view of a file on PolarFS, through the java.nio.file provider: the volume must be mounted
// there. H2's own file locks hold between the databases of this process; between processes it is
// the volume that has one writer. Any thread.
package io.polarj.pfs.h2;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.channels.FileChannel;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.h2.api.ErrorCode;
import org.h2.message.DbException;
import org.h2.store.fs.FilePath;

public final class PolarFilePath extends FilePath {
  private static final String SCHEME = "pfs";

  /** Makes {@code jdbc:h2:pfs:} known to H2; call it once, before the first connection. */
  public static void register() {
    FilePath.register(new PolarFilePath());
  }

  @Override
  public String getScheme() {
    return SCHEME;
  }

  /** Takes {@code pfs://volume/path} and, shorter, {@code pfs:volume/path}. */
  @Override
  public PolarFilePath getPath(String path) {
    String rest = path.startsWith(SCHEME + ":") ? path.substring(SCHEME.length() + 1) : path;
    PolarFilePath result = new PolarFilePath();
    result.name = SCHEME + "://" + rest.replace('\\', '/').replaceFirst("^/+", "");
    return result;
  }

  private Path path() {
    String rest = name.substring((SCHEME + "://").length());
    int slash = rest.indexOf('/');
    String volume = slash < 0 ? rest : rest.substring(0, slash);
    try {
      return Path.of(new URI(SCHEME, volume, slash < 0 ? "/" : rest.substring(slash), null, null));
    } catch (URISyntaxException e) {
      throw DbException.get(ErrorCode.FILE_NOT_FOUND_1, e, name);
    }
  }

  private PolarFilePath of(Path path) {
    return getPath(name.substring(0, name.indexOf('/', (SCHEME + "://").length())) + path);
  }

  @FunctionalInterface
  private interface Body<T> {
    T run() throws IOException;
  }

  private <T> T orElse(int error, Body<T> body) {
    try {
      return body.run();
    } catch (IOException e) {
      throw DbException.get(error, e, e + "", name);
    }
  }

  @Override
  public long size() {
    return orElse(ErrorCode.IO_EXCEPTION_2, () -> Files.size(path()));
  }

  @Override
  public void moveTo(FilePath target, boolean atomicReplace) {
    CopyOption[] options =
        atomicReplace ? new CopyOption[] {StandardCopyOption.ATOMIC_MOVE} : new CopyOption[0];
    try {
      Files.move(path(), getPath(target.name).path(), options);
    } catch (IOException e) {
      throw DbException.get(ErrorCode.FILE_RENAME_FAILED_2, e, name, target.name);
    }
  }

  @Override
  public boolean createFile() {
    return orElse(
        ErrorCode.FILE_CREATION_FAILED_1,
        () -> {
          try {
            Files.createFile(path());
            return true;
          } catch (FileAlreadyExistsException _) {
            return false;
          }
        });
  }

  @Override
  public boolean exists() {
    return Files.exists(path());
  }

  @Override
  public void delete() {
    orElse(ErrorCode.FILE_DELETE_FAILED_1, () -> Files.deleteIfExists(path()));
  }

  @Override
  public List<FilePath> newDirectoryStream() {
    return orElse(
        ErrorCode.IO_EXCEPTION_2,
        () -> {
          List<FilePath> entries = new ArrayList<>();
          if (Files.isDirectory(path())) {
            try (DirectoryStream<Path> stream = Files.newDirectoryStream(path())) {
              stream.forEach(entry -> entries.add(of(entry)));
            }
          }
          return entries;
        });
  }

  @Override
  public PolarFilePath toRealPath() {
    return of(path().toAbsolutePath().normalize());
  }

  @Override
  public PolarFilePath getParent() {
    Path parent = path().getParent();
    return parent == null ? null : of(parent);
  }

  @Override
  public boolean isDirectory() {
    return Files.isDirectory(path());
  }

  @Override
  public boolean isRegularFile() {
    return Files.isRegularFile(path());
  }

  @Override
  public boolean isAbsolute() {
    return true;
  }

  @Override
  public long lastModified() {
    return orElse(
        ErrorCode.IO_EXCEPTION_2,
        () -> Files.exists(path()) ? Files.getLastModifiedTime(path()).toMillis() : 0);
  }

  @Override
  public boolean canWrite() {
    return Files.isWritable(path());
  }

  /** Files have no such mark; a volume that is mounted read-only has it for all of them. */
  @Override
  public boolean setReadOnly() {
    return false;
  }

  @Override
  public void createDirectory() {
    orElse(
        ErrorCode.FILE_CREATION_FAILED_1,
        () -> {
          try {
            return Files.createDirectory(path());
          } catch (FileAlreadyExistsException e) {
            if (Files.isDirectory(path())) {
              return path();
            }
            throw e;
          }
        });
  }

  @Override
  public FileChannel open(String mode) throws IOException {
    Set<OpenOption> options =
        mode.equals("r")
            ? Set.of(StandardOpenOption.READ)
            : Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE);
    return FileChannel.open(path(), options);
  }
}
