// A lock that a channel holds; it ends with release or with its channel.
package io.polarj.pfs.nio;

import java.io.IOException;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;

final class PolarFileLock extends FileLock {
  private final OpenFile file;
  private volatile boolean released;

  PolarFileLock(FileChannel channel, OpenFile file, long position, long size, boolean shared) {
    super(channel, position, size, shared);
    this.file = file;
  }

  PolarFileLock(
      AsynchronousFileChannel channel, OpenFile file, long position, long size, boolean shared) {
    super(channel, position, size, shared);
    this.file = file;
  }

  @Override
  public boolean isValid() {
    return !released && acquiredBy().isOpen();
  }

  @Override
  public void release() throws IOException {
    if (!acquiredBy().isOpen()) {
      throw new ClosedChannelException();
    }
    if (!released) {
      released = true;
      file.unlock(this);
    }
  }
}
