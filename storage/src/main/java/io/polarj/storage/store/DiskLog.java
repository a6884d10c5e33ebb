package io.polarj.storage.store;

import io.polarj.platform.disk.IoCallback;
import io.polarj.platform.loop.EventLoop;
import io.polarj.platform.net.MessageReader;
import io.polarj.platform.net.MessageWriter;
import io.polarj.storage.raft.AppliedEntries;
import io.polarj.storage.raft.DamagedDataException;
import io.polarj.storage.raft.EntryHeader;
import io.polarj.storage.raft.EntryKind;
import io.polarj.storage.raft.HardState;
import io.polarj.storage.raft.LogEntry;
import io.polarj.storage.raft.RaftLog;
import io.polarj.storage.raft.RecoveredLog;
import io.polarj.storage.raft.Snapshot;
import io.polarj.storage.wal.Wal;
import io.polarj.storage.wal.WalPlace;
import io.polarj.storage.wal.WalRecord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * One replica's log inside the disk's write-ahead log: knows where each entry stands. The order of
 * the calls is the order of the records, so a crash leaves a prefix of them.
 *
 * <p>Invariant INV-STORE-1: the write-ahead log is never cut above the oldest entry here. One loop
 * only.
 */
final class DiskLog implements RaftLog {
  private static final byte[] NOTHING = new byte[0];

  /** An entry and its place. */
  static final class Stored {
    final EntryHeader header;
    WalPlace place;
    byte[] payload;
    boolean durable;
    boolean forgotten;

    /** Its payload can not be read back. */
    boolean damaged;

    Stored(EntryHeader header, WalPlace place, byte[] payload) {
      this.header = header;
      this.place = place;
      this.payload = payload;
    }
  }

  private final long replica;
  private final EventLoop loop;
  private final LogCache cache;
  private final LogSpace space;
  private final TreeMap<Long, Stored> entries = new TreeMap<>();
  private final TreeMap<Long, List<EntryCallback>> fetching = new TreeMap<>();
  private LostEntries source = (header, wanted, found) -> {};
  private Wal wal;
  private HardState hardState = HardState.INITIAL;
  private Snapshot snapshot = Snapshot.EMPTY;
  private Supplier<AppliedEntries> applied = () -> AppliedEntries.NONE;

  DiskLog(long replica, EventLoop loop, LogCache cache, LogSpace space) {
    this.replica = replica;
    this.loop = loop;
    this.cache = cache;
    this.space = space;
  }

  /** Ends recovery. */
  void open(Wal openedWal) {
    wal = openedWal;
    entries.headMap(snapshot.index(), true).clear();
    entries.values().forEach(stored -> space.add(stored.header));
  }

  /** The replica is gone. */
  void close() {
    forgetAll(entries);
  }

  @Override
  public boolean admits(EntryHeader header, boolean lacking) {
    return space.admits(header, lacking);
  }

  @Override
  public void append(LogEntry entry, IoCallback durable) {
    Stored stored = new Stored(entry.header(), null, entry.payload());
    forget(entries.put(entry.index(), stored));
    space.add(stored.header);
    cache.add(stored);
    stored.place =
        wal.append(
            RecordType.ENTRY,
            replica,
            StoreCodec.entryHead(entry.header()),
            entry.payload(),
            error -> {
              stored.durable = error == null;
              durable.completed(error);
            });
  }

  @Override
  public void truncateFrom(long index, IoCallback durable) {
    forgetAll(entries.tailMap(index, true));
    byte[] head = new MessageWriter(8).putLong(index).toByteArray();
    wal.append(RecordType.TRUNCATE, replica, head, NOTHING, durable);
  }

  @Override
  public void saveHardState(HardState state, IoCallback durable) {
    hardState = state;
    MessageWriter out = new MessageWriter();
    StoreCodec.put(out, state);
    wal.append(RecordType.HARD_STATE, replica, out.toByteArray(), NOTHING, durable);
  }

