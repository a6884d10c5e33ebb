package io.polarj.sim.raft;

import io.polarj.platform.disk.BlockDevice;
import io.polarj.platform.disk.IoCallback;
import io.polarj.platform.net.MalformedMessageException;
import io.polarj.platform.net.MessageReader;
import io.polarj.platform.net.MessageWriter;
import io.polarj.sim.history.Violation;
import io.polarj.storage.disk.BufferPool;
import io.polarj.storage.raft.AppliedEntries;
import io.polarj.storage.raft.EntryHeader;
import io.polarj.storage.raft.HardState;
import io.polarj.storage.raft.LogEntry;
import io.polarj.storage.raft.RaftCodec;
import io.polarj.storage.raft.RaftLog;
import io.polarj.storage.raft.RecoveredLog;
import io.polarj.storage.raft.Snapshot;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A plain group-committed log over a block device: batches of records that start on a sector.
 *
 * <p>A record is {@code magic, length, crc, crc of the record before, type, body}. The chain of
 * checksums ends recovery at the first record that is torn or left over from before a crash.
 */
final class DiskLog implements RaftLog {
  private static final int SECTOR = BlockDevice.ALIGNMENT;
  private static final int MAGIC = 0x504C4F47;
  private static final int HEAD = 17;
  private static final int SCAN = 1 << 17;
  private static final byte[] BLANK = new byte[SCAN];
  private static final int APPEND = 1;
  private static final int TRUNCATE = 2;
  private static final int HARD_STATE = 3;
  private static final int SNAPSHOT = 4;
  private static final int APPLIED = 5;

  private final BlockDevice device;
  private final long region;
  private final DurableTruth truth;
  private final BufferPool buffers;
  private final boolean skipsFlush;
  private final TreeMap<Long, long[]> places = new TreeMap<>();
  private final List<Pending> queue = new ArrayList<>();
  private HardState hard = HardState.INITIAL;
  private Snapshot snapshot = Snapshot.EMPTY;
  private AppliedEntries applied = AppliedEntries.NONE;
  private long position;
  private int previousCrc;
  private boolean committing;

  private record Pending(int type, byte[] body, long index, Runnable onTruth, IoCallback done) {}

  private DiskLog(
      BlockDevice device, long region, DurableTruth truth, BufferPool buffers, boolean skipsFlush) {
    this.buffers = buffers;
    this.device = device;
    this.region = region;
    this.truth = truth;
    this.skipsFlush = skipsFlush;
  }

  /** Reads the log and hands over what it holds. */
  static void open(
      BlockDevice device,
      long region,
      DurableTruth truth,
      BufferPool buffers,
      boolean skipsFlush,
      Consumer<DiskLog> done) {
    DiskLog log = new DiskLog(device, region, truth, buffers, skipsFlush);
    log.load(new MessageWriter(SCAN), 0, done);
  }

  RecoveredLog recovered() {
    return new RecoveredLog(hard, snapshot, truth.entries(), applied);
  }

  private void load(MessageWriter bytes, long at, Consumer<DiskLog> done) {
    ByteBuffer buffer = buffers.take(SCAN);
    device.read(
        at,
        buffer,
        error -> {
          if (error != null) {
            return; // the host is restarted with a sound disk in time
          }
          byte[] chunk = new byte[SCAN];
          buffer.flip().get(chunk);
          buffers.give(buffer);
          bytes.putRaw(chunk, 0, SCAN);
          boolean blank = Arrays.equals(chunk, BLANK);
          if (blank || at + SCAN >= region) {
            replay(bytes.array(), bytes.length());
            device.flush(flushError -> { // what was found may not be durable yet
              if (flushError == null) {
                done.accept(this);
              }
            });
          } else {
            load(bytes, at + SCAN, done);
          }
        });
  }

  private void replay(byte[] bytes, int end) {
    truth.clear();
    int at = 0;
    while (at + HEAD <= end) {
      int length = recordLength(bytes, at, end);
      if (length == 0 && at % SECTOR != 0) {
        at = (at / SECTOR + 1) * SECTOR;
        continue;
      }
      if (length == 0) {
        break;
      }
      MessageReader in = new MessageReader(bytes, at + HEAD - 1, length - HEAD + 1);
      apply(in.getByte(), in, at, length);
      previousCrc = new MessageReader(bytes, at + 8, 4).getInt();
      at += length;
    }
    position = (at + SECTOR - 1L) / SECTOR * SECTOR;
  }

  private int recordLength(byte[] bytes, int at, int end) {
    MessageReader in = new MessageReader(bytes, at, HEAD);
    int magic = in.getInt();
    int length = in.getInt();
    int crc = in.getInt();
    int chained = in.getInt();
    boolean plausible =
        magic == MAGIC && length >= HEAD && length <= end - at && chained == previousCrc;
    if (!plausible || crc != LogEntry.crcOf(Arrays.copyOfRange(bytes, at + 12, at + length))) {
      return 0;
    }
    return length;
  }

