// What the two kinds of channels share: an open file of a volume, what it was opened for, and its
// locks. Any thread. Bytes are durable when a write returns.
package io.polarj.pfs.nio;

import io.polarj.pfs.file.Errno;
import io.polarj.pfs.file.PfsException;
import io.polarj.pfs.file.PolarFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileLock;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;
import java.util.concurrent.locks.Lock;

final class OpenFile {
  private final PolarFileSystem fileSystem;
  private final PolarFile file;
  private final String path;
  private final OpenOptions options;
  private final long inode;

  OpenFile(PolarFileSystem fileSystem, String path, PolarFile file, OpenOptions options)
      throws IOException {
    this.fileSystem = fileSystem;
    this.path = path;
    this.file = file;
    this.options = options;
    this.inode = file.stat().inode();
  }

  boolean append() {
    return options.append();
  }

  void mustBeReadable() {
    if (!options.readable()) {
      throw new NonReadableChannelException();
    }
  }

  void mustBeWritable() {
    if (!options.writable()) {
      throw new NonWritableChannelException();
    }
  }

  /** Reads into the rest of the buffer; -1 at or after the end of the file. */
  int read(ByteBuffer target, long position) throws IOException {
    if (target.isReadOnly()) {
      throw new IllegalArgumentException("Read-only buffer");
    }
    if (!target.hasRemaining()) {
      return 0;
    }
    int bytes =
        PosixErrors.ofChannel(path, () -> file.read(position, MemorySegment.ofBuffer(target)));
    target.position(target.position() + bytes);
    return bytes == 0 ? -1 : bytes;
  }

  int write(ByteBuffer source, long position) throws IOException {
    int bytes = source.remaining();
    PosixErrors.ofChannel(
        path,
        () -> {
          file.write(position, MemorySegment.ofBuffer(source));
          return null;
        });
    source.position(source.limit());
    return bytes;
  }

  /** Writes at the end, whoever else appends; returns the new end. */
  long append(ByteBuffer source) throws IOException {
    Lock appending = fileSystem.appendLock(inode);
    appending.lock();
    try {
      long end = size();
      return end + write(source, end);
    } finally {
      appending.unlock();
    }
  }

  long size() throws IOException {
    return PosixErrors.ofChannel(path, file::size);
  }

  /** Cuts the file; one that is shorter stays as it is. */
  void truncate(long size) throws IOException {
    PosixErrors.ofChannel(
        path,
        () -> {
          if (size < file.size()) {
            file.truncate(size);
          }
          return null;
        });
  }

  void sync() throws IOException {
    PosixErrors.ofChannel(
        path,
        () -> {
          file.sync();
          return null;
        });
  }

  FileLock lock(FileLock lock) {
    if (lock.isShared()) {
      mustBeReadable();
    } else {
      mustBeWritable();
    }
    fileSystem.locks().add(inode, lock);
    return lock;
  }

  void unlock(FileLock lock) {
    fileSystem.locks().remove(inode, lock);
  }

  /** Called once, by the channel that is being closed. */
  void close(AutoCloseable channel) throws IOException {
    fileSystem.locks().removeAll(inode, channel);
    fileSystem.forget(channel);
    PosixErrors.ofChannel(
        path,
        () -> {
          if (options.deleteOnClose()) {
            unlink();
          }
          file.close();
          return null;
        });
  }

  private void unlink() throws IOException {
    try {
      fileSystem.mounted().unlink(path);
    } catch (PfsException e) {
      if (e.errno() != Errno.ENOENT) {
        throw e;
      } // somebody removed it before
    }
  }
}
