package io.polarj.storage.raft;

import io.polarj.platform.loop.Timer;
import io.polarj.storage.protocol.GroupMember;
import io.polarj.storage.protocol.StorageLimits;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * One replica of one chunk: takes messages, client requests and ended I/O, and gives them to the
 * role it has at the moment. Sans-I/O; all methods are called on its loop.
 *
 * <p>In the data path: a client's write enters at {@link #write}, becomes durable for the client
 * when a majority acknowledged it in {@code Leader}, and reaches the blocks through {@code
 * ApplyQueue}.
 */
public final class RaftReplica {
  private final Core core;
  private final Voter voter;
  private final RaftListener listener;
  private Follower follower;
  private Candidate candidate;
  private Leader leader;
  private Timer electionTimer;
  private long heardNanos;
  private boolean closed;
  private boolean failed;
  private boolean trimming;
  private Reconfiguration changing;
  private Membership finalMembers = Membership.NONE;

  public RaftReplica(ReplicaSetup setup, RaftListener listener) {
    this.listener = listener;
    Journal journal = new Journal(setup.log(), recovered(setup), setup.members(), this::fail);
    ApplyQueue applies =
        new ApplyQueue(journal, setup.store(), setup.settings(), this::fail, this::onApplied);
    this.core = new Core(this, setup, journal, applies);
    this.voter = new Voter(core);
    if (core.members().number() == 0) {
      finalMembers = core.members();
    }
  }

  private static RecoveredLog recovered(ReplicaSetup setup) {
    RecoveredLog found = setup.recovered();
    HardState hard = found.hardState();
    if (setup.settings().plants(PlantedBug.FORGET_VOTE)) {
      hard = hard.withTerm(hard.term(), 0);
    } else if (setup.settings().plants(PlantedBug.FORGET_TERM)) {
      hard = hard.withTerm(hard.barrierTerm(), 0);
    }
    return new RecoveredLog(hard, found.snapshot(), found.entries(), found.applied());
  }

  /** Begins to take part. */
  public void start() {
    boolean forgets =
        core.plants(PlantedBug.VOTE_RIGHT_AFTER_START) || core.plants(PlantedBug.FORGET_VOTE);
    heardNanos = forgets ? Long.MIN_VALUE / 2 : core.now();
    follower = new Follower(core, 0);
    scheduleElection();
    core.applies.poke();
  }

  /** Ends all activity without a trace on disk, as a crash would. */
  public void close() {
    if (closed) {
      return;
    }
    endRoles();
    closed = true;
    if (electionTimer != null) {
      electionTimer.cancel();
    }
    core.journal.close();
    core.applies.close();
  }

  // ---- clients

  public void write(WriteRequest request, ReplyCallback done) {
    int length = request.payload().length;
    boolean valid =
        inChunk(request.offset(), length, WriteRequest.MAX_BYTES)
            && request.request().sequence() > 0
            && request.snapshot() >= 0
            && request.request().settledBelow() <= request.request().sequence();
    if (!valid) {
      done.completed(Outcome.INVALID);
    } else if (leader == null) {
      done.completed(failed ? Outcome.FAILED : Outcome.NOT_LEADER);
    } else {
      leader.write(request, done);
    }
  }

  /** Forgets a range, which then reads as zeros; ordered and recognised like a write. */
  public void discard(RequestId request, long epoch, long offset, int length, ReplyCallback done) {
    discard(request, epoch, offset, length, 0, done);
  }

  /** As the other one, by a client that knows of that snapshot. */
  public void discard(
      RequestId request, long epoch, long offset, int length, int snapshot, ReplyCallback done) {
    boolean valid =
        inChunk(offset, length, Integer.MAX_VALUE)
            && request.sequence() > 0
            && request.settledBelow() <= request.sequence()
            && snapshot >= 0;
    if (!valid) {
      done.completed(Outcome.INVALID);
    } else if (leader == null) {
      done.completed(failed ? Outcome.FAILED : Outcome.NOT_LEADER);
    } else {
      leader.discard(request, epoch, offset, length, snapshot, done);
    }
  }

