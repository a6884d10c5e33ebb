package io.polarj.engine.redo;

import io.polarj.engine.error.EngineException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;
import java.util.zip.CRC32C;

/**
 * Makes redo durable: takes published groups from the log buffer, cuts them into blocks, writes and
 * syncs them. One write is in flight at a time (the holder of {@code writing}); whoever waits for
 * an LSN and finds nobody writing writes itself, for all who wait (group commit without a hand-over
 * between threads); a background thread writes what nobody waits for. After a failed write nothing
 * is written any more and all waiters are told.
 */
public final class LogWriter implements AutoCloseable {
  /** The largest single write; recovery relies on it to tell a torn end from a damaged log. */
  public static final int MAX_WRITE_BYTES = 1 << 20;

  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final int MAX_BLOCKS = MAX_WRITE_BYTES / RedoFormat.BLOCK_BYTES;
  private static final int SPINS = 100;
  private static final long IDLE_WRITE_NANOS = 10_000_000;

  private static final class Waiter {
    final Thread thread = Thread.currentThread();
    final long lsn;
    Waiter next;

    Waiter(long lsn) {
      this.lsn = lsn;
    }
  }

  private final RedoFiles files;
  private final long epoch;
  private final Arena arena = Arena.ofShared();
  private final LogBuffer buffer;
  private final ReentrantLock writing = new ReentrantLock();
  private final MemorySegment staging;
  private final AtomicReference<Waiter> waiters = new AtomicReference<>();
  private final List<LongConsumer> listeners = new CopyOnWriteArrayList<>();
  private final Thread background;
  private long written; // position; under the lock
  private volatile long writes; // changed under the lock
  private volatile long durableLsn;
  private volatile Throwable failure;
  private volatile boolean idle;
  private volatile boolean closed;

  /**
   * Continues the stream at {@code startLsn}. {@code tail}: the payload of the last block below it,
   * empty when a block begins there.
   */
  public LogWriter(RedoFiles files, int bufferBytes, long epoch, long startLsn, byte[] tail) {
    this.files = files;
    this.epoch = epoch;
    this.written = RedoFormat.position(startLsn);
    this.durableLsn = startLsn;
    if (tail.length != written % RedoFormat.PAYLOAD_BYTES) {
      throw new IllegalArgumentException("tail of " + tail.length + " bytes at LSN " + startLsn);
    }
    this.buffer = new LogBuffer(arena, bufferBytes, written);
    this.staging = arena.allocate(MAX_WRITE_BYTES, RedoFormat.BLOCK_BYTES);
    MemorySegment.copy(
        tail, 0, staging, ValueLayout.JAVA_BYTE, RedoFormat.BLOCK_HEADER, tail.length);
    this.background = Thread.ofPlatform().daemon().name("redo-writer").start(this::writeIdleRedo);
  }

  /** Called with the new durable LSN after each write, by the writing thread; must be quick. */
  public void addListener(LongConsumer listener) {
    listeners.add(listener);
  }

  public long newestLsn() {
    return RedoFormat.lsn(buffer.reserved());
  }

  public long durableLsn() {
    return durableLsn;
  }

  public long epoch() {
    return epoch;
  }

  /** How often redo was written and synced. */
  public long writes() {
    return writes;
  }

  /** What made the log fail, or null. */
  public Throwable failure() {
    return failure;
  }

  /** Reserves a group's range; the position must be published soon, by the same thread. */
  public long reserve(int length) {
    return buffer.reserve(length);
  }

  /** Copies a finished group to its reserved range, waiting for room when the buffer is full. */
  public void publish(long position, byte[] group, int length) {
    while (!buffer.hasRoom(position, length)) {
      mustNotHaveFailed();
      if (!writeSome()) {
        LockSupport.parkNanos(20_000);
      }
    }
    buffer.publish(position, group, length);
    if (idle) {
      idle = false;
      LockSupport.unpark(background);
    }
  }

  /** Returns when all redo below the LSN is durable. Throws {@code StorageFailure}. */
  public void waitDurable(long lsn) {
    if (lsn > newestLsn()) {
      throw new IllegalArgumentException("LSN " + lsn + " is not reserved yet");
    }
    for (int spins = 0; durableLsn < lsn; spins++) {
      mustNotHaveFailed();
      if (writeSome()) {
        continue;
      }
      if (spins < SPINS) {
        Thread.onSpinWait();
        continue;
      }
      Waiter waiter = new Waiter(lsn);
      push(waiter);
      // Whoever holds the lock now looks at the waiters after letting it go, and so finds this one.
      if (durableLsn < lsn && writing.isLocked() && failure == null) {
        LockSupport.parkNanos(this, 1_000_000_000L);
      } else {
        Thread.yield(); // an earlier group is reserved but not published yet
      }
    }
  }

  private void push(Waiter waiter) {
    do {
      waiter.next = waiters.get();
    } while (!waiters.compareAndSet(waiter.next, waiter));
  }

