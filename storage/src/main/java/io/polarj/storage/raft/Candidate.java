package io.polarj.storage.raft;

import io.polarj.storage.protocol.GroupMember;
import java.util.ArrayList;
import java.util.List;

/**
 * Collects votes: first on trial, without touching its term, then for a new term. Without trial
 * where nobody is disturbed: a leader that goes into a new term to change the members, and a
 * replica that the leader asked to take over.
 */
final class Candidate {
  private final Core core;
  private final Voter voter;
  private final Membership next;
  private final boolean sanctioned;
  private final List<RaftMessage.VoteReply> granted = new ArrayList<>();
  private RaftMessage.VoteRequest request;

  /**
   * @param next the members it will bring, null for no change
   */
  Candidate(Core core, Voter voter, Membership next, boolean sanctioned) {
    this.core = core;
    this.voter = voter;
    this.next = next;
    this.sanctioned = sanctioned;
  }

  void start() {
    ask(core.term() + 1, next == null && !sanctioned);
  }

  private void ask(long term, boolean trial) {
    HardState hard = core.journal.hard();
    granted.clear();
    request =
        new RaftMessage.VoteRequest(
            core.group,
            core.self,
            term,
            trial,
            hard.barrierTerm(),
            core.journal.decided(),
            sanctioned);
    RaftMessage.VoteRequest asked = request;
    if (trial) {
      broadcast(asked);
      count(voter.reply(asked, true));
    } else {
      core.journal.save(
          hard.withTerm(term, core.self),
          () -> {
            if (request == asked && core.replica.candidate() == this) {
              broadcast(asked);
              count(voter.reply(asked, true));
            }
          });
    }
  }

  void onReply(RaftMessage.VoteReply reply) {
    if (reply.granted()
        && core.members().votes(reply.from())
        && reply.forTerm() == request.term()
        && reply.trial() == request.trial()) {
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
    if (!core.members().majority(this::hasGranted)) {
      return;
    }
    if (request.trial()) {
      ask(core.term() + 1, false);
    } else {
      core.replica.lead(new ArrayList<>(granted), request.decided(), next);
    }
  }

  private boolean hasGranted(int node) {
    for (RaftMessage.VoteReply reply : granted) {
      if (reply.from() == node) {
        return true;
      }
    }
    return false;
  }

  private void broadcast(RaftMessage message) {
    for (GroupMember voter : core.members().voters()) {
      if (voter.node() != core.self) {
        core.send(voter.node(), message);
      }
    }
  }
}
