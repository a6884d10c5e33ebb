package io.polarj.storage.raft;

import io.polarj.platform.loop.Timer;
import io.polarj.storage.protocol.GroupMember;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import java.util.function.Predicate;

/**
 * Leads one term: merges and closes the older segment, raises the barrier, then serves.
 *
 * <p>Order of the phases (INV-RAFT-5): a majority has durably closed the old segment, then a
 * majority has durably stored the barrier, then everything below it is applied here, and only then
 * a client is served. INV-RAFT-6: an entry is decided when a majority acknowledged it under this
 * term's ballot, in whatever order.
 */
final class Leader {
  private static final int NEED_BYTES = 4 << 20;

  /** A follower that was silent for so many heartbeats keeps nothing in the log any more. */
  private static final long SILENT_BEATS = 3;

  /**
   * So many entries become decided before that is recorded, unless a heartbeat comes first. What is
   * not recorded at a crash has to be closed again by the next leader.
   */
  static final int RECORD_EVERY = 32;

  /** Where the leader stands between election and service. */
  enum Phase {
    MERGING,
    CLOSING,
    BARRIER,
    CATCHING_UP,
    SERVING
  }

  private final Core core;
  private final Merge merge;
  private final Lease lease;
  private final Proposals proposals;
  private final Membership former;
  private final Membership members;
  private final TreeMap<Integer, Progress> peers = new TreeMap<>();
  private final List<WaitingRead> reads = new ArrayList<>();
  private final List<WaitingRead> newReads = new ArrayList<>();
  private final long voterBits;
  private Phase phase = Phase.MERGING;
  private Timer timer;
  private long start;
  private Reconfiguration change;
  private boolean ended;
  private final List<LogEntry> unsent = new ArrayList<>();

  private record WaitingRead(
      long round, int snapshot, long offset, int length, ReadReplyCallback done) {}

  /**
   * @param next the members from this term's barrier on, null when they stay as they are
   */
  Leader(Core core, List<RaftMessage.VoteReply> reports, long base, Membership next) {
    this.core = core;
    this.former = core.members();
    this.members = next == null ? former : next.numbered(core.term());
    this.lease = new Lease(core.loop.clock(), core.settings);
    this.proposals = new Proposals(core, this::replicate);
    this.merge = new Merge(core, reports, base, this::selfClosed);
    for (Membership some : List.of(former, members)) {
      for (GroupMember member : some.all()) {
        int node = member.node();
        if (node != core.self && !peers.containsKey(node)) {
          peers.put(node, new Progress(node, peers.size() + 1, core.now()));
        }
      }
    }
    long mask = 1;
    for (GroupMember voter : members.voters()) {
      mask |= voter.node() == core.self ? 1 : 1L << peers.get(voter.node()).ordinal;
    }
    voterBits = core.plants(PlantedBug.LEARNERS_COUNT) ? -1 : mask;
  }

  Membership members() {
    return members;
  }

  /** Of the members since this term's barrier; only a voter leads. */
  private boolean majority(IntPredicate such) {
    return members.majority(node -> node == core.self || such.test(node));
  }

  /** As long as the barrier is not final the members before it must agree too (INV-RAFT-10). */
  private boolean bothMajorities(IntPredicate such) {
    return majority(such) && former.majority(node -> node == core.self || such.test(node));
  }

  private boolean peer(int node, Predicate<Progress> such) {
    Progress peer = peers.get(node);
    return peer != null && such.test(peer);
  }

  void begin() {
    merge.start();
    tick();
  }

  Phase phase() {
    return phase;
  }

  Merge merge() {
    return phase == Phase.MERGING ? merge : null;
  }

  boolean leaseValid() {
    return phase == Phase.SERVING && lease.valid();
  }

  void end() {
    ended = true;
    if (timer != null) {
      timer.cancel();
    }
    proposals.close();
    for (Progress peer : peers.values()) {
      if (peer.copy != null) {
        peer.copy.end();
      }
    }
    if (change != null) {
      change.end(Outcome.UNKNOWN);
    }
    List<WaitingRead> refused = new ArrayList<>(reads);
    refused.addAll(newReads);
    reads.clear();
    newReads.clear();
    refused.forEach(read -> read.done.completed(Outcome.NOT_LEADER, null));
    core.applies.refuseReads();
  }

  void write(WriteRequest request, ReplyCallback done) {
    if (phase != Phase.SERVING) {
      done.completed(Outcome.NOT_LEADER);
      return;
    }
    proposals.write(request, done);
  }

  void discard(
      RequestId id, long epoch, long offset, int length, int snapshot, ReplyCallback done) {
    if (phase != Phase.SERVING) {
      done.completed(Outcome.NOT_LEADER);
      return;
    }
    proposals.discard(id, epoch, offset, length, snapshot, done);
  }