  /** Takes a snapshot. OK when that is applied, also long ago; NO_SNAPSHOT when it was deleted. */
  public void takeSnapshot(int snapshot, ReplyCallback done) {
    changeSnapshots(EntryKind.SNAPSHOT, snapshot, 0, done);
  }

  /** Forgets a snapshot, which can not be taken any more then. OK also when there is none. */
  public void deleteSnapshot(int snapshot, ReplyCallback done) {
    changeSnapshots(EntryKind.DELETE_SNAPSHOT, snapshot, snapshot, done);
  }

  /**
   * Makes what a snapshot shows the present content. OK when that is applied; NO_SNAPSHOT for one
   * that is not there; BUSY while something is written or restored.
   *
   * @param number above those of all snapshots taken so far; done once for each number
   */
  public void restore(int snapshot, int number, ReplyCallback done) {
    changeSnapshots(EntryKind.RESTORE, number, snapshot, done);
  }

  private void changeSnapshots(EntryKind kind, int number, int subject, ReplyCallback done) {
    if (number < 1 || number > StorageLimits.MAX_SNAPSHOT || subject < 0 || subject > number) {
      done.completed(Outcome.INVALID);
    } else if (leader == null) {
      done.completed(failed ? Outcome.FAILED : Outcome.NOT_LEADER);
    } else {
      leader.snapshot(kind, number, subject, done);
    }
  }

  /** Which snapshots there are after what is applied here. */
  public SnapshotSet snapshots() {
    return core.applies.snapshots();
  }

  /** The newest snapshot that has begun here: what is answered now may be later than that. */
  public int newestSnapshot() {
    int known = core.journal.clients().snapshots().newest();
    return leader == null ? known : Math.max(known, leader.newestSnapshot());
  }

  public void read(long offset, int length, ReadReplyCallback done) {
    read(0, offset, length, done);
  }

  /** Reads what a snapshot shows, or the present content when that is 0. */
  public void read(int snapshot, long offset, int length, ReadReplyCallback done) {
    if (!inChunk(offset, length, WriteRequest.MAX_BYTES)) {
      done.completed(Outcome.INVALID, null);
    } else if (leader == null) {
      done.completed(failed ? Outcome.FAILED : Outcome.NOT_LEADER, null);
    } else {
      leader.read(snapshot, offset, length, done);
    }
  }

  /**
   * Tells the chunk an epoch. OK means: every write of a lower epoch that will ever take effect is
   * applied already.
   */
  public void fence(long epoch, ReplyCallback done) {
    if (leader == null) {
      done.completed(failed ? Outcome.FAILED : Outcome.NOT_LEADER);
    } else {
      leader.fence(epoch, done);
    }
  }

  /**
   * Changes the group's members by at most one voter; addresses and learners may change along. Ends
   * with OK when the new ones are final, or are the members already; CONFLICT when the members are
   * not those of the number given (-1 for any); BUSY while another change is under way, a learner
   * that shall vote has not caught up, or this leader would have to go; INVALID for a greater step
   * or a voter that is no learner yet; UNKNOWN when leadership was lost in between.
   */
  public void changeMembers(
      List<GroupMember> voters, List<GroupMember> learners, long basis, ReplyCallback done) {
    if (leader == null) {
      done.completed(failed ? Outcome.FAILED : Outcome.NOT_LEADER);
      return;
    }
    Membership wanted;
    try {
      wanted = new Membership(0, voters, learners);
    } catch (IllegalArgumentException malformed) {
      done.completed(Outcome.INVALID);
      return;
    }
    leader.change(Reconfiguration.of(wanted, basis, done));
    if (leader != null && !wanted.votes(core.self) && leader.successor() != 0) {
      transfer(leader.successor(), outcome -> {});
    }
  }

  /**
   * Hands leadership to another voter that has caught up. OK says that it was asked to take over,
   * and that this replica leads no more.
   */
  public void transfer(int successor, ReplyCallback done) {
    if (leader == null) {
      done.completed(failed ? Outcome.FAILED : Outcome.NOT_LEADER);
    } else {
      leader.change(Reconfiguration.transfer(successor, done));
    }
  }

