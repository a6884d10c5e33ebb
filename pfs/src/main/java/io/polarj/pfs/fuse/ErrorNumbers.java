// Errors as Linux numbers them.
package io.polarj.pfs.fuse;

import io.polarj.pfs.file.Errno;

final class ErrorNumbers {
  static final int EPERM = 1;
  static final int EIO = 5;
  static final int EEXIST = 17;
  static final int EINVAL = 22;
  static final int ENOTTY = 25;
  static final int ENOSYS = 38;
  static final int EOPNOTSUPP = 95;

  private ErrorNumbers() {}

  static int of(Errno errno) {
    return switch (errno) {
      case ENOENT -> 2;
      case EIO -> EIO;
      case EBADF -> 9;
      case EAGAIN -> 11;
      case EACCES -> 13;
      case EBUSY -> 16;
      case EEXIST -> EEXIST;
      case ENODEV -> 19;
      case ENOTDIR -> 20;
      case EISDIR -> 21;
      case EINVAL -> EINVAL;
      case EMFILE -> 24;
      case EFBIG -> 27;
      case ENOSPC -> 28;
      case EROFS -> 30;
      case ENAMETOOLONG -> 36;
      case ENOTEMPTY -> 39;
      case ENOTSUP -> EOPNOTSUPP;
      case ESTALE -> 116;
    };
  }
}