  @Override
  public void saveSnapshot(Snapshot newer, IoCallback durable) {
    snapshot = newer;
    MessageWriter out = new MessageWriter(newer.state().length + 16);
    StoreCodec.put(out, newer);
    wal.append(
        RecordType.SNAPSHOT,
        replica,
        out.toByteArray(),
        NOTHING,
        error -> {
          if (error == null) {
            // Until now the replica may have read them.
            forgetAll(entries.headMap(newer.index(), true));
          }
          durable.completed(error);
        });
  }

  /** A damaged entry comes back from another member, or never. */
  @Override
  public void read(long index, EntryCallback done) {
    Stored stored = entries.get(index);
    readHere(
        index,
        (entry, error) -> {
          if (error instanceof DamagedDataException && entries.get(index) == stored) {
            fetch(stored, done);
          } else {
            done.completed(entry, error);
          }
        });
  }

  /** Reads what this disk has. */
  void readHere(long index, EntryCallback done) {
    Stored stored = entries.get(index);
    if (stored == null) {
      IOException error = new IOException("log entry " + index + " is not stored");
      loop.execute(() -> done.completed(null, error));
    } else if (stored.payload != null) {
      LogEntry entry = new LogEntry(stored.header, stored.payload);
      loop.execute(() -> done.completed(entry, null));
    } else if (stored.damaged) {
      loop.execute(() -> done.completed(null, damaged(stored, null)));
    } else {
      wal.read(
          stored.place,
          StoreCodec.ENTRY_HEAD_BYTES,
          stored.header.payloadBytes(),
          (record, error) -> readBack(stored, record, error, done));
    }
  }

  private void readBack(Stored stored, WalRecord record, IOException error, EntryCallback done) {
    if (error != null
        || record.owner() != replica
        || record.type() != RecordType.ENTRY
        || record.body().length != stored.header.payloadBytes()
        || LogEntry.crcOf(record.body()) != stored.header.crc()) {
      stored.damaged = true;
      done.completed(null, damaged(stored, error));
    } else {
      done.completed(new LogEntry(stored.header, record.body()), null);
    }
  }

  private static DamagedDataException damaged(Stored stored, IOException cause) {
    return new DamagedDataException(
        "log entry " + stored.header.index() + " can not be read back or fails its checksum",
        cause);
  }

  private void fetch(Stored stored, EntryCallback done) {
    long index = stored.header.index();
    List<EntryCallback> waiting = fetching.get(index);
    if (waiting != null) {
      waiting.add(done);
      return;
    }
    fetching.put(index, new ArrayList<>(List.of(done)));
    source.fetch(
        stored.header, () -> entries.get(index) == stored, payload -> fetched(stored, payload));
  }

  /** The payload has the checksum of the entry's header; it is stored again at the log's end. */
  private void fetched(Stored stored, byte[] payload) {
    List<EntryCallback> waiting = fetching.remove(stored.header.index());
    if (entries.get(stored.header.index()) != stored || waiting == null) {
      return;
    }
    LogEntry entry = new LogEntry(stored.header, payload);
    if (wal.free() / 4 > Wal.worstCost(StoreCodec.ENTRY_HEAD_BYTES, payload.length)) {
      append(entry, error -> {});
    }
    waiting.forEach(callback -> callback.completed(entry, null));
  }

  void onLost(LostEntries newSource) {
    source = newSource;
  }

  /** Begins to fetch what the start has found damaged. */
  void fetchLost() {
    for (Stored stored : new ArrayList<>(entries.values())) {
      if (stored.damaged) {
        fetch(stored, (entry, error) -> {});
      }
    }
  }

  @Override
  public boolean whole() {
    return damagedEntries() == 0;
  }

  int damagedEntries() {
    return (int) entries.values().stream().filter(stored -> stored.damaged).count();
  }

  // ---- recovery

  void recover(HardState state, Snapshot newest, AppliedEntries inBlocks) {
    hardState = state;
    snapshot = newest;
    AppliedEntries found = inBlocks;
    applied = () -> found;
  }

