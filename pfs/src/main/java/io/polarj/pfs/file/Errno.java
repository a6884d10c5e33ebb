package io.polarj.pfs.file;

/** The POSIX errors that a file operation can end with. */
public enum Errno {
  EACCES,
  EAGAIN,
  EBADF,
  EBUSY,
  EEXIST,
  EFBIG,
  EINVAL,
  EIO,
  EISDIR,
  EMFILE,
  ENAMETOOLONG,
  ENODEV,
  ENOENT,
  ENOSPC,
  ENOTDIR,
  ENOTEMPTY,
  ENOTSUP,
  EROFS,
  /** The mount was fenced: a newer writer owns the volume. */
  ESTALE
}
