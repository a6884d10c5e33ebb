package io.polarj.storage.raft;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The serving leader's intake: checks a client's write, recognises retries (S7) and deposed clients
 * (S6), gives it an index when the window allows, and answers when it is decided.
 */
final class Proposals {
  private final Core core;
  private final Consumer<LogEntry> log;
  private final ConflictWindow conflicts;
  private final ArrayDeque<Waiting> queue = new ArrayDeque<>();
  private final TreeMap<Key, Long> inFlight = new TreeMap<>();
  private final TreeMap<Long, Long> settled = new TreeMap<>();
  private final TreeMap<Long, List<ReplyCallback>> waiters = new TreeMap<>();
  private long next;
  private long epoch;
  private int newestSnapshot;
  private boolean paused;

  private record Key(long client, long sequence) implements Comparable<Key> {
    @Override
    public int compareTo(Key other) {
      int byClient = Long.compare(client, other.client);
      return byClient != 0 ? byClient : Long.compare(sequence, other.sequence);
    }
  }

  private record Waiting(
      EntryKind kind,
      RequestId id,
      long epoch,
      long offset,
      int length,
      byte[] payload,
      int snapshot,
      int subject,
      ReplyCallback done) {}

  Proposals(Core core, Consumer<LogEntry> log) {
    this.core = core;
    this.log = log;
    this.conflicts =
        new ConflictWindow(core.settings.lookBehind(), core.plants(PlantedBug.BLIND_BATCHES));
  }

  /** Called when serving starts: everything below the index is closed and applied. */
  void open(long firstIndex) {
    next = firstIndex;
    epoch = core.plants(PlantedBug.FORGET_EPOCH) ? 0 : core.journal.clients().epoch();
    newestSnapshot = core.journal.clients().snapshots().newest();
  }

  /** The newest snapshot that what is logged next is not in. */
  int newestSnapshot() {
    return newestSnapshot;
  }

  void write(WriteRequest write, ReplyCallback done) {
    if (queue.size() >= core.settings.queueLimit()) {
      done.completed(Outcome.OVERLOADED);
      return;
    }
    queue.add(
        new Waiting(
            EntryKind.WRITE,
            write.request(),
            write.epoch(),
            write.offset(),
            write.payload().length,
            write.payload(),
            write.snapshot(),
            0,
            done));
    drain();
  }

  void discard(
      RequestId id, long atEpoch, long offset, int length, int snapshot, ReplyCallback done) {
    if (queue.size() >= core.settings.queueLimit()) {
      done.completed(Outcome.OVERLOADED);
      return;
    }
    queue.add(
        new Waiting(
            EntryKind.DISCARD, id, atEpoch, offset, length, LogEntry.EMPTY, snapshot, 0, done));
    drain();
  }

  /** Takes, deletes or restores a snapshot; answered when that is applied here. */
  void snapshot(EntryKind kind, int snapshot, int subject, ReplyCallback done) {
    queue.add(new Waiting(kind, RequestId.NONE, 0, 0, 0, LogEntry.EMPTY, snapshot, subject, done));
    drain();
  }

  void fence(long newEpoch, ReplyCallback done) {
    if (newEpoch < epoch) {
      done.completed(Outcome.FENCED);
      return;
    }
    queue.add(
        new Waiting(EntryKind.FENCE, RequestId.NONE, newEpoch, 0, 0, LogEntry.EMPTY, 0, 0, done));
    drain();
  }

  /** Nothing more goes into the log in this term. */
  void pause() {
    paused = true;
  }

  /** Moves writes from the queue into the log as far as the window reaches. */
  void drain() {
    boolean late =
        core.plants(PlantedBug.BLIND_BATCHES) || core.plants(PlantedBug.ACKNOWLEDGE_UNLOGGED_COPY);
    List<LogEntry> batch = new ArrayList<>();
    while (!paused && !queue.isEmpty() && next <= core.journal.decided() + core.settings.window()) {
      Waiting waiting = queue.remove();
      if (waiting.kind.ofSnapshots() ? admitSnapshot(waiting) : admitOther(waiting)) {
        LogEntry entry = make(waiting);
        if (late) {
          batch.add(entry);
        } else {
          log.accept(entry); // at once: the next one's conflict set must see it
        }
      }
    }
    batch.forEach(log);
  }

  private boolean admitOther(Waiting waiting) {
    return waiting.kind == EntryKind.FENCE || admit(waiting);
  }

