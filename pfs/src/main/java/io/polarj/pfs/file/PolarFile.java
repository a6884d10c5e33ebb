package io.polarj.pfs.file;

import io.polarj.platform.disk.IoCallback;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * An open file. Any thread may call. Reads and writes at multiples of 4096 from 4096-aligned native
 * segments go to the device without a copy; others work, but cost one and are read-modify-write at
 * their edges.
 *
 * <p>On PolarFS the data of a completed write is durable (a majority of ChunkServers has it); a
 * grown size or a newly allocated block is durable on return too. On a local directory it is
 * durable after {@link #sync}. Code that is meant for both calls sync where it needs durability: on
 * PolarFS it costs nothing when there is nothing to do.
 */
public interface PolarFile extends AutoCloseable {
  String path();

  long size() throws IOException;

  /** What {@link FileSystem#stat} tells, also when the name is gone or another file's by now. */
  FileStat stat() throws IOException;

  /**
   * Reads up to the end of the file; returns the bytes read, 0 at or after the end. Holes read as
   * zeros.
   */
  int read(long offset, MemorySegment target) throws IOException;

  /** Writes all of it, growing the file as needed. */
  void write(long offset, MemorySegment source) throws IOException;

  /**
   * Writes inside the current size without blocking the caller; the callback may run on any thread
   * and must not block. The segment must be native and stay unchanged until then. A range outside
   * the size is an error in the callback.
   */
  void writeAsync(long offset, MemorySegment source, IoCallback done);

  /**
   * Reads {@code target.byteSize()} bytes inside the current size without blocking; otherwise like
   * {@link #writeAsync}.
   */
  void readAsync(long offset, MemorySegment target, IoCallback done);

  /**
   * Makes sure that the range has space and reads as zeros where it was not written; grows the size
   * to its end. Later writes into the range change no metadata (F3).
   */
  void allocate(long offset, long length) throws IOException;

  /** The same, but the size stays; blocks beyond it are there when the file grows over them. */
  default void allocateKeepingSize(long offset, long length) throws IOException {
    throw new PfsException(Errno.ENOTSUP, path() + ": allocation beyond the size");
  }

  /**
   * Makes a hole: the range reads as zeros, the blocks that lie in it whole are given back, and the
   * size stays. The blocks go in one atomic step, after the parts of blocks at the edges.
   */
  default void punch(long offset, long length) throws IOException {
    throw new PfsException(Errno.ENOTSUP, path() + ": holes");
  }

  /**
   * Writes at the end of the file, wherever other threads' appends have moved it; returns the
   * offset it was written to. After a crash all of it is in the file or nothing.
   */
  default long append(MemorySegment source) throws IOException {
    throw new PfsException(Errno.ENOTSUP, path() + ": appending");
  }

  void truncate(long size) throws IOException;

  void sync() throws IOException;

  @Override
  void close() throws IOException;
}
