// An AsynchronousFileChannel over a file of a volume. Transfers run on the executor given at
// opening, else each on a virtual thread, which parks while the volume works.
package io.polarj.pfs.nio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.CompletionHandler;
import java.nio.channels.FileLock;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

final class PolarAsynchronousFileChannel extends AsynchronousFileChannel {
  private final OpenFile file;
  private final Executor executor;
  private final AtomicBoolean open = new AtomicBoolean(true);

  /** {@code executor}: null for virtual threads. */
  PolarAsynchronousFileChannel(OpenFile file, Executor executor) {
    this.file = file;
    this.executor = executor == null ? Thread::startVirtualThread : executor;
  }

  @FunctionalInterface
  private interface Task<T> {
    T run() throws IOException;
  }

  private <T, A> void start(Task<T> task, A attachment, CompletionHandler<T, ? super A> handler) {
    Objects.requireNonNull(handler, "'handler' is null");
    executor.execute(() -> {
      T result;
      try {
        mustBeOpen();
        result = task.run();
      } catch (IOException | RuntimeException e) {
        handler.failed(e, attachment);
        return;
      }
      handler.completed(result, attachment);
    });
  }

  private <T> Future<T> start(Task<T> task) {
    CompletableFuture<T> future = new CompletableFuture<>();
    start(task, null, new Completing<>(future));
    return future;
  }

  private record Completing<T>(CompletableFuture<T> future) implements CompletionHandler<T, Void> {
    @Override
    public void completed(T result, Void attachment) {
      future.complete(result);
    }

    @Override
    public void failed(Throwable error, Void attachment) {
      future.completeExceptionally(error);
    }
  }

  private void mustBeOpen() throws ClosedChannelException {
    if (!open.get()) {
      throw new ClosedChannelException();
    }
  }

  private Task<Integer> reading(ByteBuffer target, long position) {
    if (position < 0) {
      throw new IllegalArgumentException("Negative position");
    }
    if (target.isReadOnly()) {
      throw new IllegalArgumentException("Read-only buffer");
    }
    file.mustBeReadable();
    return () -> file.read(target, position);
  }

  private Task<Integer> writing(ByteBuffer source, long position) {
    if (position < 0) {
      throw new IllegalArgumentException("Negative position");
    }
    file.mustBeWritable();
    return () -> file.write(source, position);
  }

  @Override
  public <A> void read(
      ByteBuffer target,
      long position,
      A attachment,
      CompletionHandler<Integer, ? super A> handler) {
    start(reading(target, position), attachment, handler);
  }

  @Override
  public Future<Integer> read(ByteBuffer target, long position) {
    return start(reading(target, position));
  }

  @Override
  public <A> void write(
      ByteBuffer source,
      long position,
      A attachment,
      CompletionHandler<Integer, ? super A> handler) {
    start(writing(source, position), attachment, handler);
  }

  @Override
  public Future<Integer> write(ByteBuffer source, long position) {
    return start(writing(source, position));
  }

  @Override
  public long size() throws IOException {
    mustBeOpen();
    return file.size();
  }

  @Override
  public AsynchronousFileChannel truncate(long size) throws IOException {
    if (size < 0) {
      throw new IllegalArgumentException("Negative size");
    }
    file.mustBeWritable();
    mustBeOpen();
    file.truncate(size);
    return this;
  }

  @Override
  public void force(boolean metaData) throws IOException {
    mustBeOpen();
    file.sync();
  }

  private Task<FileLock> locking(long position, long size, boolean shared) {
    if (!open.get()) {
      return () -> {
        throw new ClosedChannelException();
      };
    }
    FileLock lock = acquire(position, size, shared);
    return () -> lock;
  }

  private FileLock acquire(long position, long size, boolean shared) {
    long bytes = size == 0 ? Long.MAX_VALUE - position : size;
    return file.lock(new PolarFileLock(this, file, position, bytes, shared));
  }

  @Override
  public <A> void lock(
      long position,
      long size,
      boolean shared,
      A attachment,
      CompletionHandler<FileLock, ? super A> handler) {
    start(locking(position, size, shared), attachment, handler);
  }

  @Override
  public Future<FileLock> lock(long position, long size, boolean shared) {
    return start(locking(position, size, shared));
  }

  @Override
  public FileLock tryLock(long position, long size, boolean shared) throws IOException {
    mustBeOpen();
    return acquire(position, size, shared);
  }

  @Override
  public boolean isOpen() {
    return open.get();
  }

  @Override
  public void close() throws IOException {
    if (open.compareAndSet(true, false)) {
      file.close(this);
    }
  }
}