  void snapshot(EntryKind kind, int snapshot, int subject, ReplyCallback done) {
    if (phase != Phase.SERVING) {
      done.completed(Outcome.NOT_LEADER);
      return;
    }
    proposals.snapshot(kind, snapshot, subject, done);
  }

  int newestSnapshot() {
    return proposals.newestSnapshot();
  }

  void fence(long epoch, ReplyCallback done) {
    if (phase != Phase.SERVING) {
      done.completed(Outcome.NOT_LEADER);
      return;
    }
    proposals.fence(epoch, done);
  }

  void read(int snapshot, long offset, int length, ReadReplyCallback done) {
    if (phase != Phase.SERVING) {
      done.completed(Outcome.NOT_LEADER, null);
      return;
    }
    boolean alone = members.voters().size() == 1 || core.plants(PlantedBug.READ_WITHOUT_LEASE);
    if (alone || core.settings.leaseReads() && lease.valid()) {
      core.applies.read(snapshot, core.journal.last(), offset, length, done);
      return;
    }
    if (core.settings.leaseReads()) {
      core.loop.reached(RaftProbe.LEASE_EXPIRED_WHEN_READING);
    }
    if (newReads.isEmpty()) {
      core.loop.execute(this::askQuorum); // one round for all reads of a loop turn
    }
    newReads.add(new WaitingRead(0, snapshot, offset, length, done));
  }

  /** A round that began before a read arrived proves nothing for it, so it starts one. */
  private void askQuorum() {
    if (ended) {
      return;
    }
    long round = beat();
    if (core.plants(PlantedBug.READ_BY_OLD_ROUND)) {
      round = lease.quorumRound();
    }
    for (WaitingRead read : newReads) {
      reads.add(new WaitingRead(round, read.snapshot, read.offset, read.length, read.done));
    }
    newReads.clear();
    if (core.plants(PlantedBug.READ_BY_OLD_ROUND)) {
      releaseReads();
    }
  }

  private void tick() {
    if (ended) {
      return;
    }
    if (!quorumHeard()) {
      core.replica.stepDown();
      return;
    }
    core.journal.record(1);
    beat();
    if (phase == Phase.MERGING && !merge.tick()) {
      core.replica.stepDown();
      return;
    }
    if (phase == Phase.CLOSING) {
      sendClose();
    }
    for (Progress peer : peers.values()) {
      if (peer.copy != null && peer.copy.broken()) {
        peer.copy = new CopySender(core, peer.replica);
      }
      if (peer.copy != null) {
        peer.copy.tick();
      }
    }
    timer = core.loop.schedule(core.settings.heartbeatMillis() * 1_000_000L, this::tick);
  }

  private boolean quorumHeard() {
    long limit = core.settings.electionMaxMillis() * 1_000_000L;
    IntPredicate heard = node -> peer(node, peer -> core.now() - peer.heardNanos < limit);
    return phase == Phase.SERVING ? majority(heard) : bothMajorities(heard);
  }

  private long beat() {
    long round = lease.nextRound();
    RaftMessage.Heartbeat beat =
        new RaftMessage.Heartbeat(
            core.group,
            core.self,
            core.term(),
            round,
            start,
            members,
            phase == Phase.SERVING,
            core.journal.last(),
            core.journal.decided(),
            core.decidedBits());
    peers.keySet().forEach(node -> core.send(node, beat));
    return round;
  }

  private void selfClosed() {
    phase = Phase.CLOSING;
    sendClose();
    checkClosed();
  }

  private void sendClose() {
    for (Progress peer : peers.values()) {
      if (peer.closeBallot != core.term() && peer.barrierTerm != core.term()) {
        core.send(
            peer.replica,
            new RaftMessage.Close(
                core.group,
                core.self,
                core.term(),
                merge.segment(),
                merge.segmentStart(),
                merge.segmentMembers(),
                merge.base(),
                merge.served(),
                core.journal.snapshot().index(),
                merge.end(),
                merge.empty()));
      }
    }
  }

  private void checkClosed() {
    long term = core.term();
    IntPredicate closed =
        node -> peer(node, peer -> peer.closeBallot == term || peer.barrierTerm == term);
    boolean agreed =
        former.majority(n -> n == core.self || closed.test(n))
            || core.plants(PlantedBug.BARRIER_BEFORE_CLOSE);
    if (phase != Phase.CLOSING || !agreed) {
      return;
    }
    phase = Phase.BARRIER;
    start = merge.end() + 1;
    for (long i = core.journal.decided() + 1; i < start; i++) {
      core.journal.decide(i);
    }
    core.journal.advance();
    Invariant.check(core.journal.decided() == start - 1, "INV-RAFT-5", "closed segment has a hole");
    core.journal.save(
        core.journal.hard().withBarrier(core.term(), start, members),
        () -> {
          if (!ended) {
            checkBarrier();
          }
        });
    core.applies.poke();
    beat();
  }

