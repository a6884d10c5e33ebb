package io.polarj.pfs.local;

import com.sun.nio.file.ExtendedOpenOption;
import io.polarj.pfs.file.Errno;
import io.polarj.pfs.file.FileStat;
import io.polarj.pfs.file.PfsException;
import io.polarj.pfs.file.PolarFile;
import io.polarj.platform.disk.IoCallback;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * A file of a {@link LocalFileSystem}. Aligned transfers use a channel with O_DIRECT where the host
 * offers it, all others a buffered one; the kernel keeps the two coherent. The JDK closes a channel
 * when a thread that uses it is interrupted; such a channel is opened again and the transfer
 * repeated, so that one interrupted session can not take the file away from the others.
 */
final class LocalFile implements PolarFile {
  private static final int ALIGNMENT = 4096;
  private static final int ZERO_BYTES = 1 << 20;

  private final String path;
  private final Path local;
  private final FileStat opened;
  private final boolean writable;
  private final Executor executor;
  private final boolean directWanted;
  private volatile FileChannel buffered;
  private volatile FileChannel direct;
  private volatile boolean closed;

  @FunctionalInterface
  private interface Transfer<T> {
    T on(FileChannel channel) throws IOException;
  }

  LocalFile(
      String path,
      Path local,
      FileStat opened,
      FileChannel channel,
      boolean writable,
      Executor executor) {
    this.path = path;
    this.local = local;
    this.opened = opened;
    this.writable = writable;
    this.executor = executor;
    this.buffered = channel;
    this.direct = openDirect();
    this.directWanted = direct != null;
  }

  private FileChannel openDirect() {
    try {
      List<OpenOption> options = options();
      options.add(ExtendedOpenOption.DIRECT);
      return FileChannel.open(local, options.toArray(OpenOption[]::new));
    } catch (IOException | UnsupportedOperationException e) {
      return null; // this host has no direct I/O here: everything goes through the page cache
    }
  }

  private List<OpenOption> options() {
    List<OpenOption> options = new ArrayList<>();
    options.add(StandardOpenOption.READ);
    if (writable) {
      options.add(StandardOpenOption.WRITE);
    }
    return options;
  }

  @Override
  public String path() {
    return path;
  }

  @Override
  public long size() throws IOException {
    return transfer(false, FileChannel::size);
  }

  /** The JDK has no fstat: the size is the file's own, the rest is as of the opening. */
  @Override
  public FileStat stat() throws IOException {
    long size = size();
    return new FileStat(opened.name(), opened.inode(), false, size, size, opened.modifiedMillis());
  }

  @Override
  public int read(long offset, MemorySegment target) throws IOException {
    if (offset < 0 || target.byteSize() > Integer.MAX_VALUE) {
      throw new PfsException(Errno.EINVAL, path + ": read of " + target.byteSize() + "@" + offset);
    }
    return transfer(aligned(offset, target), channel -> readFully(channel, offset, target));
  }

  private int readFully(FileChannel channel, long offset, MemorySegment target) throws IOException {
    ByteBuffer buffer = target.asByteBuffer();
    while (buffer.hasRemaining()) {
      int position = buffer.position();
      int n = channel.read(buffer, offset + position);
      if (n <= 0) {
        break;
      }
      if (channel == direct && buffer.position() % ALIGNMENT != 0) {
        // A direct read of the file's unaligned tail: what is left is at the end of the file.
        return (int) Math.min(target.byteSize(), Math.max(0, channel.size() - offset));
      }
    }
    return buffer.position();
  }

  @Override
  public void write(long offset, MemorySegment source) throws IOException {
    mustBeWritable();
    if (offset < 0 || source.byteSize() > Integer.MAX_VALUE) {
      throw new PfsException(Errno.EINVAL, path + ": write of " + source.byteSize() + "@" + offset);
    }
    transfer(
        aligned(offset, source),
        channel -> {
          ByteBuffer buffer = source.asByteBuffer();
          while (buffer.hasRemaining()) {
            channel.write(buffer, offset + buffer.position());
          }
          return null;
        });
  }

  @Override
  public void writeAsync(long offset, MemorySegment source, IoCallback done) {
    submit(
        done,
        () -> {
          insideSize(offset, source);
          write(offset, source);
        });
  }

  @Override
  public void readAsync(long offset, MemorySegment target, IoCallback done) {
    submit(
        done,
        () -> {
          insideSize(offset, target);
          if (read(offset, target) != target.byteSize()) {
            throw new PfsException(Errno.EIO, path + ": short read at " + offset);
          }
        });
  }

  @FunctionalInterface
  private interface Task {
    void run() throws IOException;
  }

