package io.polarj.storage.raft;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * Follows one leader of one term: takes its entries, and pulls from it whatever it lacks.
 *
 * <p>INV-RAFT-2: entries of the leader's own segment are taken only once this replica holds
 * everything below the segment's start, has dropped everything older at or above it, and has stored
 * the barrier. Before that it only takes decided entries and what it needs to close the older
 * segment.
 */
final class Follower {
  private static final int NEED_LIMIT = 64;
  private static final int STATUS_EVERY = 32;

  private final Core core;
  private final int leader;
  private final long term;
  private final TreeSet<Long> asked = new TreeSet<>();
  private final List<Long> acks = new ArrayList<>();
  private final CopyReceiver copies;
  private RaftMessage.Close close;
  private long start;
  private Membership members = Membership.NONE;
  private long round;
  private long knownLast;
  private long previousLast;
  private long ackedInOrder;
  private long reported;
  private boolean refused;

  Follower(Core core, int leader) {
    this.core = core;
    this.leader = leader;
    this.term = core.term();
    this.copies = new CopyReceiver(core, leader, this::sendStatus);
  }

  int leader() {
    return leader;
  }

  void onHeartbeat(RaftMessage.Heartbeat beat) {
    round = Math.max(round, beat.round());
    if (beat.start() > 0) {
      start = beat.start();
      members = beat.members();
    }
    learn(beat.decided(), beat.decidedBits());
    asked.clear();
    copies.tick();
    sync();
    if (synced()) {
      requestHoles(previousLast, NEED_LIMIT);
      acknowledgeAgain(beat.decided());
    }
    previousLast = beat.last();
    knownLast = Math.max(knownLast, beat.last());
    core.journal.record(1);
    sendStatus();
  }

  void onAppend(RaftMessage.Append append) {
    knownLast = Math.max(knownLast, append.last());
    boolean waited = !asked.isEmpty() || refused;
    refused = false;
    sync();
    for (LogEntry entry : append.entries()) {
      take(entry, append.decided());
    }
    learn(append.decided(), append.decidedBits());
    core.journal.record(Leader.RECORD_EVERY);
    if (core.journal.decided() - reported >= STATUS_EVERY) {
      sendStatus(); // a leader short of log space waits to hear how far this one is
    }
    if (waited) {
      sync();
      if (asked.isEmpty() && synced()) {
        requestHoles(knownLast, refused ? 1 : NEED_LIMIT);
      }
    }
  }

  void onClose(RaftMessage.Close message) {
    close = message;
    sync();
  }

  void onCopyPiece(RaftMessage.CopyPiece piece) {
    copies.onPiece(piece);
  }

  /** The leader is followed no longer. */
  void abandon() {
    copies.abandon();
  }

  private boolean synced() {
    return core.journal.hard().barrierTerm() == term;
  }

  private void take(LogEntry entry, long decidedByLeader) {
    EntryHeader header = entry.header();
    Journal journal = core.journal;
    long index = header.index();
    asked.remove(index);
    if (index <= journal.snapshot().index()) {
      return;
    }
    if (synced() && header.segment() == term) {
      takeNew(entry);
    } else if (index <= journal.decided()) {
      return;
    } else if (index <= decidedByLeader && !synced()) {
      if (index == journal.decided() + 1 && journal.admits(header, true)) {
        journal.append(entry, () -> {});
        journal.decide(index);
        journal.advance();
      }
    } else if (close != null
        && ofClosedSegment(header)
        && index > close.base()
        && index <= close.end()
        && header.kind() != EntryKind.NOOP
        && !synced()
        && core.journal.hard().closeBallot() != term
        && journal.admits(header, true)) {
      journal.append(new LogEntry(header.withBallot(term), entry.payload()), () -> {});
    }
  }

  private void takeNew(LogEntry entry) {
    Journal journal = core.journal;
    long index = entry.index();
    Slot slot = journal.slot(index);
    if (slot != null) {
      Invariant.check(
          slot.header.segment() == term && slot.header.crc() == entry.header().crc(),
          "INV-RAFT-1",
          "two entries of term " + term + " at " + index);
      if (slot.durable) {
        acknowledge(index);
      }
    } else if (index > journal.decided()
        && index <= journal.decided() + core.settings.acceptWindow()) {
      if (journal.admits(entry.header(), lacking(index))) {
        journal.append(entry, () -> acknowledge(index));
        if (core.plants(PlantedBug.ACKNOWLEDGE_BEFORE_DURABLE)) {
          acknowledge(index);
        }
      } else {
        core.loop.reached(RaftProbe.ENTRY_REFUSED);
        refused = true;
      }
    }
  }