  private void checkBarrier() {
    if (phase == Phase.BARRIER) {
      boolean own = core.journal.durableHard().barrierTerm() == core.term();
      if (own && bothMajorities(node -> peer(node, p -> p.barrierTerm == core.term()))) {
        phase = Phase.CATCHING_UP;
      }
    }
    if (phase == Phase.CATCHING_UP && core.applies.applied() >= start - 1) {
      phase = Phase.SERVING;
      peers.keySet().removeIf(node -> !members.votes(node) && !members.learns(node));
      proposals.open(start);
      core.replica.serving();
    }
  }

  void onStatus(RaftMessage.Status status) {
    Progress peer = peers.get(status.from());
    if (peer == null) {
      return;
    }
    peer.update(status, core.journal.decided(), core.now());
    confirmLease();
    checkClosed();
    checkBarrier();
    releaseReads();
    if (peer.copy != null && (peer.copy.finished() || peer.decided >= peer.copy.snapshot())) {
      peer.copy = null;
    }
  }

  private void confirmLease() {
    long[] rounds =
        peers.values().stream()
            .filter(peer -> members.votes(peer.replica))
            .mapToLong(peer -> peer.round)
            .sorted()
            .toArray();
    int needed = members.voters().size() / 2; // besides this one
    if (needed > 0) {
      lease.confirmed(rounds[rounds.length - needed]);
    }
  }

  private void releaseReads() {
    while (!reads.isEmpty() && reads.getFirst().round <= lease.quorumRound()) {
      WaitingRead read = reads.removeFirst();
      core.applies.read(read.snapshot, core.journal.last(), read.offset, read.length, read.done);
    }
  }

  void onAck(RaftMessage.AppendAck ack) {
    Progress peer = peers.get(ack.from());
    if (peer == null) {
      return;
    }
    peer.heardNanos = core.now();
    for (long index : ack.indices()) {
      acknowledged(index, peer.ordinal);
    }
    settle();
  }

  private void acknowledged(long index, int ordinal) {
    Slot slot = core.journal.slot(index);
    if (slot == null || index < start || start == 0 || slot.header.ballot() != core.term()) {
      return;
    }
    slot.acknowledged |= 1L << ordinal;
    if (!slot.decided && !core.settings.inOrder() && isMajority(slot)) {
      decide(index, slot);
    }
  }

  private boolean isMajority(Slot slot) {
    return Long.bitCount(slot.acknowledged & voterBits) > members.voters().size() / 2
        || core.plants(PlantedBug.COMMIT_WITHOUT_MAJORITY);
  }

  private void decide(long index, Slot slot) {
    slot.decided = true;
    proposals.decided(index, slot.header);
  }

  /** After acknowledgements: moves everything that follows from them. */
  private void settle() {
    if (core.settings.inOrder()) {
      Slot slot = core.journal.slot(core.journal.decided() + 1);
      while (slot != null && isMajority(slot)) {
        decide(slot.header.index(), slot);
        core.journal.advance();
        slot = core.journal.slot(core.journal.decided() + 1);
      }
    }
    core.journal.advance();
    core.journal.record(RECORD_EVERY);
    core.applies.poke();
    proposals.advanced();
    proposals.drain();
    changeWhenQuiet();
  }

  /** Entries were applied here. */
  void applied() {
    checkBarrier();
    if (phase == Phase.SERVING) {
      proposals.advanced();
    }
  }

  private void replicate(LogEntry entry) {
    core.journal.append(
        entry,
        () -> {
          if (!ended) {
            acknowledged(entry.index(), 0);
            settle();
          }
        });
    if (unsent.isEmpty()) {
      core.loop.execute(this::sendUnsent);
    }
    unsent.add(entry);
  }

  /** One message for all entries of a loop turn. */
  private void sendUnsent() {
    if (ended) {
      return;
    }
    LogEntry[] entries = unsent.toArray(LogEntry[]::new);
    unsent.clear();
    for (Progress peer : peers.values()) {
      if (peer.barrierTerm == core.term()) {
        sendEntries(peer.replica, entries);
      }
    }
  }

  private void sendEntries(int to, LogEntry[] entries) {
    core.send(
        to,
        new RaftMessage.Append(
            core.group,
            core.self,
            core.term(),
            start,
            core.journal.last(),
            core.journal.decided(),
            core.decidedBits(),
            entries));
  }