  /** A snapshot is taken and restored once; one that is not there can not be restored. */
  private boolean admitSnapshot(Waiting waiting) {
    if (waiting.kind == EntryKind.DELETE_SNAPSHOT) {
      return true;
    }
    SnapshotSet known = core.applies.snapshots();
    boolean quiet =
        core.journal.decided() == next - 1 && core.applies.applied() >= core.journal.decided();
    if (waiting.snapshot <= newestSnapshot) { // asked again
      boolean done = waiting.kind == EntryKind.RESTORE || known.has(waiting.snapshot);
      boolean ended = quiet || waiting.kind == EntryKind.SNAPSHOT;
      boolean begun = known.newest() >= waiting.snapshot;
      Outcome outcome = done ? Outcome.OK : Outcome.NO_SNAPSHOT;
      waiting.done.completed(begun && ended ? outcome : Outcome.BUSY);
      return false;
    }
    Outcome refusal = null;
    if (waiting.kind == EntryKind.SNAPSHOT) {
      refusal = known.live().size() >= SnapshotSet.MOST_LIVE ? Outcome.INVALID : null;
    } else if (!quiet) {
      refusal = Outcome.BUSY; // somebody writes
    } else if (!known.has(waiting.subject)) {
      refusal = Outcome.NO_SNAPSHOT;
    }
    if (refusal != null) {
      waiting.done.completed(refusal);
    }
    return refusal == null;
  }

  private boolean admit(Waiting waiting) {
    if (waiting.epoch < epoch && !core.plants(PlantedBug.ACCEPT_OLD_EPOCH)) {
      core.loop.reached(RaftProbe.WRITE_FENCED);
      waiting.done.completed(Outcome.FENCED);
      return false;
    }
    if (core.plants(PlantedBug.FORGET_REQUEST_IDS)) {
      return true;
    }
    Key key = new Key(waiting.id.client(), waiting.id.sequence());
    Long index = inFlight.get(key);
    if (index != null) {
      Slot slot = core.journal.slot(index);
      boolean done =
          slot == null ? core.plants(PlantedBug.ACKNOWLEDGE_UNLOGGED_COPY) : slot.decided;
      if (done || index <= core.journal.decided()) {
        waiting.done.completed(Outcome.OK);
      } else {
        core.loop.reached(RaftProbe.RETRY_JOINED);
        waiters.computeIfAbsent(index, i -> new ArrayList<>()).add(waiting.done);
      }
      return false;
    }
    ClientTable.Seen seen = core.journal.clients().seen(waiting.id);
    if (waiting.id.sequence() < settled.getOrDefault(waiting.id.client(), 0L)) {
      seen = ClientTable.Seen.STALE;
    }
    switch (seen) {
      case DONE -> {
        core.loop.reached(RaftProbe.RETRY_RECOGNISED);
        waiting.done.completed(Outcome.OK);
      }
      case STALE -> {
        core.loop.reached(RaftProbe.RETRY_TOO_OLD);
        waiting.done.completed(Outcome.STALE);
      }
      case NEW -> {
        return true;
      }
    }
    return false;
  }

  private LogEntry make(Waiting waiting) {
    long index = next++;
    epoch = Math.max(epoch, waiting.epoch);
    if (!core.plants(PlantedBug.SNAPSHOT_AFTER_NEWER_WRITE) || waiting.kind.ofSnapshots()) {
      newestSnapshot = Math.max(newestSnapshot, waiting.snapshot);
    }
    EntryHeader header =
        new EntryHeader(
            index,
            core.term(),
            core.term(),
            waiting.kind,
            waiting.id,
            waiting.epoch,
            waiting.offset,
            waiting.length,
            0,
            0,
            LogEntry.crcOf(waiting.payload),
            waiting.kind == EntryKind.FENCE ? 0 : newestSnapshot + 1,
            waiting.subject);
    if (waiting.kind.changesBytes()) {
      inFlight.put(new Key(waiting.id.client(), waiting.id.sequence()), index);
      settled.merge(waiting.id.client(), waiting.id.settledBelow(), Math::max);
    }
    waiters.computeIfAbsent(index, i -> new ArrayList<>()).add(waiting.done);
    return new LogEntry(conflicts.complete(header, core.journal), waiting.payload);
  }

  /** A majority has the entry. */
  void decided(long index, EntryHeader header) {
    if (header.kind().changesBytes()) {
      answer(waiters.remove(index), Outcome.OK);
    }
  }

  /** The decided prefix or the applied prefix has moved. */
  void advanced() {
    long decided = core.journal.decided();
    inFlight.values().removeIf(index -> index <= decided);
    long finished = Math.min(decided, core.applies.applied());
    for (Iterator<Map.Entry<Long, List<ReplyCallback>>> it = waiters.entrySet().iterator();
        it.hasNext(); ) {
      Map.Entry<Long, List<ReplyCallback>> entry = it.next();
      if (entry.getKey() > finished) {
        return;
      }
      it.remove();
      answer(entry.getValue(), Outcome.OK); // fences wait until all before them is applied
    }
  }

  /** Leadership is over: what is in the log is in doubt, what is not was not done. */
  void close() {
    List<List<ReplyCallback>> open = new ArrayList<>(waiters.values());
    waiters.clear();
    open.forEach(callbacks -> answer(callbacks, Outcome.UNKNOWN));
    List<Waiting> queued = new ArrayList<>(queue);
    queue.clear();
    queued.forEach(waiting -> waiting.done.completed(Outcome.NOT_LEADER));
  }

  private static void answer(List<ReplyCallback> callbacks, Outcome outcome) {
    if (callbacks != null) {
      callbacks.forEach(callback -> callback.completed(outcome));
    }
  }
}