  /** Writes what is published unless another thread does; false when there was nothing to do. */
  private boolean writeSome() {
    if (!writing.tryLock()) {
      return false;
    }
    boolean wrote;
    try {
      wrote = writeRound();
    } finally {
      writing.unlock();
    }
    wakeWaiters();
    if (wrote) {
      long lsn = durableLsn;
      for (LongConsumer listener : listeners) {
        listener.accept(lsn);
      }
    }
    return wrote;
  }

  /** Wakes those who are served, and one of the others to write for them. */
  private void wakeWaiters() {
    Waiter waiter = waiters.getAndSet(null);
    boolean writerWoken = false;
    while (waiter != null) {
      Waiter next = waiter.next;
      if (waiter.lsn <= durableLsn || failure != null) {
        LockSupport.unpark(waiter.thread);
      } else if (!writerWoken) {
        writerWoken = true;
        LockSupport.unpark(waiter.thread);
      } else {
        push(waiter);
      }
      waiter = next;
    }
  }

  private boolean writeRound() {
    long end = buffer.published();
    if (end == written || failure != null) {
      return false;
    }
    long blockLsn = written / RedoFormat.PAYLOAD_BYTES * RedoFormat.BLOCK_BYTES;
    long inFile = blockLsn % files.fileBytes();
    long blocksLeft = (files.fileBytes() - inFile) / RedoFormat.BLOCK_BYTES;
    long first = written - written % RedoFormat.PAYLOAD_BYTES;
    end = Math.min(end, first + Math.min(MAX_BLOCKS, blocksLeft) * RedoFormat.PAYLOAD_BYTES);
    int blocks = fillStaging(end, blockLsn);
    buffer.take(end);
    try {
      var file = files.writable(blockLsn / files.fileBytes());
      file.write(inFile, staging.asSlice(0, (long) blocks * RedoFormat.BLOCK_BYTES));
      file.sync();
    } catch (IOException | RuntimeException e) {
      failure = e;
      return false;
    }
    written = end;
    writes++;
    durableLsn = RedoFormat.lsn(end);
    if (end % RedoFormat.PAYLOAD_BYTES != 0 && blocks > 1) {
      MemorySegment.copy(
          staging,
          (long) (blocks - 1) * RedoFormat.BLOCK_BYTES,
          staging,
          0,
          RedoFormat.BLOCK_BYTES);
    }
    return true;
  }

  private int fillStaging(long end, long firstBlockLsn) {
    int blocks = 0;
    for (long at = written; at < end; blocks++) {
      long base = (long) blocks * RedoFormat.BLOCK_BYTES;
      int offset = (int) (at % RedoFormat.PAYLOAD_BYTES);
      int count = (int) Math.min(RedoFormat.PAYLOAD_BYTES - offset, end - at);
      int used = RedoFormat.BLOCK_HEADER + offset + count;
      buffer.copyOut(at, staging, base + RedoFormat.BLOCK_HEADER + offset, count);
      staging.asSlice(base + used, RedoFormat.BLOCK_BYTES - used).fill((byte) 0);
      staging.set(INT, base + RedoFormat.BLOCK_MAGIC, RedoFormat.MAGIC_VALUE);
      staging.set(LONG, base + RedoFormat.BLOCK_LSN, firstBlockLsn + base);
      staging.set(LONG, base + RedoFormat.BLOCK_EPOCH, epoch);
      staging.set(INT, base + RedoFormat.BLOCK_USED, used);
      staging.set(INT, base + RedoFormat.BLOCK_USED + 4, 0);
      CRC32C crc = new CRC32C();
      crc.update(staging.asSlice(base + 4, RedoFormat.BLOCK_BYTES - 4).asByteBuffer());
      staging.set(INT, base + RedoFormat.BLOCK_CRC, (int) crc.getValue());
      at += count;
    }
    return blocks;
  }

  private void writeIdleRedo() {
    while (!closed && failure == null) {
      if (newestLsn() == durableLsn) {
        idle = true;
        if (newestLsn() == durableLsn && !closed) {
          LockSupport.park(this);
        }
        idle = false;
      }
      LockSupport.parkNanos(this, IDLE_WRITE_NANOS);
      while (writeSome()) {
        Thread.onSpinWait();
      }
    }
  }

  private void mustNotHaveFailed() {
    Throwable cause = failure;
    if (cause != null) {
      throw new EngineException.StorageFailure(
          "redo could not be written; nothing after LSN "
              + durableLsn
              + " is durable; restart the engine when storage works again",
          cause);
    }
  }

  /** Fails the log from outside, so that no one writes any more. */
  public void fail(Throwable cause) {
    if (failure == null) {
      failure = cause;
    }
    wakeWaiters();
  }

  /** Stops without writing what is left. Nobody may use the log any more. */
  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(background);
    try {
      background.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    arena.close();
  }
}