  void onNeed(RaftMessage.Need need) {
    Progress peer = peers.get(need.from());
    if (peer == null) {
      return;
    }
    peer.heardNanos = core.now();
    List<Long> wanted = new ArrayList<>();
    long bytes = 0;
    for (long index : need.indices()) {
      if (index <= core.journal.snapshot().index()) {
        startCopy(peer);
        return;
      }
      Slot slot = core.journal.slot(index);
      boolean usable =
          slot != null
              && (slot.decided
                  || slot.header.segment() == core.term()
                  || phase == Phase.CLOSING && index <= merge.end());
      if (usable && bytes < NEED_BYTES) {
        bytes += slot.header.payloadBytes();
        wanted.add(index);
      }
    }
    new EntryGather(
            core.journal,
            wanted,
            entries -> {
              if (!ended) {
                sendEntries(peer.replica, entries);
              }
            })
        .start();
  }

  private void startCopy(Progress peer) {
    if (peer.copy == null || peer.copy.finished()) {
      core.loop.reached(RaftProbe.COPY_BEGUN);
      peer.copy = new CopySender(core, peer.replica);
      peer.copy.tick();
    }
  }

  void onSupply(RaftMessage.Supply supply) {
    if (phase == Phase.MERGING) {
      merge.onSupply(supply);
    }
  }

  void onCopyAck(RaftMessage.CopyAck ack) {
    Progress peer = peers.get(ack.from());
    if (peer != null) {
      peer.heardNanos = core.now();
      if (peer.copy != null) {
        peer.copied(core.now());
        peer.copy.onAck(ack);
      }
    }
  }

  /**
   * Ends the term in favour of one with other members, or of another leader, once all is decided.
   */
  void change(Reconfiguration wanted) {
    Outcome refusal = refusal(wanted);
    if (refusal != null) {
      wanted.end(refusal);
      return;
    }
    change = wanted;
    proposals.pause();
    changeWhenQuiet();
  }

  /** Why it can not begin, {@link Outcome#OK} when there is nothing to change, or null. */
  private Outcome refusal(Reconfiguration wanted) {
    if (phase != Phase.SERVING) {
      return Outcome.NOT_LEADER;
    }
    if (change != null) {
      return Outcome.BUSY;
    }
    int rising = wanted.successor();
    if (wanted.members() != null) {
      if (members.sameNodes(wanted.members())) {
        return Outcome.OK;
      }
      if (!wanted.decidedOn(members)) {
        return Outcome.CONFLICT;
      }
      rising = members.added(wanted.members());
      boolean learned = rising == 0 || members.learns(rising);
      if (!members.mayBecome(wanted.members()) || !learned) {
        return Outcome.INVALID;
      }
      if (!wanted.members().votes(core.self)) {
        return Outcome.BUSY; // another one must lead first
      }
      if (!wanted.members().majority(node -> node == core.self || caughtUp(node))) {
        return Outcome.BUSY; // one that lost its disk may vote in name only: none would lead
      }
    } else if (rising == core.self) {
      return Outcome.OK;
    } else if (!members.votes(rising)) {
      return Outcome.INVALID;
    }
    return rising == 0 || caughtUp(rising) ? null : Outcome.BUSY;
  }

  /** Whether it has the barrier and lacks no more than may be under way. */
  private boolean caughtUp(int node) {
    long least = core.journal.decided() - core.settings.acceptWindow();
    return peer(node, peer -> peer.barrierTerm == core.term() && peer.decided >= least);
  }

  /** A voter fit to lead in place of this replica, or 0. */
  int successor() {
    for (GroupMember voter : members.voters()) {
      if (voter.node() != core.self && caughtUp(voter.node())) {
        return voter.node();
      }
    }
    return 0;
  }

  private void changeWhenQuiet() {
    if (change != null && !ended && core.journal.decided() == core.journal.last()) {
      Reconfiguration begun = change;
      change = null;
      core.loop.execute(() -> {
        if (!ended) {
          core.replica.reconfigure(begun);
        } else {
          begun.end(Outcome.UNKNOWN);
        }
      });
    }
  }

  /** The log above this must not be trimmed. */
  long trimLimit() {
    long limit = Long.MAX_VALUE;
    long silence = SILENT_BEATS * core.settings.heartbeatMillis() * 1_000_000L;
    for (Progress peer : peers.values()) {
      if (!peer.keepsUp(core.now(), silence)) {
        continue;
      }
      boolean copying = peer.copy != null && !peer.copy.finished();
      limit = Math.min(limit, copying ? peer.copy.snapshot() : peer.decided);
    }
    return limit;
  }
}
