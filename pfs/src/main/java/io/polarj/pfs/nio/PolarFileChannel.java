// A FileChannel over a file of a volume. The position is guarded by this channel's lock, held over
// the transfer as the contract asks; positional transfers run side by side. An interrupt closes the
// channel, as with every interruptible channel.
package io.polarj.pfs.nio;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;

final class PolarFileChannel extends FileChannel {
  private static final int PIECE_BYTES = 1 << 20;
  private final OpenFile file;
  private final ReentrantLock positionLock = new ReentrantLock();
  private long position;

  PolarFileChannel(OpenFile file) {
    this.file = file;
  }

  @FunctionalInterface
  private interface Transfer {
    long run() throws IOException;
  }

  /** A transfer that an interrupt ends by closing the channel. */
  private long interruptibly(Transfer transfer) throws IOException {
    boolean completed = false;
    try {
      begin();
      mustBeOpen();
      long result = transfer.run();
      completed = true;
      return result;
    } finally {
      end(completed);
    }
  }

  private long atPosition(Transfer transfer) throws IOException {
    mustBeOpen();
    positionLock.lock();
    try {
      return interruptibly(transfer);
    } finally {
      positionLock.unlock();
    }
  }

  private void mustBeOpen() throws ClosedChannelException {
    if (!isOpen()) {
      throw new ClosedChannelException();
    }
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    mustBeOpen();
    file.mustBeReadable();
    return (int)
        atPosition(() -> {
          int bytes = file.read(target, position);
          position += Math.max(0, bytes);
          return bytes;
        });
  }

  @Override
  public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, targets.length);
    mustBeOpen();
    file.mustBeReadable();
    return atPosition(() -> {
      long total = 0;
      for (int i = offset; i < offset + length; i++) {
        int bytes = file.read(targets[i], position);
        if (bytes < 0) {
          return total == 0 ? -1 : total;
        }
        position += bytes;
        total += bytes;
        if (targets[i].hasRemaining()) {
          break;
        }
      }
      return total;
    });
  }

  @Override
  public int write(ByteBuffer source) throws IOException {
    return (int) write(new ByteBuffer[] {source}, 0, 1);
  }

  @Override
  public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, sources.length);
    mustBeOpen();
    file.mustBeWritable();
    return atPosition(() -> {
      long total = 0;
      for (int i = offset; i < offset + length; i++) {
        int bytes = sources[i].remaining();
        if (file.append()) {
          position = file.append(sources[i]);
        } else {
          position += file.write(sources[i], position);
        }
        total += bytes;
      }
      return total;
    });
  }

  @Override
  public int read(ByteBuffer target, long at) throws IOException {
    Objects.requireNonNull(target);
    mustNotBeNegative(at, "Negative position");
    mustBeOpen();
    file.mustBeReadable();
    return (int) interruptibly(() -> file.read(target, at));
  }

  @Override
  public int write(ByteBuffer source, long at) throws IOException {
    Objects.requireNonNull(source);
    mustNotBeNegative(at, "Negative position");
    mustBeOpen();
    file.mustBeWritable();
    return (int)
        interruptibly(() -> {
          if (!file.append()) {
            return file.write(source, at);
          }
          int bytes = source.remaining(); // as pwrite on Linux: O_APPEND wins over the offset
          file.append(source);
          return bytes;
        });
  }

  @Override
  public long position() throws IOException {
    return atPosition(() -> file.append() ? file.size() : position);
  }

  @Override
  public FileChannel position(long newPosition) throws IOException {
    mustBeOpen();
    mustNotBeNegative(newPosition, "Negative position");
    atPosition(() -> position = newPosition);
    return this;
  }

  @Override
  public long size() throws IOException {
    return atPosition(file::size);
  }

  @Override
  public FileChannel truncate(long size) throws IOException {
    mustBeOpen();
    mustNotBeNegative(size, "Negative size");
    file.mustBeWritable();
    atPosition(() -> {
      file.truncate(size);
      position = Math.min(position, size);
      return position;
    });
    return this;
  }

  @Override
  public void force(boolean metaData) throws IOException {
    interruptibly(() -> {
      file.sync();
      return 0;
    });
  }

  @Override
  public long transferTo(long at, long count, WritableByteChannel target) throws IOException {
    mustBeOpen();
    if (!target.isOpen()) {
      throw new ClosedChannelException();
    }
    file.mustBeReadable();
    mustNotBeNegative(at, "Negative position");
    mustNotBeNegative(count, "Negative count");
    return interruptibly(() -> {
      long left = Math.min(count, file.size() - at);
      long done = 0;
      try (Arena arena = Arena.ofShared()) {
        ByteBuffer piece = left <= 0 ? null : piece(arena, left);
        while (done < left) {
          piece.clear().limit((int) Math.min(piece.capacity(), left - done));
          if (file.read(piece, at + done) < 0) {
            break;
          }
          int bytes = piece.flip().remaining();
          int taken = target.write(piece);
          done += taken;
          if (taken < bytes) {
            break;
          }
        }
      }
      return done;
    });
  }

  @Override
  public long transferFrom(ReadableByteChannel source, long at, long count) throws IOException {
    mustBeOpen();
    if (!source.isOpen()) {
      throw new ClosedChannelException();
    }
    file.mustBeWritable();
    mustNotBeNegative(at, "Negative position");
    mustNotBeNegative(count, "Negative count");
    return interruptibly(() -> {
      if (count == 0) {
        return 0;
      }
      long done = 0;
      try (Arena arena = Arena.ofShared()) {
        ByteBuffer piece = piece(arena, count);
        while (done < count) {
          piece.clear().limit((int) Math.min(piece.capacity(), count - done));
          int bytes = source.read(piece);
          if (bytes <= 0) {
            break;
          }
          done += file.write(piece.flip(), at + done);
        }
      }
      return done;
    });
  }

  private static ByteBuffer piece(Arena arena, long bytes) {
    return arena.allocate(Math.min(PIECE_BYTES, bytes), 4096).asByteBuffer();
  }

  @Override
  public MappedByteBuffer map(MapMode mode, long at, long size) {
    throw new UnsupportedOperationException(
        "FileChannel.map: files of PolarFS are not in the page cache; read into a buffer");
  }

  @Override
  public MemorySegment map(MapMode mode, long at, long size, Arena arena) {
    throw new UnsupportedOperationException(
        "FileChannel.map: files of PolarFS are not in the page cache; read into a segment");
  }

  /** Never waits: see {@link LockTable}. */
  @Override
  public FileLock lock(long at, long size, boolean shared) throws IOException {
    return tryLock(at, size, shared);
  }

  @Override
  public FileLock tryLock(long at, long size, boolean shared) throws IOException {
    mustBeOpen();
    return file.lock(
        new PolarFileLock(this, file, at, size == 0 ? Long.MAX_VALUE - at : size, shared));
  }

  @Override
  protected void implCloseChannel() throws IOException {
    file.close(this);
  }

  private static void mustNotBeNegative(long value, String message) {
    if (value < 0) {
      throw new IllegalArgumentException(message);
    }
  }
}
