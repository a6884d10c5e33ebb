package io.polarj.storage.raft;

import io.polarj.platform.disk.IoCallback;
import java.io.IOException;
import java.util.function.Consumer;

/**
 * A replica's log as it stands in memory, in step with its {@link RaftLog}.
 *
 * <p>Because the log makes changes durable in the order of the calls, whatever is handed to it
 * before a hard state is durable when that hard state is. Everything up to {@link #decided()} is
 * decided and held (in the log, or in the blocks once trimmed). A decided entry is never replaced
 * or removed (INV-RAFT-4). Lives on the replica's loop.
 */
final class Journal {
  private final RaftLog log;
  private final SlotRing ring;
  private final Consumer<IOException> failed;
  private Runnable decidedDurable = () -> {};
  private HardState hard;
  private HardState durableHard;
  private Snapshot snapshot;
  private long stored;
  private ClientTable clients;
  private long decided;
  private long served;
  private boolean closed;

  Journal(RaftLog log, RecoveredLog recovered, Membership first, Consumer<IOException> failed) {
    this.log = log;
    this.failed = failed;
    boolean beginning = recovered.hardState().members().unknown();
    this.hard = beginning ? recovered.hardState().withMembers(first) : recovered.hardState();
    this.snapshot = recovered.snapshot();
    this.stored = snapshot.index();
    this.ring = new SlotRing(snapshot.index());
    this.clients = ClientTable.decode(snapshot.state());
    this.decided = snapshot.index();
    for (EntryHeader header : recovered.entries()) {
      if (header.index() > snapshot.index()) {
        Slot slot = new Slot(header, header.payloadBytes() == 0 ? LogEntry.EMPTY : null);
        slot.durable = true;
        ring.put(header.index(), slot);
        if (header.ballot() > hard.term()) {
          hard = hard.withTerm(header.ballot(), 0);
        }
      }
    }
    durableHard = hard;
    served = hard.decided();
    for (long i = decided + 1; i <= Math.max(served, recovered.applied().through()); i++) {
      Slot slot = ring.slot(i);
      Invariant.check(slot != null, "INV-RAFT-5", "decided entry " + i + " is not in the log");
      slot.decided = true;
    }
    recognise(recovered.applied());
    advance();
  }

  /** What reached the blocks was decided: this replica knew that before it was started again. */
  private void recognise(AppliedEntries inBlocks) {
    for (long i = decided + 1; i <= ring.last(); i++) {
      Slot slot = ring.slot(i);
      if (slot != null && inBlocks.contains(i)) {
        slot.decided = true;
        slot.applied = true;
      }
    }
  }

  /** Told when an entry has become durable that was decided before. */
  void onDecidedDurable(Runnable watcher) {
    decidedDurable = watcher;
  }

  HardState hard() {
    return hard;
  }

  Membership members() {
    return hard.members();
  }

  /** The newest hard state known durable. */
  HardState durableHard() {
    return durableHard;
  }

  Snapshot snapshot() {
    return snapshot;
  }

  ClientTable clients() {
    return clients;
  }

  long decided() {
    return decided;
  }

  /**
   * Everything of the barrier's segment up to here was decided while its leader served: it is what
   * that leader wrote, and no index is empty. Never above {@link #decided()}.
   */
  long served() {
    return served;
  }

  /** Whether what the barrier promises to be held below it is not: a copy must come first. */
  boolean incomplete() {
    return decided < hard.barrierStart() - 1;
  }

  /** Remembers durably what is decided, if that is so many entries since it was last done. */
  void record(int count) {
    if (inService(hard) && served - Math.max(hard.decided(), snapshot.index()) >= count) {
      save(hard, () -> {});
    }
  }

  long last() {
    return ring.last();
  }

  Slot slot(long index) {
    return ring.slot(index);
  }

  /** The ballot under which this replica has accepted what the slot holds. */
  long effectiveBallot(Slot slot) {
    return slot.header.index() <= hard.closeEnd()
        ? Math.max(slot.header.ballot(), hard.closeBallot())
        : slot.header.ballot();
  }

  /** Whether the log has room for an entry that the leader sends again if it is refused. */
  boolean admits(EntryHeader header, boolean lacking) {
    return log.admits(header, lacking);
  }