  /** Whether it is the lowest one missing while higher ones are held. */
  private boolean lacking(long index) {
    Journal journal = core.journal;
    for (long i = journal.decided() + 1; i < index; i++) {
      if (journal.slot(i) == null) {
        return false;
      }
    }
    return true;
  }

  /** Entries are acknowledged as they become durable, in any order (or in order, if set so). */
  private void acknowledge(long index) {
    if (core.term() != term) {
      return;
    }
    if (!core.settings.inOrder()) {
      addAck(index);
      return;
    }
    ackedInOrder = Math.max(ackedInOrder, core.journal.decided());
    if (index <= ackedInOrder) {
      addAck(index);
    }
    Slot next = core.journal.slot(ackedInOrder + 1);
    while (next != null && next.durable) {
      addAck(++ackedInOrder);
      next = core.journal.slot(ackedInOrder + 1);
    }
  }

  private void addAck(long index) {
    if (acks.isEmpty()) {
      core.loop.execute(this::flushAcks);
    }
    acks.add(index);
  }

  private void flushAcks() {
    if (core.term() == term && core.replica.alive()) {
      long[] indices = acks.stream().mapToLong(Long::longValue).toArray();
      core.send(leader, new RaftMessage.AppendAck(core.group, core.self, term, indices));
    }
    acks.clear();
  }

  /** Acknowledgements may have been lost: the leader still waits for these. */
  private void acknowledgeAgain(long decidedByLeader) {
    long from = Math.max(decidedByLeader, core.journal.hard().barrierStart() - 1) + 1;
    for (long i = from; i <= core.journal.last(); i++) {
      Slot slot = core.journal.slot(i);
      if (slot != null && slot.durable && slot.header.segment() == term) {
        acknowledge(i);
      }
    }
  }

  private void learn(long decided, long[] bits) {
    Journal journal = core.journal;
    if (!synced()) {
      core.applies.poke();
      return;
    }
    for (long i = journal.decided() + 1; i <= Math.min(decided, journal.last()); i++) {
      decideIfHeld(i);
    }
    for (int b = 0; b < bits.length * 64; b++) {
      if ((bits[b >> 6] >>> (b & 63) & 1) != 0) {
        decideIfHeld(decided + 1 + b);
      }
    }
    journal.advance();
    core.applies.poke();
  }

  private void decideIfHeld(long index) {
    Slot slot = core.journal.slot(index);
    if (slot != null && slot.header.segment() == term) {
      slot.decided = true;
    }
  }

  private void sync() {
    if (synced() || copies.active()) {
      return;
    }
    if (start > 0) {
      raiseBarrier();
    } else if (close != null && core.journal.hard().closeBallot() != term) {
      closeSegment();
    }
  }

  private void raiseBarrier() {
    Journal journal = core.journal;
    HardState hard = journal.hard();
    if (hard.closeBallot() == term && hard.closeEnd() == start - 1) {
      for (long i = journal.decided() + 1; i < start; i++) {
        journal.decide(i);
      }
      journal.advance();
    }
    if (journal.decided() < start - 1) {
      requestRange(journal.decided() + 1, start - 1);
      return;
    }
    if (!core.plants(PlantedBug.REVIVE_GHOST)) {
      journal.truncateFrom(journal.decided() + 1);
    }
    journal.save(journal.hard().withBarrier(term, start, members), this::sendStatus);
    core.applies.poke();
  }

