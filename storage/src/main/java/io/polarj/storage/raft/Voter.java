package io.polarj.storage.raft;

/**
 * Answers vote requests, whatever the replica's role.
 *
 * <p>INV-RAFT-1: one vote per term, durable before it is sent. INV-RAFT-3: only for a candidate
 * whose barrier is not older than ours, and who can still merge from what we hold; not by a
 * newcomer before it has stored a barrier. INV-RAFT-8: not within electionMin of hearing a leader,
 * nor of starting up (what we promised before is forgotten).
 */
final class Voter {
  private final Core core;

  Voter(Core core) {
    this.core = core;
  }

  void onRequest(RaftMessage.VoteRequest request, boolean leaderAlive) {
    HardState hard = core.journal.hard();
    if (leaderAlive) {
      core.loop.reached(RaftProbe.VOTE_REFUSED_FOR_LEADER);
    }
    if (leaderAlive || request.term() < hard.term()) {
      refuse(request);
      return;
    }
    boolean fits = fits(request, hard);
    if (request.trial()) {
      if (fits && request.term() > hard.term()) {
        core.send(request.from(), reply(request, true));
      } else {
        refuse(request);
      }
      return;
    }
    if (request.term() > hard.term()) {
      core.replica.follow(request.term(), 0);
      hard = core.journal.hard();
    }
    boolean free =
        hard.votedFor() == 0
            || hard.votedFor() == request.from()
            || core.plants(PlantedBug.VOTE_TWICE);
    if (!fits || !free || core.replica.leads()) {
      refuse(request);
      return;
    }
    core.replica.heard();
    if (core.plants(PlantedBug.VOTE_BEFORE_DURABLE)) {
      core.send(request.from(), reply(request, true));
    }
    if (hard.votedFor() == request.from()) {
      long term = request.term();
      core.journal.save(hard, () -> sendIfCurrent(request, term));
    } else {
      core.journal.save(
          hard.withTerm(request.term(), request.from()),
          () -> sendIfCurrent(request, request.term()));
    }
  }

  /**
   * What this replica holds of the candidate's segment above its decided index: all of it, for an
   * entry left out would be taken for a hole.
   */
  RaftMessage.VoteReply reply(RaftMessage.VoteRequest request, boolean granted) {
    Journal journal = core.journal;
    HardState hard = journal.hard();
    int count = 0;
    int span = (int) Math.max(0, journal.last() - request.decided());
    if (core.plants(PlantedBug.CAP_VOTE_REPORT)) {
      span = Math.min(span, 4);
    }
    long[] indices = new long[span];
    long[] ballots = new long[span];
    boolean[] empty = new boolean[span];
    boolean ghosts = core.plants(PlantedBug.REVIVE_GHOST);
    boolean tells = granted && !request.trial();
    if (tells && (ghosts || request.barrierTerm() == hard.barrierTerm())) {
      for (long i = request.decided() + 1; i <= request.decided() + span; i++) {
        Slot slot = journal.slot(i);
        if (slot != null && (ghosts || slot.header.segment() == hard.barrierTerm())) {
          indices[count] = i;
          ballots[count] = slot.decided ? Long.MAX_VALUE : journal.effectiveBallot(slot);
          empty[count++] = slot.header.kind() == EntryKind.NOOP;
        }
      }
    }
    return new RaftMessage.VoteReply(
        core.group,
        core.self,
        core.term(),
        request.term(),
        request.trial(),
        granted,
        hard.barrierTerm(),
        hard.closeBallot(),
        hard.closeEnd(),
        java.util.Arrays.copyOf(indices, count),
        java.util.Arrays.copyOf(ballots, count),
        java.util.Arrays.copyOf(empty, count));
  }

  private boolean fits(RaftMessage.VoteRequest request, HardState hard) {
    if (hard.barrierTerm() < hard.members().number()
        && !core.plants(PlantedBug.WIPED_VOTER_TAKES_PART)) {
      return false; // in an earlier life it may have stored a barrier that it knows nothing of
    }
    if (request.barrierTerm() != hard.barrierTerm()) {
      return request.barrierTerm() > hard.barrierTerm() || core.plants(PlantedBug.REVIVE_GHOST);
    }
    return request.decided() >= core.journal.snapshot().index();
  }

  /** A trim may have ended while the vote became durable: what it took can not be reported. */
  private void sendIfCurrent(RaftMessage.VoteRequest request, long term) {
    if (core.term() == term) {
      core.send(request.from(), reply(request, fits(request, core.journal.hard())));
    }
  }

  private void refuse(RaftMessage.VoteRequest request) {
    core.send(request.from(), reply(request, false));
  }
}