  private void submit(IoCallback done, Task task) {
    try {
      executor.execute(() -> {
        IOException error = null;
        try {
          task.run();
        } catch (IOException e) {
          error = e;
        } catch (RuntimeException e) {
          error = new PfsException(Errno.EIO, path + ": " + e, e);
        }
        done.completed(error);
      });
    } catch (RejectedExecutionException e) {
      done.completed(new PfsException(Errno.EBADF, path + ": the file system is closed", e));
    }
  }

  private void insideSize(long offset, MemorySegment segment) throws IOException {
    if (offset < 0 || offset + segment.byteSize() > size()) {
      throw new PfsException(
          Errno.EINVAL, path + ": " + segment.byteSize() + "@" + offset + " is outside the file");
    }
  }

  @Override
  public synchronized void allocate(long offset, long length) throws IOException {
    mustBeWritable();
    if (offset < 0 || length < 0 || offset + length < 0) {
      throw new PfsException(Errno.EINVAL, path + ": allocate " + length + "@" + offset);
    }
    long end = offset + length;
    long at = size();
    if (at >= end) {
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment zeros = arena.allocate(ZERO_BYTES, ALIGNMENT);
      while (at < end) {
        long step = Math.min(end - at, ZERO_BYTES - at % ALIGNMENT);
        write(at, zeros.asSlice(0, step));
        at += step;
      }
    }
    sync();
  }

  /** The host decides about space: this is a hint that it need not take. */
  @Override
  public void allocateKeepingSize(long offset, long length) throws IOException {
    mustBeWritable();
    if (offset < 0 || length < 0 || offset + length < 0) {
      throw new PfsException(Errno.EINVAL, path + ": allocate " + length + "@" + offset);
    }
  }

  /** Zeros are written: the space is not given back. */
  @Override
  public synchronized void punch(long offset, long length) throws IOException {
    mustBeWritable();
    if (offset < 0 || length < 0 || offset + length < 0) {
      throw new PfsException(Errno.EINVAL, path + ": hole of " + length + "@" + offset);
    }
    long end = Math.min(offset + length, size());
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment zeros = arena.allocate(ZERO_BYTES, ALIGNMENT);
      for (long at = offset; at < end; ) {
        long step = Math.min(end - at, ZERO_BYTES - at % ALIGNMENT);
        write(at, zeros.asSlice(0, step));
        at += step;
      }
    }
  }

  /** In turn for the appends of this handle; of another handle's it knows nothing. */
  @Override
  public synchronized long append(MemorySegment source) throws IOException {
    long at = size();
    write(at, source);
    return at;
  }

  @Override
  public synchronized void truncate(long size) throws IOException {
    mustBeWritable();
    if (size < 0) {
      throw new PfsException(Errno.EINVAL, path + ": truncate to " + size);
    }
    long now = size();
    if (size < now) {
      transfer(false, channel -> channel.truncate(size));
    } else if (size > now) {
      // A file can be grown by a last byte; what is between reads as zeros.
      transfer(false, channel -> channel.write(ByteBuffer.allocate(1), size - 1));
    }
  }

  @Override
  public void sync() throws IOException {
    transfer(
        false,
        channel -> {
          channel.force(false);
          return null;
        });
  }

  @Override
  public void close() throws IOException {
    synchronized (this) {
      closed = true;
      FileChannel second = direct;
      try (FileChannel first = buffered) {
        if (second != null) {
          second.close();
        }
      }
    }
  }

  private boolean aligned(long offset, MemorySegment segment) {
    return directWanted
        && segment.isNative()
        && (offset | segment.address() | segment.byteSize()) % ALIGNMENT == 0;
  }

  private <T> T transfer(boolean directly, Transfer<T> transfer) throws IOException {
    boolean interrupted = false;
    try {
      while (true) {
        FileChannel channel = directly ? direct : buffered;
        try {
          return transfer.on(channel);
        } catch (ClosedChannelException e) {
          interrupted |= Thread.interrupted();
          reopen(e);
        }
      }
    } catch (IOException e) {
      throw LocalErrors.map(path, e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private synchronized void reopen(ClosedChannelException cause) throws IOException {
    if (closed) {
      throw cause;
    }
    if (!buffered.isOpen()) {
      buffered = FileChannel.open(local, options().toArray(OpenOption[]::new));
    }
    if (directWanted && !direct.isOpen()) {
      FileChannel again = openDirect();
      if (again == null) {
        throw cause;
      }
      direct = again;
    }
  }

  private void mustBeWritable() throws PfsException {
    if (!writable) {
      throw new PfsException(Errno.EBADF, path + " was not opened for writing");
    }
  }
}
