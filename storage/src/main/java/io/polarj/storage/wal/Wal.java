package io.polarj.storage.wal;

import io.polarj.platform.disk.IoCallback;
import io.polarj.platform.loop.EventLoop;
import io.polarj.storage.disk.BufferPool;
import io.polarj.storage.disk.Outcome;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Appends records to the disk's log with group commit: while one batch is being written and
 * flushed, whatever arrives gathers in the next.
 *
 * <p>Invariants. INV-WAL-1: a record's callback runs without error only after its batch was written
 * and a flush that was submitted after that write has completed. INV-WAL-2: one batch is in flight
 * at a time, so behind a torn batch there is no newer one. INV-WAL-3: a batch starts on a fresh 4
 * KiB block; no durable block is written again before the log was cut behind it. INV-WAL-4:
 * callbacks run in the order of the appends. After the first I/O error nothing is written any more
 * and every callback gets the error.
 *
 * <p>Lives on one loop. Place in the data path: DiskLog → here → device.
 */
public final class Wal {
  private static final int FIRST_BUFFER_BYTES = 64 * 1024;
  private final WalArea area;
  private final EventLoop loop;
  private final BufferPool buffers;
  private final ArrayDeque<Batch> waiting = new ArrayDeque<>();
  private final long session;
  private final Consumer<IOException> onFailure;
  private final TreeMap<Long, Integer> reading = new TreeMap<>();
  private Batch inFlight;
  private long nextSequence;
  private int previousCrc;
  private long tail;
  private long end;
  private long durable;
  private boolean startScheduled;
  private boolean confirmsUnflushed;
  private IOException failure;
  private long batches;
  private long records;

  /**
   * @param start where the log was found to end
   * @param tail the oldest position still needed
   * @param onFailure told once, of the first error
   */
  public Wal(
      WalArea area,
      EventLoop loop,
      BufferPool buffers,
      WalEnd start,
      long tail,
      Consumer<IOException> onFailure) {
    this.area = area;
    this.onFailure = onFailure;
    this.loop = loop;
    this.buffers = buffers;
    this.session = start.session() + 1;
    this.nextSequence = start.sequence() + 1;
    this.previousCrc = start.crc();
    this.end = start.position();
    this.durable = start.position();
    this.tail = tail;
  }

  /** Bytes a record of that size may cost at worst: a batch of its own. */
  public static long worstCost(int headBytes, int bodyBytes) {
    return WalFormat.roundUp(
        WalFormat.BATCH_HEADER_BYTES + WalFormat.recordBytes(headBytes, bodyBytes));
  }

  public long free() {
    return area.bytes() - used();
  }

  public long capacity() {
    return area.bytes();
  }

  public long used() {
    return end - tail;
  }

  public int mostRecordBytes() {
    return area.mostRecordBytes();
  }

  /** Position behind everything appended so far. */
  public long end() {
    return end;
  }

  public long durable() {
    return durable;
  }

  public long tail() {
    return tail;
  }

  public long session() {
    return session;
  }

  public long batches() {
    return batches;
  }

  public long records() {
    return records;
  }

  /**
   * Adds a record; answers where it will stand. The callback runs later, never inside this call.
   */
  public WalPlace append(int type, long owner, byte[] head, byte[] body, IoCallback done) {
    Objects.requireNonNull(done, "done");
    int bytes = WalFormat.recordBytes(head.length, body.length);
    if ((long) head.length + body.length > mostRecordBytes()) {
      throw new IllegalArgumentException(
          "a record of " + bytes + " bytes is too large for a WAL of " + area.bytes());
    }
    if (failure == null && worstCost(head.length, body.length) > free()) {
      fail(
          new IOException(
              "the write-ahead log is full: %d of %d bytes are needed by entries that can not be"
                      .formatted(used(), area.bytes())
                  + " trimmed; format with a larger WAL"));
    }
    if (failure != null) {
      IOException error = failure;
      loop.execute(() -> done.completed(error));
      return new WalPlace(end, end);
    }
    Batch batch = waiting.peekLast();
    if (batch == null || !batch.fits(bytes)) {
      batch = new Batch(end);
      waiting.addLast(batch);
    }
    long position = batch.add(type, owner, head, body, done);
    end = batch.start + WalFormat.roundUp(batch.buffer.position());
    records++;
    scheduleStart();
    return new WalPlace(batch.start, position);
  }

  /**
   * Closes the batch that gathers now: whatever is appended later stands at or above the answer,
   * everything before below it.
   */
  public long cut() {
    Batch batch = waiting.peekLast();
    if (batch != null) {
      batch.closed = true;
    }
    return end;
  }

  /** Calls back once everything appended so far is durable. */
  public void whenDurable(IoCallback done) {
    Batch last = waiting.isEmpty() ? inFlight : waiting.peekLast();
    if (failure != null || last == null) {
      IOException error = failure;
      loop.execute(() -> done.completed(error));
    } else {
      last.callbacks.add(done);
    }
  }