  private void apply(int type, MessageReader in, long at, int length) {
    switch (type) {
      case APPEND -> {
        EntryHeader header = RaftCodec.header(in);
        truth.append(header);
        places.put(header.index(), new long[] {at, length});
      }
      case TRUNCATE -> {
        long index = in.getLong();
        truth.truncateFrom(index);
      }
      case HARD_STATE ->
          hard =
              new HardState(
                  in.getLong(),
                  in.getInt(),
                  in.getLong(),
                  in.getLong(),
                  in.getLong(),
                  in.getLong(),
                  in.getLong(),
                  RaftCodec.membership(in));
      case SNAPSHOT -> {
        snapshot = new Snapshot(in.getLong(), in.getBytes());
        truth.trim(snapshot.index());
      }
      case APPLIED -> {
        long through = in.getLong();
        long[] above = new long[in.getInt()];
        Arrays.setAll(above, word -> in.getLong());
        applied = new AppliedEntries(through, above);
      }
      default -> throw new MalformedMessageException("record type " + type);
    }
  }

  @Override
  public void append(LogEntry entry, IoCallback durable) {
    MessageWriter out = new MessageWriter();
    RaftCodec.putHeader(out, entry.header());
    out.putRaw(entry.payload(), 0, entry.payload().length);
    EntryHeader header = entry.header();
    add(APPEND, out, () -> truth.append(header), durable, header.index());
  }

  @Override
  public void truncateFrom(long index, IoCallback durable) {
    add(TRUNCATE, new MessageWriter().putLong(index), () -> truth.truncateFrom(index), durable, 0);
  }

  @Override
  public void saveHardState(HardState state, IoCallback durable) {
    MessageWriter out = new MessageWriter();
    out.putLong(state.term()).putInt(state.votedFor());
    out.putLong(state.barrierTerm()).putLong(state.barrierStart());
    out.putLong(state.closeBallot()).putLong(state.closeEnd()).putLong(state.decided());
    RaftCodec.putMembership(out, state.members());
    add(HARD_STATE, out, () -> {}, durable, 0);
  }

  @Override
  public void saveSnapshot(Snapshot newer, IoCallback durable) {
    MessageWriter out = new MessageWriter().putLong(newer.index()).putBytes(newer.state());
    add(SNAPSHOT, out, () -> truth.trim(newer.index()), durable, 0);
  }

  /** As a checkpoint would: the blocks hold these entries durably. */
  void saveApplied(AppliedEntries entries, IoCallback durable) {
    MessageWriter out = new MessageWriter().putLong(entries.through());
    out.putInt(entries.above().length);
    for (long word : entries.above()) {
      out.putLong(word);
    }
    add(APPLIED, out, () -> {}, durable, 0);
  }

  @Override
  public void read(long index, EntryCallback done) {
    long[] place = places.get(index);
    if (queue.stream().anyMatch(pending -> pending.index == index)) {
      truncateFrom(Long.MAX_VALUE, error -> read(index, done)); // behind the entry itself
      return;
    }
    if (place == null) {
      throw new Violation("SIM", "entry " + index + " is read but was never stored");
    }
    long first = place[0] / SECTOR * SECTOR;
    int bytes = (int) ((place[0] + place[1] + SECTOR - 1) / SECTOR * SECTOR - first);
    ByteBuffer buffer = buffers.take(bytes);
    device.read(
        first,
        buffer,
        error -> {
          if (error != null) {
            done.completed(null, error);
            return;
          }
          byte[] raw = new byte[bytes];
          buffer.flip().get(raw);
          buffers.give(buffer);
          MessageReader in =
              new MessageReader(raw, (int) (place[0] - first) + HEAD, (int) place[1] - HEAD);
          EntryHeader header = RaftCodec.header(in);
          done.completed(new LogEntry(header, in.getRaw(header.payloadBytes())), null);
        });
  }

  private void add(int type, MessageWriter body, Runnable onTruth, IoCallback done, long placeOf) {
    queue.add(new Pending(type, body.toByteArray(), placeOf, onTruth, done));
    if (!committing) {
      commit();
    }
  }

  private void commit() {
    committing = true;
    List<Pending> batch = new ArrayList<>(queue);
    queue.clear();
    MessageWriter out = new MessageWriter(SECTOR);
    for (Pending pending : batch) {
      int at = out.length();
      int length = HEAD + pending.body.length;
      out.putInt(MAGIC).putInt(length).putInt(0).putInt(previousCrc).putByte(pending.type);
      out.putRaw(pending.body, 0, pending.body.length);
      int crc = LogEntry.crcOf(Arrays.copyOfRange(out.array(), at + 12, at + length));
      out.setInt(at + 8, crc);
      previousCrc = crc;
      if (pending.index > 0) {
        places.put(pending.index, new long[] {position + at, length});
      }
    }
    int bytes = (out.length() + SECTOR - 1) / SECTOR * SECTOR;
    if (position + bytes > region) {
      throw new Violation("SIM", "the log region is full: make the run shorter");
    }
    ByteBuffer buffer = buffers.take(bytes);
    buffer.put(out.array(), 0, out.length()).put(BLANK, 0, bytes - out.length()).rewind();
    long at = position;
    position += bytes;
    device.write(
        at,
        buffer,
        error -> {
          buffers.give(buffer);
          if (error == null && !skipsFlush) {
            device.flush(flushError -> committed(batch, flushError));
          } else {
            committed(batch, error);
          }
        });
  }

  private void committed(List<Pending> batch, IOException error) {
    if (error == null && !skipsFlush) {
      batch.forEach(pending -> pending.onTruth.run());
    }
    committing = false;
    batch.forEach(pending -> pending.done.completed(error));
    if (!committing && !queue.isEmpty() && error == null) {
      commit();
    }
  }
}
