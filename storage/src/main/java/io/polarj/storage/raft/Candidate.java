package io.polarj.storage.raft;

import java.util.ArrayList;
import java.util.List;

/** Collects votes: first on trial, without touching its term, then for a new term. */
final class Candidate {
  private final Core core;
  private final Voter voter;
  private final List<RaftMessage.VoteReply> granted = new ArrayList<>();
  private RaftMessage.VoteRequest request;

  Candidate(Core core, Voter voter) {
    this.core = core;
    this.voter = voter;
  }

  void start() {
    ask(core.term() + 1, true);
  }

  private void ask(long term, boolean trial) {
    HardState hard = core.journal.hard();
    granted.clear();
    request =
        new RaftMessage.VoteRequest(
            core.group, core.self, term, trial, hard.barrierTerm(), core.journal.decided());
    RaftMessage.VoteRequest asked = request;
    if (trial) {
      core.broadcast(asked);
      count(voter.reply(asked, true));
    } else {
      core.journal.save(
          hard.withTerm(term, core.self),
          () -> {
            if (request == asked && core.replica.candidate() == this) {
              core.broadcast(asked);
              count(voter.reply(asked, true));
            }
          });
    }
  }

  void onReply(RaftMessage.VoteReply reply) {
    if (reply.granted() && reply.forTerm() == request.term() && reply.trial() == request.trial()) {
      count(reply);
    }
  }

  private void count(RaftMessage.VoteReply reply) {
    for (RaftMessage.VoteReply known : granted) {
      if (known.from() == reply.from()) {
        return;
      }
    }
    granted.add(reply);
    if (granted.size() < core.majority()) {
      return;
    }
    if (request.trial()) {
      ask(core.term() + 1, false);
    } else {
      core.replica.lead(new ArrayList<>(granted), request.decided());
    }
  }
}