  /**
   * Takes a record of this replica in, in log order.
   *
   * @param afterCheckpoint false when the checkpoint's state is newer than the record: then only
   *     what concerns the entries counts
   */
  void replay(WalRecord record, boolean afterCheckpoint) {
    MessageReader head = new MessageReader(record.head());
    if (record.body() == null && record.type() != RecordType.ENTRY) {
      throw new IllegalArgumentException("record of type " + record.type() + " is damaged");
    }
    switch (record.type()) {
      case RecordType.ENTRY -> {
        EntryHeader header = StoreCodec.entryHead(head);
        if (header.payloadBytes() != record.bodyBytes()) {
          throw new IllegalArgumentException("entry " + header.index() + ": length differs");
        }
        Stored stored = new Stored(header, record.place(), null);
        stored.durable = true;
        stored.damaged = record.body() == null;
        entries.put(header.index(), stored);
      }
      case RecordType.TRUNCATE -> entries.tailMap(head.getLong(), true).clear();
      case RecordType.HARD_STATE -> {
        if (afterCheckpoint) {
          hardState = StoreCodec.hardState(head);
        }
      }
      case RecordType.SNAPSHOT -> {
        Snapshot found = StoreCodec.snapshot(head);
        entries.headMap(found.index(), true).clear();
        if (afterCheckpoint) {
          snapshot = found;
        }
      }
      default -> throw new IllegalArgumentException("record type " + record.type());
    }
  }

  RecoveredLog recovered() {
    List<EntryHeader> headers = new ArrayList<>(entries.size());
    for (Stored stored : entries.values()) {
      headers.add(stored.header);
    }
    return new RecoveredLog(hardState, snapshot, headers, applied.get());
  }

  // ---- checkpoint

  /** Who says which entries the blocks hold; until then it is what the last checkpoint knew. */
  void onCheckpoint(Supplier<AppliedEntries> source) {
    applied = source;
  }

  AppliedEntries applied() {
    return applied.get();
  }

  HardState hardState() {
    return hardState;
  }

  Snapshot snapshot() {
    return snapshot;
  }

  /** The oldest batch still needed, or the given one when none is. */
  long oldestPlace(long none) {
    long oldest = none;
    for (Stored stored : entries.values()) {
      oldest = Math.min(oldest, stored.place.batch());
    }
    return oldest;
  }

  /** The highest index whose entry stands below the position and may be trimmed for room, or 0. */
  long lastIndexBelow(long position) {
    long last = 0;
    for (Stored stored : entries.values()) {
      if (stored.place.batch() < position) {
        last = stored.header.index(); // moved ones below it stand higher and go too
      }
    }
    return last;
  }

  /** Entries that stand below the position, to be moved to the log's end. */
  List<Stored> entriesBelow(long position) {
    List<Stored> below = new ArrayList<>();
    for (Stored stored : entries.values()) {
      if (stored.durable && stored.place.batch() < position) {
        below.add(stored);
      }
    }
    return below;
  }

  /**
   * Writes the entry again at the end of the log, unless it was forgotten or replaced meanwhile.
   */
  void move(LogEntry entry) {
    Stored old = entries.get(entry.index());
    if (old != null && old.durable && old.header.equals(entry.header())) {
      append(entry, error -> {});
    }
  }

  /** Whether a range of the chunk is written by an entry that is still in the log. */
  boolean covers(long offset, int length) {
    for (Stored stored : entries.values()) {
      boolean touches =
          stored.header.length() > 0
              && stored.header.offset() < offset + length
              && offset < stored.header.offset() + stored.header.length();
      if (touches || stored.header.kind() == EntryKind.RESTORE) {
        return true;
      }
    }
    return false;
  }

  int entryCount() {
    return entries.size();
  }

  private void forgetAll(SortedMap<Long, Stored> some) {
    some.values().forEach(this::forget);
    some.clear();
  }

  private void forget(Stored stored) {
    if (stored != null) {
      space.remove(stored.header);
      stored.forgotten = true;
      stored.payload = null;
    }
  }
}