  /** Gives everything below the position free, but for what is being read back. */
  public void trim(long position) {
    if (position < tail || position > end) {
      throw new IllegalArgumentException(
          "trim to " + position + ", but the log is " + tail + ".." + end);
    }
    tail = reading.isEmpty() ? position : Math.max(tail, Math.min(position, reading.firstKey()));
  }

  /** Reads back a durable record that was not trimmed. */
  public void read(WalPlace place, int headBytes, int bodyBytes, Outcome<WalRecord> done) {
    long from = place.record() / WalFormat.BLOCK_BYTES * WalFormat.BLOCK_BYTES;
    int skip = (int) (place.record() - from);
    int bytes = WalFormat.roundUp(skip + WalFormat.recordBytes(headBytes, bodyBytes));
    if (place.batch() < tail || from + bytes > durable) {
      throw new IllegalArgumentException(
          "record at " + place.record() + " is not in " + tail + ".." + durable);
    }
    ByteBuffer buffer = buffers.take(bytes);
    reading.merge(place.batch(), 1, Integer::sum);
    area.read(
        from,
        buffer,
        error -> {
          reading.computeIfPresent(place.batch(), (at, count) -> count == 1 ? null : count - 1);
          WalRecord record = null;
          if (error == null) {
            record = WalFormat.record(buffer, area.diskId(), skip, place);
          }
          buffers.give(buffer);
          if (error == null && record == null) {
            done.completed(
                null, new IOException("log record at " + place.record() + ": wrong checksum"));
          } else {
            done.completed(record, error);
          }
        });
  }

  /** Stops for good: what is not durable yet never will be acknowledged. */
  public void fail(IOException error) {
    if (failure != null) {
      return;
    }
    failure = error;
    List<Batch> lost = new ArrayList<>(waiting);
    waiting.clear();
    if (inFlight != null) {
      lost.addFirst(inFlight);
    }
    for (Batch batch : lost) {
      for (IoCallback callback : batch.callbacks) {
        loop.execute(() -> callback.completed(error));
      }
    }
    onFailure.accept(error);
  }

  /** Plants a broken INV-WAL-1; only tests do. */
  public void confirmUnflushed() {
    confirmsUnflushed = true;
  }

  /** Null while all is well. */
  public IOException failure() {
    return failure;
  }

  private void scheduleStart() {
    if (inFlight == null && !startScheduled) {
      startScheduled = true;
      loop.execute(() -> {
        startScheduled = false;
        startNext();
      });
    }
  }

  private void startNext() {
    if (failure != null || inFlight != null || waiting.isEmpty()) {
      return;
    }
    Batch batch = waiting.pollFirst();
    inFlight = batch;
    previousCrc = batch.seal(nextSequence++, previousCrc);
    area.write(
        batch.start,
        batch.buffer,
        error -> {
          if (error != null) {
            fail(error);
          } else if (failure == null && confirmsUnflushed) {
            flushed(batch, null);
          } else if (failure == null) {
            area.device().flush(flushError -> flushed(batch, flushError));
          }
        });
  }

  private void flushed(Batch batch, IOException error) {
    if (error != null) {
      fail(error);
    }
    if (failure != null) {
      return;
    }
    inFlight = null;
    durable = batch.start + batch.buffer.limit();
    batches++;
    buffers.give(batch.buffer);
    startNext();
    for (IoCallback callback : batch.callbacks) {
      callback.completed(null);
    }
  }

  /** Records that go to disk together. */
  private final class Batch {
    final long start;
    final List<IoCallback> callbacks = new ArrayList<>();
    ByteBuffer buffer;
    int count;
    boolean closed;

    Batch(long start) {
      this.start = start;
      buffer = buffers.take(FIRST_BUFFER_BYTES);
      buffer.position(WalFormat.BATCH_HEADER_BYTES);
    }

    boolean fits(int bytes) {
      return !closed && buffer.position() + bytes <= area.mostBatchBytes();
    }

    long add(int type, long owner, byte[] head, byte[] body, IoCallback done) {
      grow(WalFormat.roundUp(buffer.position() + WalFormat.recordBytes(head.length, body.length)));
      long position = start + buffer.position();
      WalFormat.putRecord(buffer, area.diskId(), type, owner, position, head, body);
      callbacks.add(done);
      count++;
      return position;
    }

    int seal(long sequence, int previous) {
      int length = WalFormat.roundUp(buffer.position());
      buffer.limit(length);
      while (buffer.hasRemaining()) {
        buffer.put((byte) 0);
      }
      buffer.position(0);
      return WalFormat.sealBatch(
          buffer,
          area.diskId(),
          new WalFormat.BatchHeader(session, sequence, start, length, count, previous, 0));
    }

    private void grow(int needed) {
      if (needed > buffer.limit()) {
        ByteBuffer larger = buffers.take(Math.max(needed, 2 * buffer.limit()));
        larger.put(buffer.flip());
        buffers.give(buffer);
        buffer = larger;
      }
    }
  }
}