  boolean whole() {
    return log.whole();
  }

  /** Stores the entry, whatever undecided one stood there. */
  Slot append(LogEntry entry, Runnable durable) {
    Slot old = ring.slot(entry.index());
    Invariant.check(
        old == null || !old.decided, "INV-RAFT-4", "entry " + entry.index() + " is decided");
    Slot slot = new Slot(entry.header(), entry.payload());
    ring.put(entry.index(), slot);
    log.append(
        entry,
        guarded(() -> {
          slot.durable = true;
          durable.run();
          if (slot.decided) {
            decidedDurable.run();
          }
        }));
    return slot;
  }

  void truncateFrom(long index) {
    if (index > ring.last()) {
      return;
    }
    for (long i = index; i <= ring.last(); i++) {
      Slot slot = ring.slot(i);
      Invariant.check(
          slot == null || !slot.decided, "INV-RAFT-4", "entry " + i + " is decided, not removable");
    }
    ring.truncateFrom(index);
    log.truncateFrom(index, guarded(() -> {}));
  }

  void save(HardState state, Runnable durable) {
    Invariant.check(
        state.term() >= hard.term() && state.barrierTerm() >= hard.barrierTerm(),
        "INV-RAFT-2",
        "hard state goes back from " + hard + " to " + state);
    if (inService(state)) {
      served = decided;
    }
    HardState saved = state.withDecided(served);
    hard = saved;
    log.saveHardState(
        saved,
        guarded(() -> {
          durableHard = saved;
          durable.run();
        }));
  }

  /** Marks a held entry decided. */
  void decide(long index) {
    Slot slot = ring.slot(index);
    if (slot != null) {
      slot.decided = true;
    }
  }

  /** Moves the decided prefix over what is decided and held. */
  void advance() {
    Slot slot = ring.slot(decided + 1);
    while (slot != null && slot.decided) {
      decided++;
      clients.fold(slot.header);
      slot = ring.slot(decided + 1);
    }
    if (inService(hard)) {
      served = decided;
    }
  }

  /** Trims the log; the blocks up to the index must be durable. */
  void trim(long index, Runnable durable) {
    if (index <= stored) { // a copy that goes further is being installed
      durable.run();
    } else {
      install(new Snapshot(index, clients.encode()), durable);
    }
  }

  /** Puts a snapshot in the place of everything up to its index, which must be the highest yet. */
  void install(Snapshot newer, Runnable durable) {
    Invariant.check(newer.index() > stored, "INV-RAFT-9", "snapshot goes back to " + newer.index());
    stored = newer.index();
    log.saveSnapshot(
        newer,
        guarded(() -> {
          snapshot = newer;
          ring.dropUpTo(newer.index());
          if (newer.index() > decided) {
            decided = newer.index();
            clients = ClientTable.decode(newer.state());
            advance();
          }
          durable.run();
        }));
  }

  /** Gets an entry's payload into memory, or the whole entry to a caller. */
  void read(long index, Consumer<LogEntry> done) {
    Slot slot = ring.slot(index);
    if (slot != null && slot.payload != null) {
      done.accept(new LogEntry(slot.header, slot.payload));
      return;
    }
    log.read(
        index,
        (entry, error) -> {
          if (closed) {
            return;
          }
          if (ring.slot(index) != slot) {
            return; // trimmed or replaced meanwhile: whoever still wants it asks again
          }
          if (error != null) {
            failed.accept(error);
          } else if (!entry.intact() || entry.header().crc() != slot.header.crc()) {
            failed.accept(new IOException("log entry " + index + " read back differs"));
          } else {
            done.accept(entry);
          }
        });
  }

  void close() {
    closed = true;
  }

  /** Between elections the decided prefix may reach into what only the next barrier makes final. */
  private static boolean inService(HardState state) {
    return state.term() == state.barrierTerm();
  }

  private IoCallback guarded(Runnable durable) {
    return error -> {
      if (closed) {
        return;
      }
      if (error != null) {
        failed.accept(error);
      } else {
        try {
          durable.run();
        } catch (IllegalStateException broken) {
          failed.accept(new IOException("the replica's state contradicts the rules", broken));
        }
      }
    };
  }
}
