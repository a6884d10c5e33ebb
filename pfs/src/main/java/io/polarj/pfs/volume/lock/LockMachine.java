package io.polarj.pfs.volume.lock;

import io.polarj.pfs.file.Errno;
import io.polarj.platform.random.RandomStream;
import java.util.ArrayList;
import java.util.List;

/**
 * One host's attempt to own a volume, and its ownership. Sans-I/O, one thread: commands go out
 * through {@link Host}, and of {@link Host#readAll}, {@link Host#write} and {@link Host#raiseEpoch}
 * there is one under way at most.
 *
 * <p>The owners of a volume are numbered by terms; {@link Ballot} decides each term once. A host
 * goes for the term after the newest decided one when that one's owner has released it or is dead.
 * INV-LOCK-2: dead is who has not changed its block for a lease and a quarter by the observer's own
 * clock, whose slot a later incarnation has, or, when the observer alone was granted a newer epoch,
 * who wrote under an older one: the chunks refuse it. INV-LOCK-3: where epochs are enforced, nobody
 * is told that it owns the volume before it was granted an epoch after its term was decided or
 * before its first ballot; so a former owner can not write any more by then. Elsewhere the winner
 * waits until the loser's lease has ended by the loser's own clock.
 */
final class LockMachine {
  /** What the machine asks for. */
  interface Host {
    /** Read the paxos file; answered by {@link #blocksRead}. */
    void readAll();

    /** Make the block durable; answered by {@link #written}. */
    void write(LockBlock block);

    /** Answered by {@link #epochRaised} or {@link #epochRefused}. */
    void raiseEpoch(long from);

    /** Call {@link #woken} then; a later call replaces this one. */
    void wakeAt(long nanos);

    void acquired(long term, long epoch);

    /** The attempt is over. */
    void refused(Errno errno, String why);

    /** The volume is another's from now on. */
    void lost(String why);

    void released();
  }

  private enum Phase {
    LOOKING,
    PAUSING,
    FENCING,
    CLAIMING,
    CONFIRMING,
    VOTING,
    COUNTING,
    DECIDING,
    RAISING,
    RENEWING,
    VERIFYING,
    HOLDING,
    GIVING_UP,
    RELEASING,
    ENDED
  }

  private final Host host;
  private final HostIdentity me;
  private final LockSettings settings;
  private final boolean enforced;
  private final boolean takeOver;
  private final RandomStream random;
  private final LockOwner identity;
  private final LockWatch watch = new LockWatch();
  private Phase phase = Phase.ENDED;
  private Phase afterPause = Phase.LOOKING;
  private long epoch;
  private boolean newestEpochIsMine;
  private boolean claimed;
  private boolean contested;
  private boolean announced;
  private boolean releaseWanted;
  private LockBlock mine;
  private Ballot ballot;
  private long term;
  private long highestBallot;
  private long deadlineNanos;
  private long writeBegunNanos;
  private long usableAtNanos;
  private volatile long validUntilNanos;
  private Errno refusal;
  private String reason;

  /**
   * {@code takeOver}: take the volume off a living owner. {@code newestEpochIsMine}: {@code epoch}
   * was granted to this host alone, just now.
   */
  LockMachine(
      Host host,
      HostIdentity me,
      LockSettings settings,
      boolean enforced,
      long epoch,
      boolean newestEpochIsMine,
      boolean takeOver,
      RandomStream random) {
    this.host = host;
    this.me = me;
    this.settings = settings;
    this.enforced = enforced;
    this.epoch = epoch;
    this.newestEpochIsMine = newestEpochIsMine;
    this.takeOver = takeOver;
    this.random = random;
    this.identity = new LockOwner(me.id(), random.nextLong() | 1);
    this.mine = LockBlock.unused(me.id());
  }

  void start(long nowNanos) {
    deadlineNanos = nowNanos + settings.acquireMillis() * 1_000_000L;
    if (enforced && takeOver && !newestEpochIsMine) {
      phase = Phase.FENCING;
      host.raiseEpoch(epoch);
    } else {
      look();
    }
  }