  /** The newest members known to be final; {@link Membership#NONE} when none are yet. */
  public Membership finalMembers() {
    return finalMembers;
  }

  // ---- state, for reports and checks

  /** Whether it leads, be it serving already or not. */
  public boolean leads() {
    return leader != null;
  }

  public ReplicaStatus status() {
    return new ReplicaStatus(
        failed ? ReplicaStatus.Role.FAILED : role(),
        leader != null && leader.phase() == Leader.Phase.SERVING,
        core.term(),
        leader != null ? core.self : follower != null ? follower.leader() : 0,
        core.journal.hard().barrierTerm(),
        core.journal.last(),
        core.journal.decided(),
        core.applies.applied(),
        core.journal.snapshot().index(),
        core.journal.clients().epoch());
  }

  /** The members since the newest barrier known here; they may not be final yet. */
  public Membership members() {
    return core.members();
  }

  /** Everything up to here is applied. */
  public long applied() {
    return core.applies.applied();
  }

  /** Which entries the blocks hold, for whoever makes them durable to remember. */
  public AppliedEntries appliedEntries() {
    return core.applies.appliedEntries();
  }

  /** At or above the index of every entry applied so far that touches the range. */
  public long appliedThrough(long offset, int length) {
    return core.applies.appliedThrough(offset, length);
  }

  /** Whether the log holds every index above that one, and none of them touches the range. */
  public boolean untouchedAbove(long index, long offset, int length) {
    return core.applies.untouchedAbove(index, offset, length);
  }

  /** Whether what the log held at the start is applied again: before, blocks may be newer. */
  public boolean replayed() {
    return core.applies.replayed();
  }

  /** The header of a decided entry that is still in the log, else null. */
  public EntryHeader decidedEntry(long index) {
    Slot slot = core.journal.slot(index);
    return slot != null && slot.decided ? slot.header : null;
  }

  /**
   * Trims the log so that only {@code retain} applied entries stay, when the disk runs short of log
   * space. Returns at once; nothing happens while a trim is under way.
   */
  public void trim(int retain) {
    trimUpTo(core.applies.applied() - retain);
  }

  /**
   * Trims the log up to the index, as far as that is applied here and no follower that keeps up
   * still needs it. Returns at once; nothing happens while a trim is under way.
   */
  public void trimUpTo(long wanted) {
    long limit = leader == null ? Long.MAX_VALUE : leader.trimLimit();
    long upTo = Math.min(Math.min(core.applies.applied(), wanted), limit);
    if (trimming || closed || failed || upTo <= core.journal.snapshot().index()) {
      return;
    }
    trimming = true;
    core.journal.record(1);
    if (core.plants(PlantedBug.TRIM_BEFORE_DURABLE)) {
      core.journal.trim(upTo, () -> trimming = false);
      return;
    }
    core.store.sync(error -> {
      if (closed) {
        return;
      }
      if (error != null) {
        fail(error);
        return;
      }
      long still = leader == null ? Long.MAX_VALUE : leader.trimLimit();
      long index = Math.min(upTo, still);
      if (index <= core.journal.snapshot().index()) {
        trimming = false;
        return;
      }
      core.journal.trim(index, () -> trimming = false);
    });
  }

  // ---- messages

  public void onMessage(RaftMessage message) {
    boolean mine = message.group().equals(core.group) && message.from() != core.self;
    if (closed || failed || !mine) {
      return;
    }
    try {
      if (admitted(message)) {
        dispatch(message);
      }
    } catch (IllegalStateException broken) {
      fail(new IOException("replica " + core.self + " of " + core.group + " stops", broken));
    }
  }

