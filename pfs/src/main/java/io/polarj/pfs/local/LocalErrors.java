package io.polarj.pfs.local;

import io.polarj.pfs.file.Errno;
import io.polarj.pfs.file.PfsException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Maps the JDK's exceptions to POSIX errors. The JDK tells some of them only in its text. */
final class LocalErrors {
  private static final Map<String, Errno> BY_TEXT = new LinkedHashMap<>();

  static {
    BY_TEXT.put("No space left on device", Errno.ENOSPC);
    BY_TEXT.put("Disk quota exceeded", Errno.ENOSPC);
    BY_TEXT.put("Too many open files", Errno.EMFILE);
    BY_TEXT.put("File name too long", Errno.ENAMETOOLONG);
    BY_TEXT.put("Is a directory", Errno.EISDIR);
    BY_TEXT.put("Not a directory", Errno.ENOTDIR);
    BY_TEXT.put("Read-only file system", Errno.EROFS);
    BY_TEXT.put("File too large", Errno.EFBIG);
    BY_TEXT.put("Permission denied", Errno.EACCES);
    BY_TEXT.put("Device or resource busy", Errno.EBUSY);
    BY_TEXT.put("Invalid argument", Errno.EINVAL);
    BY_TEXT.put("Directory not empty", Errno.ENOTEMPTY);
  }

  private LocalErrors() {}

  static PfsException map(String path, IOException error) {
    return error instanceof PfsException known
        ? known
        : new PfsException(errno(error), path + ": " + error, error);
  }

  private static Errno errno(IOException error) {
    Errno byText = byText(error);
    return switch (error) {
      case NoSuchFileException _ -> Errno.ENOENT;
      case FileAlreadyExistsException _ -> Errno.EEXIST;
      case DirectoryNotEmptyException _ -> Errno.ENOTEMPTY;
      case NotDirectoryException _ -> Errno.ENOTDIR;
      case AccessDeniedException _ -> Errno.EACCES;
      case ClosedChannelException _ -> Errno.EBADF;
      default -> byText;
    };
  }

  private static Errno byText(IOException error) {
    String text = error instanceof FileSystemException fse ? fse.getReason() : error.getMessage();
    if (text != null) {
      for (Map.Entry<String, Errno> entry : BY_TEXT.entrySet()) {
        if (text.contains(entry.getKey())) {
          return entry.getValue();
        }
      }
    }
    return Errno.EIO;
  }
}
