// POSIX errors as the exceptions that the JDK's own provider throws for them on Unix.
package io.polarj.pfs.nio;

import io.polarj.pfs.file.Errno;
import io.polarj.pfs.file.PfsException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

final class PosixErrors {
  private PosixErrors() {}

  @FunctionalInterface
  interface Body<T> {
    T run() throws IOException;
  }

  /** Runs it; its errors name the file. */
  static <T> T of(String file, Body<T> body) throws IOException {
    return of(file, null, body);
  }

  static <T> T of(String file, String other, Body<T> body) throws IOException {
    try {
      return body.run();
    } catch (PfsException e) {
      throw translated(e, file, other);
    }
  }

  /** The same for a channel: its errors are plain ones. */
  static <T> T ofChannel(String file, Body<T> body) throws IOException {
    try {
      return body.run();
    } catch (PfsException e) {
      throw new IOException(file + ": " + text(e), e);
    }
  }

  static IOException translated(PfsException error, String file, String other) {
    IOException result =
        switch (error.errno()) {
          case ENOENT -> new NoSuchFileException(file, other, null);
          case EEXIST -> new FileAlreadyExistsException(file, other, null);
          case EACCES -> new AccessDeniedException(file, other, null);
          case ENOTEMPTY ->
              other == null
                  ? new DirectoryNotEmptyException(file)
                  : new FileSystemException(file, other, "Directory not empty");
          default -> new FileSystemException(file, other, text(error));
        };
    result.initCause(error);
    return result;
  }

  /** What the C library says; the rest of the story is in the cause. */
  private static String text(PfsException error) {
    Errno errno = error.errno();
    return switch (errno) {
      case EISDIR -> "Is a directory";
      case ENOTDIR -> "Not a directory";
      case ENOSPC -> "No space left on device";
      case EROFS -> "Read-only file system";
      case ENAMETOOLONG -> "File name too long";
      case EINVAL -> "Invalid argument";
      case EBUSY -> "Device or resource busy";
      case EFBIG -> "File too large";
      case EMFILE -> "Too many open files";
      case ESTALE -> "Stale file handle: " + error.getMessage();
      default -> error.getMessage();
    };
  }
}