  private void dispatch(RaftMessage message) {
    switch (message) {
      case RaftMessage.VoteRequest m -> voter.onRequest(m, !m.sanctioned() && leaderAlive(m));
      case RaftMessage.TakeOver m -> onTakeOver(m);
      case RaftMessage.VoteReply m -> {
        if (m.term() > core.term()) {
          follow(m.term(), 0);
        } else if (candidate != null) {
          candidate.onReply(m);
        }
      }
      case RaftMessage.Heartbeat m -> {
        if (accept(m)) {
          if (m.members().number() != core.members().number()) {
            listener.met(m.members().all());
          }
          follower.onHeartbeat(m);
          if (m.serving() && core.members().number() == m.members().number()) {
            finalMembers = m.members();
          }
        }
      }
      case RaftMessage.Append m -> {
        if (accept(m)) {
          follower.onAppend(m);
        }
      }
      case RaftMessage.Close m -> {
        if (accept(m)) {
          follower.onClose(m);
        }
      }
      case RaftMessage.CopyPiece m -> {
        if (accept(m)) {
          follower.onCopyPiece(m);
        }
      }
      case RaftMessage.Need m -> onNeed(m);
      case RaftMessage.Status m -> {
        if (leads(m)) {
          leader.onStatus(m);
        }
      }
      case RaftMessage.AppendAck m -> {
        if (leads(m)) {
          leader.onAck(m);
        }
      }
      case RaftMessage.Supply m -> {
        if (leads(m)) {
          leader.onSupply(m);
        }
      }
      case RaftMessage.CopyAck m -> {
        if (leads(m)) {
          leader.onCopyAck(m);
        }
      }
    }
    maybeTrim();
  }

  /** A message of a leader: follow it, unless its term is over. */
  private boolean accept(RaftMessage message) {
    if (message.term() < core.term()) {
      core.loop.reached(RaftProbe.OLD_LEADER_TOLD);
      HardState durable = core.journal.durableHard();
      core.send(
          message.from(),
          new RaftMessage.Status(
              core.group,
              core.self,
              core.term(),
              0,
              durable.barrierTerm(),
              0,
              core.journal.decided()));
      return false;
    }
    if (message.term() > core.term() || follower == null || follower.leader() != message.from()) {
      Invariant.check(
          message.term() > core.term() || leader == null,
          "INV-RAFT-1",
          "two leaders in term " + message.term());
      follow(message.term(), message.from());
    }
    heard();
    return true;
  }

  private boolean leads(RaftMessage message) {
    if (message.term() > core.term()) {
      follow(message.term(), 0);
      return false;
    }
    return leader != null && message.term() == core.term();
  }

  private void onNeed(RaftMessage.Need need) {
    if (leads(need)) {
      leader.onNeed(need);
    } else if (need.term() == core.term()) {
      List<Long> held = new ArrayList<>();
      for (long index : need.indices()) {
        if (core.journal.slot(index) != null) {
          held.add(index);
        }
      }
      new EntryGather(
              core.journal,
              held,
              entries ->
                  core.send(
                      need.from(),
                      new RaftMessage.Supply(core.group, core.self, core.term(), entries)))
          .start();
    }
  }

  // ---- transitions, called by the roles

  boolean alive() {
    return !closed && !failed;
  }

  Candidate candidate() {
    return candidate;
  }

  Merge merging() {
    return leader == null ? null : leader.merge();
  }

  void heard() {
    heardNanos = core.now();
  }

  /** Joins that term (never an older one) behind that leader, or behind none yet. */
  void follow(long term, int newLeader) {
    endRoles();
    answerChange(Outcome.UNKNOWN);
    if (term > core.term()) {
      core.journal.save(core.journal.hard().withTerm(term, 0), () -> {});
    }
    follower = new Follower(core, newLeader);
    listener.roleChanged(status());
  }

  void stepDown() {
    follow(core.term(), 0);
    heard();
  }

  void lead(List<RaftMessage.VoteReply> reports, long base, Membership next) {
    endRoles();
    leader = new Leader(core, reports, base, next);
    listener.met(leader.members().all());
    listener.roleChanged(status());
    leader.begin();
  }

  void serving() {
    finalMembers = core.members();
    answerChange(Outcome.OK);
    listener.roleChanged(status());
  }

  void fail(IOException error) {
    if (failed || closed) {
      return;
    }
    failed = true;
    endRoles();
    answerChange(Outcome.FAILED);
    core.journal.close();
    core.applies.close();
    listener.failed(error);
  }

  private void endRoles() {
    candidate = null;
    if (follower != null) {
      follower.abandon();
      follower = null;
    }
    if (leader != null) {
      Leader former = leader;
      leader = null;
      former.end();
    }
  }