  /** Until when the lease lasts by this host's clock, if it is not renewed; any thread. */
  long validUntilNanos() {
    return validUntilNanos;
  }

  long epoch() {
    return epoch;
  }

  /** Gives the volume back, or gives the attempt up, as soon as nothing is under way. */
  void release(long nowNanos) {
    releaseWanted = true;
    if (phase == Phase.HOLDING) {
      beginRelease();
    } else if (phase == Phase.PAUSING) {
      giveUp(Errno.EAGAIN, "the attempt was given up");
    } else if (phase == Phase.ENDED) {
      host.released();
    }
  }

  // ---- answers

  void blocksRead(List<LockBlock> blocks, long nowNanos) {
    watch.saw(blocks, nowNanos);
    switch (phase) {
      case LOOKING -> looked(blocks, nowNanos);
      case CONFIRMING -> confirmed(blocks, nowNanos);
      case COUNTING -> counted(blocks, nowNanos);
      case VERIFYING -> verified(blocks, nowNanos);
      default -> throw new IllegalStateException("blocks were read in phase " + phase);
    }
  }

  void written(long nowNanos) {
    if (phase != Phase.GIVING_UP && phase != Phase.RELEASING) {
      validUntilNanos = writeBegunNanos + settings.leaseMillis() * 1_000_000L;
    }
    switch (phase) {
      case CLAIMING -> pauseFor(Phase.CONFIRMING, pollNanos(), nowNanos);
      case VOTING -> readFor(Phase.COUNTING);
      case DECIDING -> decisionWritten(nowNanos);
      case RENEWING -> readFor(Phase.VERIFYING);
      case GIVING_UP -> endRefused();
      case RELEASING -> endReleased();
      default -> throw new IllegalStateException("a block was written in phase " + phase);
    }
  }

  /** The write or read under way failed. */
  void ioFailed(Errno errno, String message, long nowNanos) {
    if (phase == Phase.GIVING_UP) {
      endRefused();
    } else if (phase == Phase.RELEASING) {
      endReleased();
    } else if (errno == Errno.ESTALE) {
      fencedOff(message);
    } else if (announced) {
      hold(nowNanos); // the lease runs on, and the next renewal tries again
    } else {
      giveUp(errno, message);
    }
  }

  void epochRaised(long granted, long nowNanos) {
    epoch = granted;
    newestEpochIsMine = true;
    if (phase == Phase.FENCING) {
      look();
    } else {
      renew(nowNanos);
    }
  }

  void epochRefused(Errno errno, String message) {
    giveUp(errno, message);
  }

  void woken(long nowNanos) {
    if (phase == Phase.PAUSING) {
      readFor(afterPause);
    } else if (phase == Phase.HOLDING) {
      renew(nowNanos);
    }
  }

  // ---- looking

  private void look() {
    readFor(Phase.LOOKING);
  }

  private void readFor(Phase next) {
    phase = next;
    host.readAll();
  }

  private void pauseFor(Phase afterwards, long nanos, long nowNanos) {
    afterPause = afterwards;
    phase = Phase.PAUSING;
    if (releaseWanted) {
      giveUp(Errno.EAGAIN, "the attempt was given up");
    } else {
      host.wakeAt(nowNanos + nanos);
    }
  }

  private void pauseToLookAgain(long nanos, long nowNanos, String waitingFor) {
    if (nowNanos - deadlineNanos >= 0) {
      giveUp(Errno.EAGAIN, "the volume's lock was not to be had in time: " + waitingFor);
    } else {
      pauseFor(Phase.LOOKING, nanos, nowNanos);
    }
  }

