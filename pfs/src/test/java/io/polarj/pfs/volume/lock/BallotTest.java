package io.polarj.pfs.volume.lock;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Every interleaving of two hosts that run two ballots each over three blocks: the third block is
 * what a host left that was there first and died at any point of its ballots. A step begins a
 * write, lets it take effect, reads one block, or kills a host. Whatever happens, one owner at most
 * is chosen.
 */
final class BallotTest {
  private static final int HOSTS = 2;
  private static final int BLOCKS = 3;
  private static final int BALLOTS = 2;
  private static final int EXPECTED_STATES = 14_655;

  private enum At {
    IDLE,
    WRITING,
    READING,
    DONE
  }

  /** One host: what it does, which blocks it has read in this round, how many ballots it began. */
  private record HostState(
      At at, Ballot ballot, LockBlock known, List<LockBlock> read, int begun, LockOwner chosen) {}

  /** All of it; a history is a path through these. */
  private record State(List<LockBlock> volume, List<HostState> hosts) {}

  /** How reading and writing are done: the right way, or with a mistake. */
  private enum Mistake {
    NONE,
    READ_BEFORE_DURABLE,
    IGNORE_ACCEPTED
  }

  private record Result(int states, List<Set<LockOwner>> broken) {}

  @Test
  void oneOwnerAtMostIsChosenInEveryInterleaving() {
    Result result = explore(Mistake.NONE);
    assertThat(result.broken()).isEmpty();
    assertThat(result.states()).isEqualTo(EXPECTED_STATES);
  }

  @Test
  void readingBeforeTheOwnBlockIsDurableIsFound() {
    assertThat(explore(Mistake.READ_BEFORE_DURABLE).broken()).isNotEmpty();
  }

  @Test
  void ignoringWhatOthersAcceptedIsFound() {
    assertThat(explore(Mistake.IGNORE_ACCEPTED).broken()).isNotEmpty();
  }

  private static Result explore(Mistake mistake) {
    Set<State> seen = new HashSet<>();
    ArrayDeque<State> open = new ArrayDeque<>();
    List<Set<LockOwner>> broken = new ArrayList<>();
    for (LockBlock third : leftByTheThird()) {
      List<LockBlock> volume = List.of(LockBlock.unused(1), LockBlock.unused(2), third);
      HostState[] hosts = new HostState[HOSTS];
      for (int h = 0; h < HOSTS; h++) {
        LockBlock mine = LockBlock.unused(h + 1).claimedBy("h", 100 + h, 1);
        hosts[h] = new HostState(At.IDLE, null, mine, List.of(), 0, null);
      }
      open.add(new State(volume, List.of(hosts)));
    }
    seen.addAll(open);
    while (!open.isEmpty()) {
      State state = open.poll();
      Set<LockOwner> chosen = new HashSet<>();
      state.hosts().forEach(host -> chosen.add(host.chosen()));
      chosen.remove(null);
      LockBlock third = state.volume().get(2);
      if (third.accepted() > 0) {
        chosen.add(third.value()); // nobody else was there yet: it may have seen its ballot through
      }
      if (chosen.size() > 1) {
        broken.add(chosen);
        continue;
      }
      for (int h = 0; h < HOSTS; h++) {
        for (State next : steps(state, h, mistake)) {
          if (seen.add(next)) {
            open.add(next);
          }
        }
      }
    }
    return new Result(seen.size(), broken);
  }

  /** The block of a host that died before, between and after the phases of a ballot of its own. */
  private static List<LockBlock> leftByTheThird() {
    LockBlock empty = LockBlock.unused(3).claimedBy("h", 102, 1);
    long early = Ballot.numberAbove(0, 3);
    long late = Ballot.numberAbove(early, 3);
    LockOwner third = new LockOwner(3, 102);
    return List.of(
        empty,
        empty.voting(1, early, 0, LockOwner.NONE),
        empty.voting(1, early, early, third),
        empty.voting(1, late, 0, LockOwner.NONE),
        empty.voting(1, late, early, third),
        empty.voting(1, late, late, third));
  }

  private static List<State> steps(State state, int h, Mistake mistake) {
    HostState host = state.hosts().get(h);
    List<State> next = new ArrayList<>();
    switch (host.at()) {
      case IDLE -> {
        if (host.begun() < BALLOTS) {
          next.add(with(state, h, begin(host, state.volume())));
        }
      }
      case WRITING -> {
        List<LockBlock> volume = new ArrayList<>(state.volume());
        volume.set(h, host.ballot().block());
        HostState reading =
            new HostState(
                At.READING, host.ballot(), host.ballot().block(), List.of(), host.begun(), null);
        if (mistake == Mistake.READ_BEFORE_DURABLE && host.read().size() < BLOCKS - 1) {
          next.add(with(state, h, readOne(state, h, host)));
        } else if (mistake == Mistake.READ_BEFORE_DURABLE) {
          State durable = new State(List.copyOf(volume), state.hosts());
          next.add(with(durable, h, count(host, mistake)));
        } else {
          next.add(with(new State(List.copyOf(volume), state.hosts()), h, reading));
        }
      }
      case READING -> {
        HostState after = readOne(state, h, host);
        next.add(with(state, h, after.read().size() == BLOCKS - 1 ? count(after, mistake) : after));
      }
      case DONE -> {
        return next;
      }
    }
    // it dies here: what it wrote stays
    next.add(
        with(
            state,
            h,
            new HostState(At.DONE, null, host.known(), List.of(), BALLOTS, host.chosen())));
    return next;
  }

  private static HostState begin(HostState host, List<LockBlock> volume) {
    long highest = 0;
    for (LockBlock block : volume) {
      highest = Math.max(highest, block.ballot());
    }
    int slot = host.known().slot();
    Ballot ballot =
        Ballot.begin(host.known(), 1, Ballot.numberAbove(highest, slot), host.known().identity());
    return new HostState(At.WRITING, ballot, host.known(), List.of(), host.begun() + 1, null);
  }

  /** Reads the next block of another, in the order of the volume. */
  private static HostState readOne(State state, int h, HostState host) {
    List<LockBlock> read = new ArrayList<>(host.read());
    int at = read.size() < h ? read.size() : read.size() + 1;
    read.add(state.volume().get(at));
    return new HostState(
        host.at(), host.ballot(), host.known(), List.copyOf(read), host.begun(), null);
  }

  private static HostState count(HostState host, Mistake mistake) {
    List<LockBlock> others = new ArrayList<>(host.read());
    if (mistake == Mistake.IGNORE_ACCEPTED) {
      others.replaceAll(o -> o.voting(o.term(), o.ballot(), 0, LockOwner.NONE));
    }
    LockBlock durable = host.ballot().block();
    return switch (host.ballot().read(others)) {
      case Ballot.Continue more ->
          new HostState(At.WRITING, more.next(), durable, List.of(), host.begun(), null);
      case Ballot.Outrun outrun ->
          new HostState(At.IDLE, null, durable, List.of(), host.begun(), null);
      case Ballot.Over over -> new HostState(At.DONE, null, durable, List.of(), BALLOTS, null);
      case Ballot.Chosen chosen ->
          new HostState(At.DONE, null, durable, List.of(), BALLOTS, chosen.owner());
    };
  }

  private static State with(State state, int h, HostState host) {
    HostState[] hosts = state.hosts().toArray(HostState[]::new);
    hosts[h] = host;
    return new State(state.volume(), Arrays.asList(hosts));
  }
}
