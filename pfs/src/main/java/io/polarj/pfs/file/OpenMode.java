package io.polarj.pfs.file;

/** How a file is opened. */
public enum OpenMode {
  READ,
  WRITE,
  /** Make the file when there is none. */
  CREATE,
  /** With {@link #CREATE}: fail with EEXIST when there is one. */
  EXCLUSIVE,
  /** Cut an existing file to length zero. */
  TRUNCATE
}
