package io.polarj.storage.wal;

import io.polarj.storage.disk.BufferPool;
import io.polarj.storage.disk.DiskFormatException;
import io.polarj.storage.disk.Outcome;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Reads the log from a batch's position to its end. The end is where the next batch is missing or
 * torn. If an intact newer batch stands behind such a gap, it is no torn tail (INV-WAL-2) but
 * damage to what was durable. If every record of the damaged batch can still be named, by the
 * checksums of their headers and heads, and lies without a gap up to that newer batch, the log goes
 * on, and records whose bodies are damaged are handed over without them. Otherwise the log is
 * refused, because a replica that forgot what it acknowledged would harm its groups.
 */
public final class WalScanner {
  private final WalArea area;
  private final BufferPool buffers;
  private final Consumer<WalRecord> records;
  private final Outcome<WalEnd> done;
  private final long limit;
  private WalEnd last;
  private final long knownSession;
  private boolean first = true;

  private WalScanner(
      WalArea area,
      BufferPool buffers,
      WalEnd from,
      Consumer<WalRecord> records,
      Outcome<WalEnd> done) {
    this.area = area;
    this.buffers = buffers;
    this.last = from;
    this.knownSession = from.session();
    this.limit = from.position() + area.bytes();
    this.records = records;
    this.done = done;
  }

  /**
   * @param from where to begin and the session of the checkpoint that says so; its sequence and
   *     checksum stand only when the log turns out to be empty
   */
  public static void scan(
      WalArea area,
      BufferPool buffers,
      WalEnd from,
      Consumer<WalRecord> records,
      Outcome<WalEnd> done) {
    new WalScanner(area, buffers, from, records, done).readHeader();
  }

  private void readHeader() {
    if (last.position() >= limit) {
      done.completed(found(), null);
      return;
    }
    ByteBuffer block = buffers.take(WalFormat.BLOCK_BYTES);
    area.read(last.position(), block, error -> headerRead(block, error));
  }

  /** The checkpoint may be of a later session than the oldest batches it needs. */
  private WalEnd found() {
    return new WalEnd(
        last.position(), Math.max(last.session(), knownSession), last.sequence(), last.crc());
  }

  private void headerRead(ByteBuffer block, IOException error) {
    WalFormat.BatchHeader header =
        error != null
            ? null
            : WalFormat.header(block, area.diskId(), last.position(), area.mostBatchBytes());
    long newerLap =
        error == null && WalFormat.names(block, area.diskId()) > last.position()
            ? WalFormat.names(block, area.diskId())
            : -1;
    buffers.give(block);
    if (error != null) {
      done.completed(null, error);
    } else if (newerLap >= 0) {
      done.completed(
          null,
          new DiskFormatException(
              "write-ahead log: position %d was overwritten by position %d; the newest checkpoint"
                      .formatted(last.position(), newerLap)
                  + " is lost: replace this disk's replicas"));
    } else if (header == null || !follows(header) || header.position() + header.length() > limit) {
      ended();
    } else {
      ByteBuffer batch = buffers.take(header.length());
      area.read(header.position(), batch, e -> batchRead(header, batch, e));
    }
  }

  private boolean follows(WalFormat.BatchHeader header) {
    if (first) {
      return true;
    }
    return header.sequence() == last.sequence() + 1
        && header.previous() == last.crc()
        && header.session() >= last.session();
  }

  private void batchRead(WalFormat.BatchHeader header, ByteBuffer batch, IOException error) {
    boolean intact = error == null && WalFormat.intact(batch, area.diskId(), header);
    IOException wrong = error;
    if (intact) {
      wrong = deliver(header, batch);
    }
    buffers.give(batch);
    if (wrong != null) {
      done.completed(null, wrong);
    } else if (!intact) {
      ended();
    } else {
      first = false;
      last =
          new WalEnd(
              header.position() + header.length(),
              header.session(),
              header.sequence(),
              header.crc());
      readHeader();
    }
  }

  private IOException deliver(WalFormat.BatchHeader header, ByteBuffer batch) {
    int at = WalFormat.BATCH_HEADER_BYTES;
    for (int i = 0; i < header.records(); i++) {
      WalPlace place = new WalPlace(header.position(), header.position() + at);
      WalRecord record = WalFormat.record(batch, area.diskId(), at, place);
      if (record == null) {
        return new DiskFormatException(
            "write-ahead log: record %d of the intact batch at %d is malformed"
                .formatted(i, header.position()));
      }
      records.accept(record);
      at += WalFormat.recordBytes(record.head().length, record.bodyBytes());
    }
    return null;
  }

  /** Nothing valid stands at the end; looks whether something newer stands behind it. */
  private void ended() {
    int bytes =
        (int) Math.min(area.mostBatchBytes() + WalFormat.BLOCK_BYTES, limit - last.position());
    ByteBuffer behind = buffers.take(bytes);
    area.read(
        last.position(),
        behind,
        error -> {
          WalFormat.BatchHeader newer = error == null ? newerBatch(behind) : null;
          boolean salvaged = newer != null && salvage(behind, newer);
          buffers.give(behind);
          if (error != null) {
            done.completed(null, error);
          } else if (salvaged) {
            readHeader();
          } else if (newer != null) {
            done.completed(
                null,
                new DiskFormatException(
                    "write-ahead log: the batch at %d is damaged, yet a newer one stands at %d;"
                            .formatted(last.position(), newer.position())
                        + " this disk has lost durable entries: replace its replicas"));
          } else {
            done.completed(found(), null);
          }
        });
  }

  private WalFormat.BatchHeader newerBatch(ByteBuffer behind) {
    for (int at = WalFormat.BLOCK_BYTES; at < behind.limit(); at += WalFormat.BLOCK_BYTES) {
      ByteBuffer part = behind.slice(at, behind.limit() - at).order(ByteOrder.LITTLE_ENDIAN);
      WalFormat.BatchHeader header =
          WalFormat.header(part, area.diskId(), last.position() + at, area.mostBatchBytes());
      if (header != null && WalFormat.intact(part, area.diskId(), header)) {
        return header;
      }
    }
    return null;
  }

  /**
   * Hands over the records of the damaged batch, if they can all be named; then the newer batch is
   * next.
   */
  private boolean salvage(ByteBuffer batch, WalFormat.BatchHeader newer) {
    if (!first && newer.sequence() != last.sequence() + 2) {
      return false;
    }
    int length = (int) (newer.position() - last.position());
    List<WalRecord> found = new ArrayList<>();
    int at = WalFormat.BATCH_HEADER_BYTES;
    while (at < length) {
      WalPlace place = new WalPlace(last.position(), last.position() + at);
      WalRecord record = WalFormat.salvage(batch, area.diskId(), at, place);
      if (record == null) {
        break;
      }
      found.add(record);
      at += WalFormat.recordBytes(record.head().length, record.bodyBytes());
    }
    if (found.isEmpty() || WalFormat.roundUp(at) != length) {
      return false;
    }
    found.forEach(records);
    first = false;
    last = new WalEnd(newer.position(), last.session(), newer.sequence() - 1, newer.previous());
    return true;
  }
}