  private void onApplied() {
    if (leader != null) {
      leader.applied();
    }
    maybeTrim();
  }

  private void maybeTrim() {
    long excess =
        core.applies.applied() - core.journal.snapshot().index() - core.settings.retainedEntries();
    if (excess >= core.settings.trimBatch()) {
      trim(core.settings.retainedEntries());
    }
  }

  private boolean leaderAlive(RaftMessage.VoteRequest request) {
    if (leader != null) {
      return true;
    }
    if (core.plants(PlantedBug.VOTE_DESPITE_LEADER)) {
      return false;
    }
    boolean ofLeader = follower != null && follower.leader() == request.from();
    return !ofLeader
        && candidate == null
        && core.now() - heardNanos < core.settings.electionMinMillis() * 1_000_000L;
  }

  private void scheduleElection() {
    long min = core.settings.electionMinMillis();
    long spread = core.settings.electionMaxMillis() - min;
    long timeout = (min + core.random.nextLong(spread)) * 1_000_000L;
    electionTimer = core.loop.schedule(timeout, () -> electionDue(timeout));
  }

  private void electionDue(long timeoutNanos) {
    if (!alive()) {
      return;
    }
    long silent = core.now() - heardNanos;
    if (leader == null && silent < timeoutNanos) {
      electionTimer = core.loop.schedule(timeoutNanos - silent, () -> electionDue(timeoutNanos));
      return;
    }
    if (leader == null && eligible()) {
      campaign(null, false);
    }
    scheduleElection();
  }

  private boolean eligible() {
    return core.members().votes(core.self) && !core.journal.incomplete() && core.journal.whole();
  }

  private void campaign(Membership next, boolean sanctioned) {
    endRoles();
    answerChange(Outcome.UNKNOWN);
    candidate = new Candidate(core, voter, next, sanctioned);
    listener.roleChanged(status());
    candidate.start();
  }

  private void onTakeOver(RaftMessage.TakeOver message) {
    boolean sanctioned =
        message.term() == core.term() && follower != null && follower.leader() == message.from();
    if (sanctioned && eligible()) {
      campaign(null, true);
    }
  }

  /** The leader's term ends, for what it was asked to end it for. */
  void reconfigure(Reconfiguration change) {
    core.loop.reached(
        change.members() != null ? RaftProbe.MEMBERS_CHANGED : RaftProbe.LEADERSHIP_HANDED_OVER);
    if (change.members() != null) {
      campaign(change.members(), false);
      changing = change;
    } else {
      stepDown();
      core.send(change.successor(), new RaftMessage.TakeOver(core.group, core.self, core.term()));
      change.end(Outcome.OK);
    }
  }

  private void answerChange(Outcome outcome) {
    if (changing != null) {
      Reconfiguration ended = changing;
      changing = null;
      ended.end(outcome);
    }
  }

  private ReplicaStatus.Role role() {
    if (leader != null) {
      return ReplicaStatus.Role.LEADER;
    }
    return candidate != null ? ReplicaStatus.Role.CANDIDATE : ReplicaStatus.Role.FOLLOWER;
  }

  /**
   * A newcomer must first be told that it is a learner. One that is already counted as a voter has
   * lost its disk and was made again: it has forgotten what it promised, and stays out.
   */
  private boolean admitted(RaftMessage message) {
    if (!core.members().unknown()) {
      return true;
    }
    boolean wiped = core.plants(PlantedBug.WIPED_VOTER_TAKES_PART);
    if (message instanceof RaftMessage.Heartbeat beat
        && (beat.members().learns(core.self) || wiped && beat.members().votes(core.self))) {
      listener.met(beat.members().all());
      core.journal.save(core.journal.hard().withMembers(beat.members()), () -> {});
      return true;
    }
    return false;
  }

  private boolean inChunk(long offset, int length, int most) {
    return length > 0
        && length <= most
        && length % WriteRequest.ALIGNMENT == 0
        && offset >= 0
        && offset % WriteRequest.ALIGNMENT == 0
        && offset <= core.store.size() - length;
  }
}
