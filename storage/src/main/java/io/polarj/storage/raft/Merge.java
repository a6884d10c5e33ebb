package io.polarj.storage.raft;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * Decides the rest of the candidate's segment from what a majority promised and reported (rule 4).
 *
 * <p>Within a segment an index can hold two values only: what the segment's leader wrote there, or
 * nothing. The end is the one recorded under the highest ballot, or else the highest index seen.
 * The outcome is stored under the new ballot in one hard state after the entries it speaks of.
 */
final class Merge {
  private static final int NEED_LIMIT = 64;

  /** So many heartbeats without an entry that is wanted mean that its holder has trimmed it. */
  private static final int PATIENCE = 10;

  private final Core core;
  private final List<RaftMessage.VoteReply> reports;
  private final long base;
  private final Runnable done;
  private final TreeMap<Long, Integer> wanted = new TreeMap<>();
  private final List<Long> empty = new ArrayList<>();
  private final long segment;
  private final long segmentStart;
  private final Membership segmentMembers;
  private final long served;
  private long end;
  private boolean closing;
  private boolean closed;
  private int inVain;

  private static final class Choice {
    long ballot = -1;
    boolean empty;
    int holder;
  }

  Merge(Core core, List<RaftMessage.VoteReply> reports, long base, Runnable done) {
    this.core = core;
    this.reports = reports;
    this.base = base;
    this.done = done;
    this.segment = core.journal.hard().barrierTerm();
    this.segmentStart = core.journal.hard().barrierStart();
    this.segmentMembers = core.members();
    this.served = Math.min(base, core.journal.served());
  }

  long base() {
    return base;
  }

  /** How much of the base was decided while the segment's leader served. */
  long served() {
    return served;
  }

  long end() {
    return end;
  }

  long segment() {
    return segment;
  }

  long segmentStart() {
    return segmentStart;
  }

  Membership segmentMembers() {
    return segmentMembers;
  }

  /** Whether this replica itself has durably closed the segment. */
  boolean closed() {
    return closed;
  }

  long[] empty() {
    return empty.stream().mapToLong(Long::longValue).toArray();
  }

  void start() {
    TreeMap<Long, Choice> choices = new TreeMap<>();
    long recordedBallot = 0;
    long highest = base;
    long recorded = 0;
    boolean ghosts = core.plants(PlantedBug.REVIVE_GHOST);
    for (RaftMessage.VoteReply report : reports) {
      if (report.barrierTerm() != segment && !ghosts) {
        continue;
      }
      if (report.closeBallot() > recordedBallot && !ghosts) {
        recordedBallot = report.closeBallot();
        recorded = report.closeEnd();
      }
      for (int k = 0; k < report.indices().length; k++) {
        highest = Math.max(highest, report.indices()[k]);
        Choice choice = choices.computeIfAbsent(report.indices()[k], i -> new Choice());
        boolean better = report.ballots()[k] > choice.ballot;
        boolean own = report.ballots()[k] == choice.ballot && report.from() == core.self;
        if (better || own) {
          choice.ballot = report.ballots()[k];
          choice.empty = report.empty()[k];
          choice.holder = report.from();
        }
      }
    }
    if (recordedBallot > 0) {
      core.loop.reached(RaftProbe.MERGE_KEPT_RECORDED_END);
    }
    end = recordedBallot > 0 ? Math.max(recorded, base) : highest;
    for (long i = base + 1; i <= end; i++) {
      settle(i, choices.get(i));
    }
    proceed();
  }

  private void settle(long index, Choice choice) {
    Slot own = core.journal.slot(index);
    if (choice == null || choice.empty) {
      Invariant.check(
          own == null || !own.decided || own.header.kind() == EntryKind.NOOP,
          "INV-RAFT-4",
          "merge empties decided entry " + index);
      core.loop.reached(RaftProbe.MERGE_EMPTIED_INDEX);
      empty.add(index);
      if (own == null || own.header.kind() != EntryKind.NOOP) {
        core.journal.append(LogEntry.noop(index, segment, core.term()), () -> {});
      }
    } else if (own == null
        || own.header.kind() == EntryKind.NOOP
        || own.header.segment() != segment && !core.plants(PlantedBug.REVIVE_GHOST)
        || ghostDiffers(own, choice)) {
      core.loop.reached(RaftProbe.MERGE_TOOK_ENTRY);
      wanted.put(index, choice.holder);
    }
  }

  private boolean ghostDiffers(Slot own, Choice choice) {
    return core.plants(PlantedBug.REVIVE_GHOST)
        && choice.holder != core.self
        && !own.decided
        && own.header.ballot() != choice.ballot;
  }

  void onSupply(RaftMessage.Supply supply) {
    for (LogEntry entry : supply.entries()) {
      EntryHeader header = entry.header();
      Integer holder = wanted.get(header.index());
      boolean fits = header.segment() == segment || core.plants(PlantedBug.REVIVE_GHOST);
      if (holder != null
          && fits
          && header.kind() != EntryKind.NOOP
          && entry.intact()
          && core.journal.admits(header, true)) {
        wanted.remove(header.index());
        inVain = 0;
        core.journal.append(
            new LogEntry(header.withBallot(core.term()), entry.payload()), () -> {});
      }
    }
    proceed();
  }

  /**
   * Asks again for what has not come; called with every heartbeat. False when that seems in vain: a
   * voter may trim after its vote, and then only one that is further can lead (INV-RAFT-3).
   */
  boolean tick() {
    if (!closing) {
      inVain++;
      proceed();
    }
    return closing || inVain < PATIENCE;
  }

  private void proceed() {
    if (closing) {
      return;
    }
    if (!wanted.isEmpty()) {
      ask();
      return;
    }
    closing = true;
    core.journal.truncateFrom(end + 1);
    core.journal.save(
        core.journal.hard().withClose(core.term(), end),
        () -> {
          if (core.replica.merging() == this) {
            closed = true;
            done.run();
          }
        });
  }

  private void ask() {
    TreeMap<Integer, List<Long>> byHolder = new TreeMap<>();
    wanted.forEach(
        (index, holder) -> byHolder.computeIfAbsent(holder, h -> new ArrayList<>()).add(index));
    byHolder.forEach((holder, indices) ->
        core.send(
            holder,
            new RaftMessage.Need(
                core.group,
                core.self,
                core.term(),
                indices.stream().limit(NEED_LIMIT).mapToLong(Long::longValue).toArray())));
  }
}