  private void closeSegment() {
    Journal journal = core.journal;
    HardState hard = journal.hard();
    recogniseServed();
    if (journal.decided() < close.base() && !closableWithHoles()) {
      requestRange(journal.decided() + 1, close.base());
      return;
    }
    if (journal.decided() < close.base()) {
      core.loop.reached(RaftProbe.CLOSED_WITH_HOLES);
    }
    HardState next = hard;
    if (hard.barrierTerm() < close.segment()) {
      journal.truncateFrom(journal.decided() + 1);
      next = hard.withBarrier(close.segment(), close.segmentStart(), close.segmentMembers());
      journal.save(next, () -> {});
    }
    TreeSet<Long> empty = new TreeSet<>();
    for (long index : close.empty()) {
      empty.add(index);
    }
    List<Long> missing = new ArrayList<>();
    for (long i = Math.max(journal.decided(), close.base()) + 1; i <= close.end(); i++) {
      Slot slot = journal.slot(i);
      boolean noop = slot != null && slot.header.kind() == EntryKind.NOOP;
      boolean fits = slot != null && ofClosedSegment(slot.header);
      if (empty.contains(i)) {
        if (!noop || !fits) {
          journal.append(LogEntry.noop(i, close.segment(), term), () -> {});
        }
      } else if (!fits || noop) {
        missing.add(i);
      }
    }
    if (!missing.isEmpty()) {
      request(missing);
      return;
    }
    journal.truncateFrom(Math.max(close.end(), journal.decided()) + 1);
    journal.save(next.withClose(term, close.end()), this::sendStatus);
  }

  /** What it holds of the segment that its leader had decided in service needs no asking. */
  private void recogniseServed() {
    Journal journal = core.journal;
    if (journal.hard().barrierTerm() != close.segment()) {
      return;
    }
    for (long i = journal.decided() + 1; i <= close.served(); i++) {
      if (servedEntry(journal.slot(i))) {
        journal.decide(i);
      }
    }
    journal.advance();
  }

  /**
   * Whether the segment's end may be agreed upon though decided entries below it are missing here:
   * the leader has trimmed them, and can send a copy only once the segment is closed. They are held
   * by the majority that decided them, to which this replica does not belong; so nothing is lost by
   * its agreement, as long as it claims to hold nothing there that it can not vouch for.
   */
  private boolean closableWithHoles() {
    Journal journal = core.journal;
    if (journal.decided() >= close.trimmed()) {
      return false;
    }
    boolean ofSegment = journal.hard().barrierTerm() == close.segment();
    long most = ofSegment ? close.base() : journal.last(); // older entries would be dropped
    for (long i = journal.decided() + 1; i <= most; i++) {
      Slot slot = journal.slot(i);
      if (slot != null && slot.decided != ofSegment) {
        return false;
      }
    }
    return true;
  }

  private boolean servedEntry(Slot slot) {
    return slot != null
        && slot.header.segment() == close.segment()
        && slot.header.kind() != EntryKind.NOOP;
  }

  private boolean ofClosedSegment(EntryHeader header) {
    return header.segment() == close.segment() || core.plants(PlantedBug.REVIVE_GHOST);
  }

  private void requestHoles(long upTo, int count) {
    List<Long> missing = new ArrayList<>();
    long most = Math.min(upTo, core.journal.decided() + core.settings.acceptWindow());
    for (long i = core.journal.decided() + 1; i <= most && missing.size() < count; i++) {
      if (core.journal.slot(i) == null) {
        missing.add(i);
      }
    }
    if (!missing.isEmpty()) {
      core.loop.reached(RaftProbe.HOLES_REQUESTED);
    }
    request(missing);
  }

  private void requestRange(long from, long to) {
    List<Long> missing = new ArrayList<>();
    for (long i = from; i <= to && missing.size() < NEED_LIMIT; i++) {
      missing.add(i);
    }
    request(missing);
  }

  private void request(List<Long> missing) {
    if (missing.isEmpty() || !asked.isEmpty()) {
      return; // one request at a time; the next heartbeat clears what never came
    }
    asked.addAll(missing.subList(0, Math.min(NEED_LIMIT, missing.size())));
    long[] indices = asked.stream().mapToLong(Long::longValue).toArray();
    core.send(leader, new RaftMessage.Need(core.group, core.self, term, indices));
  }

  private void sendStatus() {
    if (core.term() != term || !core.replica.alive()) {
      return;
    }
    reported = core.journal.decided();
    HardState durable = core.journal.durableHard();
    core.send(
        leader,
        new RaftMessage.Status(
            core.group,
            core.self,
            term,
            round,
            durable.barrierTerm(),
            durable.closeBallot(),
            core.journal.decided()));
  }
}