  private void looked(List<LockBlock> blocks, long nowNanos) {
    LockBlock slot = blocks.get(me.id() - 1);
    if (claimed && slot.generation() != mine.generation()) {
      refuseTwin(slot);
      return;
    }
    if (!claimed && !slotIsFree(slot, nowNanos)) {
      return;
    }
    LockBlock newest = newestDecision(blocks);
    LockOwner owner = newest.decidedOwner();
    if (newest.decidedTerm() > 0 && owner.equals(identity)) {
      term = newest.decidedTerm(); // somebody else brought my ballot to its end
      mine = mine.decided(term, identity);
      won(nowNanos);
      return;
    }
    if (newest.decidedTerm() > 0 && !ownerIsGone(newest, blocks, nowNanos)) {
      return;
    }
    if (!claimed) {
      mine = slot.claimedBy(me.name(), identity.incarnation(), settings.leaseMillis());
    }
    mine = mine.decided(newest.decidedTerm(), owner);
    if (claimed || newestEpochIsMine) {
      claimed = true;
      vote(blocks, nowNanos);
    } else {
      claimed = true;
      write(Phase.CLAIMING, nowNanos);
    }
  }

  /** False when the answer is to wait or to be refused, which has been begun then. */
  private boolean slotIsFree(LockBlock slot, long nowNanos) {
    if (slot.incarnation() == 0 || refusedByChunks(slot) || watch.isQuiet(slot, nowNanos)) {
      return true;
    }
    if (watch.hasChanged(slot.slot())) {
      refuseTwin(slot);
    } else {
      pauseToLookAgain(pollNanos(), nowNanos, "host id " + me.id() + " is '" + slot.name() + "'");
    }
    return false;
  }

  /** False when the answer is to wait or to be refused, which has been begun then. */
  private boolean ownerIsGone(LockBlock newest, List<LockBlock> blocks, long nowNanos) {
    LockOwner owner = newest.decidedOwner();
    LockBlock block = blocks.get(owner.slot() - 1);
    boolean released = block.releasedTerm() >= newest.decidedTerm();
    boolean gone =
        released
            || block.incarnation() != owner.incarnation()
            || refusedByChunks(block)
            || watch.isQuiet(block, nowNanos);
    if (gone) {
      // an owner that wrote under my epoch may be about to have it raised: then I have to do so,
      // too
      newestEpochIsMine &= released || refusedByChunks(block);
      return true;
    }
    if (takeOver && !enforced) {
      contested = true;
      return true;
    }
    if (takeOver || watch.hasChanged(owner.slot())) {
      giveUp(
          Errno.EBUSY,
          "the volume is mounted read-write by '"
              + block.name()
              + "' (host id "
              + owner.slot()
              + ")");
    } else {
      pauseToLookAgain(pollNanos(), nowNanos, "its owner is '" + block.name() + "'");
    }
    return false;
  }

  private boolean refusedByChunks(LockBlock block) {
    return enforced && newestEpochIsMine && block.epoch() < epoch;
  }

  private long pollNanos() {
    return settings.renewMillis() * 1_000_000L;
  }

  private static LockBlock newestDecision(List<LockBlock> blocks) {
    LockBlock newest = blocks.getFirst();
    for (LockBlock block : blocks) {
      newest = block.decidedTerm() > newest.decidedTerm() ? block : newest;
    }
    return newest;
  }

  private void refuseTwin(LockBlock other) {
    claimed = false; // the slot is the other's: nothing of mine is to be written there
    giveUp(
        Errno.EBUSY, "host id " + me.id() + " is in use by another host, '" + other.name() + "'");
  }

  private void confirmed(List<LockBlock> blocks, long nowNanos) {
    if (blocks.get(me.id() - 1).generation() != mine.generation()
        || blocks.get(me.id() - 1).incarnation() != mine.incarnation()) {
      refuseTwin(blocks.get(me.id() - 1));
    } else {
      looked(blocks, nowNanos);
    }
  }

  // ---- voting

  private void vote(List<LockBlock> blocks, long nowNanos) {
    term = mine.decidedTerm() + 1;
    for (LockBlock block : blocks) {
      if (block.term() == term) {
        highestBallot = Math.max(highestBallot, block.ballot());
      }
    }
    ballot = Ballot.begin(mine, term, Ballot.numberAbove(highestBallot, me.id()), identity);
    mine = ballot.block();
    write(Phase.VOTING, nowNanos);
  }

