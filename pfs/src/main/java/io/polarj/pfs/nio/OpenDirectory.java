// A directory that was opened like a file for reading, as libraries do that want to make its names
// durable with force: they are durable already. Reading it fails as it does on Unix.
package io.polarj.pfs.nio;

import io.polarj.pfs.file.Errno;
import io.polarj.pfs.file.FileStat;
import io.polarj.pfs.file.PfsException;
import io.polarj.pfs.file.PolarFile;
import io.polarj.platform.disk.IoCallback;
import java.lang.foreign.MemorySegment;

record OpenDirectory(String path, FileStat stat) implements PolarFile {
  private PfsException isDirectory() {
    return new PfsException(Errno.EISDIR, path);
  }

  @Override
  public long size() {
    return stat.size();
  }

  @Override
  public int read(long offset, MemorySegment target) throws PfsException {
    throw isDirectory();
  }

  @Override
  public void write(long offset, MemorySegment source) throws PfsException {
    throw isDirectory();
  }

  @Override
  public void writeAsync(long offset, MemorySegment source, IoCallback done) {
    done.completed(isDirectory());
  }

  @Override
  public void readAsync(long offset, MemorySegment target, IoCallback done) {
    done.completed(isDirectory());
  }

  @Override
  public void allocate(long offset, long length) throws PfsException {
    throw isDirectory();
  }

  @Override
  public void truncate(long size) throws PfsException {
    throw isDirectory();
  }

  @Override
  public void sync() {
    // names are durable when the call that made them returns
  }

  @Override
  public void close() {
    // holds nothing
  }
}