  private void counted(List<LockBlock> blocks, long nowNanos) {
    LockBlock slot = blocks.get(me.id() - 1);
    if (slot.generation() != mine.generation() || slot.incarnation() != mine.incarnation()) {
      refuseTwin(slot);
      return;
    }
    List<LockBlock> others = new ArrayList<>(blocks);
    others.remove(me.id() - 1);
    switch (ballot.as(mine).read(others)) {
      case Ballot.Continue more -> {
        ballot = more.next();
        mine = ballot.block();
        write(Phase.VOTING, nowNanos);
      }
      case Ballot.Outrun outrun -> {
        highestBallot = Math.max(highestBallot, outrun.ballot());
        long backOff = 1 + random.nextLong(pollNanos());
        pauseToLookAgain(backOff, nowNanos, "others want it too");
      }
      case Ballot.Over over -> look();
      case Ballot.Chosen chosen -> {
        mine = mine.decided(term, chosen.owner());
        write(Phase.DECIDING, nowNanos);
      }
    }
  }

  private void decisionWritten(long nowNanos) {
    if (mine.decidedOwner().equals(identity)) {
      won(nowNanos);
    } else {
      look();
    }
  }

  // ---- owning

  private void won(long nowNanos) {
    usableAtNanos =
        contested ? nowNanos + LockSettings.quietNanos(settings.leaseMillis()) : nowNanos;
    if (enforced && !newestEpochIsMine) {
      phase = Phase.RAISING;
      host.raiseEpoch(epoch);
    } else {
      renew(nowNanos);
    }
  }

  private void renew(long nowNanos) {
    if (releaseWanted) {
      beginRelease();
    } else {
      write(Phase.RENEWING, nowNanos);
    }
  }

  private void verified(List<LockBlock> blocks, long nowNanos) {
    LockBlock slot = blocks.get(me.id() - 1);
    LockBlock newest = newestDecision(blocks);
    if (slot.generation() != mine.generation() || slot.incarnation() != mine.incarnation()) {
      lose("host id " + me.id() + " is in use by another host too, '" + slot.name() + "'");
    } else if (newest.decidedTerm() > term) {
      LockBlock owner = blocks.get(newest.decidedOwner().slot() - 1);
      lose("'" + owner.name() + "' (host id " + owner.slot() + ") took the volume over");
    } else {
      if (!announced && nowNanos - usableAtNanos >= 0) {
        announced = true;
        host.acquired(term, epoch);
      }
      hold(nowNanos);
    }
  }

  private void hold(long nowNanos) {
    phase = Phase.HOLDING;
    if (releaseWanted) {
      beginRelease();
    } else {
      host.wakeAt(nowNanos + pollNanos());
    }
  }

  private void write(Phase next, long nowNanos) {
    phase = next;
    mine = mine.written(epoch);
    writeBegunNanos = nowNanos;
    host.write(mine);
  }

  // ---- the end

  private void fencedOff(String message) {
    claimed = false;
    if (announced) {
      lose(message);
    } else {
      giveUp(Errno.EBUSY, "another host is taking the volume: " + message);
    }
  }

  private void lose(String why) {
    phase = Phase.ENDED;
    if (announced) {
      host.lost(why);
    } else {
      host.refused(Errno.EBUSY, why);
    }
  }

  private void giveUp(Errno errno, String why) {
    refusal = errno;
    reason = why;
    phase = Phase.GIVING_UP;
    if (claimed && mine.generation() > 0) {
      mine = mine.released(decidedForMe() ? term : 0).written(epoch);
      host.write(mine);
    } else {
      endRefused();
    }
  }

  private boolean decidedForMe() {
    return mine.decidedTerm() == term && mine.decidedOwner().equals(identity);
  }

  private void endRefused() {
    phase = Phase.ENDED;
    host.refused(refusal, reason);
  }

  private void beginRelease() {
    phase = Phase.RELEASING;
    mine = mine.released(term).written(epoch);
    host.write(mine);
  }

  private void endReleased() {
    phase = Phase.ENDED;
    host.released();
  }
}
