package io.polarj.sim.fault;

import io.polarj.platform.loop.Probe;
import io.polarj.platform.random.RandomStream;
import io.polarj.platform.sim.SimFabric;
import io.polarj.platform.sim.SimLoop;
import io.polarj.platform.sim.SimNetworkFaults;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;

/**
 * Makes trouble at random until told to stop, then heals everything.
 *
 * <p>Faults are numbered, and everything about one (when, what, whom, how long) is drawn from a
 * stream of its own number: one that is left out does not change the others. Which kinds a run
 * knows, and how fast they follow each other, is drawn from the seed.
 */
public final class Nemesis {
  private static final long MILLI = 1_000_000L;

  /** Numbers of faults that answer to elections begin here. */
  private static final int FIRST_ELECTION = 10_000;

  private final SimLoop loop;
  private final RandomStream random;
  private final SimFabric fabric;
  private final List<SimHost> hosts;
  private final FaultPlan plan;
  private final List<Special> specials;
  private final EnumSet<FaultKind> kinds = EnumSet.noneOf(FaultKind.class);
  private final List<String> done = new ArrayList<>();
  private final List<Integer> numbers = new ArrayList<>();
  private final long calmNanos;
  private final double alertness;
  private int elections;
  private final long longestNanos;
  private boolean stopped = true;
  private int count;
  private int crashes;

  /** A fault that only some scenario has. */
  public record Special(Probe kind, int weight, Stroke stroke) {}

  /** Draws all it needs from the dice, then acts; says what it did. */
  @FunctionalInterface
  public interface Stroke {
    String strike(RandomStream dice);
  }

  /**
   * @param longestNanos how long a host is down or paused at most
   */
  public Nemesis(
      SimLoop loop,
      RandomStream random,
      SimFabric fabric,
      List<SimHost> hosts,
      FaultPlan plan,
      long longestNanos,
      List<Special> specials) {
    this.loop = loop;
    this.random = random;
    this.fabric = fabric;
    this.hosts = hosts;
    this.plan = plan;
    this.longestNanos = longestNanos;
    this.specials = specials;
    this.calmNanos = MILLI * (30 + random.nextLong(350));
    this.alertness = random.chance(0.5) ? random.nextDouble() * 0.7 : 0;
    for (FaultKind kind : FaultKind.values()) {
      boolean always = kind == FaultKind.POWER_CUT || kind == FaultKind.GOOD_NETWORK;
      if (always || random.chance(0.6)) {
        kinds.add(kind);
      }
    }
  }

  public void start() {
    stopped = false;
    loop.schedule(MILLI * (100 + random.nextLong(900)), this::strike);
  }

  public int crashes() {
    return crashes;
  }

  /** What was done, in order, with numbers and times. */
  public List<String> done() {
    return done;
  }

  public List<Integer> numbers() {
    return numbers;
  }

  /** Ends all faults but those that are on the disks. */
  public void heal() {
    stopped = true;
    fabric.unblockAll();
    fabric.faults(SimNetworkFaults.NONE);
    for (SimHost host : hosts) {
      if (host.running() && host.diskFailed()) {
        host.crash();
      }
      if (!host.running()) {
        host.start();
      }
      host.calm();
    }
  }

  /** Somebody leads or stands for election: a good moment for a fault. */
  public void elected(SimHost host) {
    int number = FIRST_ELECTION + ++elections;
    RandomStream dice = random.split("election" + elections);
    if (stopped || alertness == 0 || !dice.chance(alertness) || !plan.allows(number)) {
      return;
    }
    loop.reached(FaultKind.AFTER_ELECTION);
    loop.schedule(
        dice.nextLong(dice.chance(0.5) ? 3 * MILLI : 30 * MILLI),
        () -> {
          if (!stopped) {
            numbers.add(number);
            done.add(
                "%d at %d ms: AFTER_ELECTION %s"
                    .formatted(
                        number, loop.scheduler().nowNanos() / MILLI, afterElection(host, dice)));
          }
        });
  }

  private String afterElection(SimHost host, RandomStream dice) {
    SimHost other = hosts.get(dice.nextInt(hosts.size()));
    long nanos = MILLI + dice.nextLong(longestNanos / 20);
    return switch (dice.nextInt(7)) {
      case 0 -> "cuts the power of " + cut(host, nanos);
      case 1 -> "cuts the power of " + cut(other, nanos);
      case 2 -> "cuts the power of " + cutAtIo(other, nanos, 1 + dice.nextLong(4));
      case 3 -> "cuts the power of " + cutAtIo(host, nanos, 1 + dice.nextLong(6));
      case 4 -> "isolates " + part(List.of(host)) + ", cuts the power of " + cut(other, nanos);
      case 5 -> "pauses " + pause(host, dice.nextLong(longestNanos / 5));
      default -> "isolates " + part(List.of(host));
    };
  }

  private void strike() {
    if (stopped) {
      return;
    }
    int number = ++count;
    RandomStream dice = random.split("fault" + number);
    long pause = 10 * MILLI + dice.nextLong(2 * calmNanos);
    if (plan.allows(number)) {
      String what = strike(dice);
      numbers.add(number);
      done.add("%d at %d ms: %s".formatted(number, loop.scheduler().nowNanos() / MILLI, what));
    }
    loop.schedule(pause, this::strike);
  }

  private String strike(RandomStream dice) {
    int total = kinds.stream().mapToInt(FaultKind::weight).sum();
    int special = specials.stream().mapToInt(Special::weight).sum();
    int at = dice.nextInt(total + special);
    for (FaultKind kind : kinds) {
      at -= kind.weight();
      if (at < 0) {
        loop.reached(kind);
        return kind + " " + strike(kind, dice);
      }
    }
    for (Special some : specials) {
      at -= some.weight;
      if (at < 0) {
        loop.reached(some.kind);
        return some.kind.name() + " " + some.stroke.strike(dice);
      }
    }
    throw new IllegalStateException("no fault drawn");
  }

  private String strike(FaultKind kind, RandomStream dice) {
    SimHost victim = hosts.get(dice.nextInt(hosts.size()));
    if (dice.chance(0.6)) {
      victim = hosts.stream().filter(SimHost::leads).findFirst().orElse(victim);
    }
    return strike(kind, victim, dice);
  }

  private String strike(FaultKind kind, SimHost victim, RandomStream dice) {
    SimHost other = hosts.get(dice.nextInt(hosts.size()));
    long nanos = 5 * MILLI + dice.nextLong(dice.chance(0.5) ? longestNanos / 8 : longestNanos);
    return switch (kind) {
      case POWER_CUT -> cut(victim, nanos);
      case KILL -> kill(victim, nanos);
      case POWER_CUT_AT_IO -> cutAtIo(victim, nanos, 1 + dice.nextLong(12));
      case POWER_CUT_IN_RECOVERY -> cutInRecovery(victim, dice);
      case POWER_CUT_OF_MANY -> cutMany(nanos, dice);
      case PAUSE -> pause(victim, nanos);
      case ISOLATION -> part(List.of(victim));
      case ONE_WAY -> {
        fabric.block(victim.address(), other.address());
        yield victim.id() + " to " + other.id();
      }
      case PARTITION -> part(hosts.stream().filter(host -> dice.chance(0.4)).toList());
      case BAD_NETWORK -> {
        fabric.faults(badNetwork(dice));
        yield "";
      }
      case GOOD_NETWORK -> {
        fabric.unblockAll();
        fabric.faults(SimNetworkFaults.NONE);
        yield "";
      }
      case AFTER_ELECTION -> "nothing";
      case SLOW_DISK -> slow(victim, nanos, 2_000_000 + dice.nextLong(60_000_000));
      case FAILING_DISK -> fail(victim, nanos, false);
      case FAILING_FLUSH -> fail(victim, nanos, true);
      case CLOCK_DRIFT -> {
        int permille = dice.nextInt(41) - 20;
        victim.drift(permille);
        yield victim.id() + " runs " + permille + " permille fast";
      }
      case CLOCK_STEP -> {
        long millis = dice.nextLong(7_200_000) - 3_600_000;
        if (victim.running()) {
          victim.loop().stepWall(millis);
        }
        yield victim.id() + " by " + millis + " ms";
      }
    };
  }

  // ---- hosts

  private String cut(SimHost host, long downNanos) {
    if (!host.running()) {
      return host.id() + " is down already";
    }
    crashes++;
    host.crash();
    startLater(host, downNanos);
    return host.id() + down(downNanos);
  }

  private String kill(SimHost host, long downNanos) {
    if (!host.running()) {
      return host.id() + " is down already";
    }
    crashes++;
    host.kill();
    startLater(host, downNanos);
    return host.id() + down(downNanos);
  }

  private String cutAtIo(SimHost host, long downNanos, long requests) {
    host.crashAfter(
        requests,
        () -> {
          crashes++;
          startLater(host, downNanos);
        });
    return host.id() + " in " + requests + " requests," + down(downNanos);
  }

  private String cutInRecovery(SimHost host, RandomStream dice) {
    int times = 1 + dice.nextInt(3);
    boolean killed = dice.chance(0.5);
    long[] requests = new long[times];
    for (int i = 0; i < times; i++) {
      requests[i] = 1 + dice.nextLong(10);
    }
    if (host.running()) {
      crashes++;
      if (killed) {
        host.kill();
      } else {
        host.crash();
      }
    }
    recover(host, requests, 0);
    return host.id() + " after " + java.util.Arrays.toString(requests) + " requests";
  }

  private void recover(SimHost host, long[] requests, int at) {
    loop.schedule(
        MILLI,
        () -> {
          if (host.running()) {
            return;
          }
          if (at < requests.length && !stopped) {
            host.crashAfter(
                requests[at],
                () -> {
                  crashes++;
                  recover(host, requests, at + 1);
                });
          }
          host.start();
        });
  }

  private String cutMany(long downNanos, RandomStream dice) {
    List<Integer> victims = new ArrayList<>();
    for (SimHost host : hosts) {
      boolean chosen = dice.chance(0.7);
      long later = downNanos + dice.nextLong(100 * MILLI);
      if (chosen && host.running()) {
        cut(host, later);
        victims.add(host.id());
      }
    }
    return victims + down(downNanos);
  }

  private static String down(long nanos) {
    return " for " + nanos / MILLI + " ms";
  }

  private String pause(SimHost host, long nanos) {
    if (host.running()) {
      host.pause(nanos);
    }
    return host.id() + down(nanos);
  }

  private void startLater(SimHost host, long downNanos) {
    loop.schedule(
        downNanos,
        () -> {
          if (!host.running()) {
            host.start();
          }
        });
  }

  // ---- disks

  private String slow(SimHost host, long nanos, long latencyNanos) {
    if (host.running()) {
      var disk = host.disk();
      disk.latency(latencyNanos);
      loop.schedule(nanos, () -> disk.latency(200_000));
    }
    return host.id() + " " + latencyNanos / MILLI + " ms a request" + down(nanos);
  }

  private String fail(SimHost host, long nanos, boolean oneFlush) {
    if (!host.running()) {
      return host.id() + " is down already";
    }
    if (oneFlush) {
      host.failFlush();
    } else {
      host.failDisk();
    }
    loop.schedule(
        nanos,
        () -> {
          if (host.running() && host.diskFailed()) {
            cut(host, MILLI);
          }
        });
    return host.id() + down(nanos);
  }

  // ---- network

  private String part(List<SimHost> side) {
    for (SimHost one : side) {
      for (SimHost other : hosts) {
        if (!side.contains(other)) {
          fabric.block(one.address(), other.address());
          fabric.block(other.address(), one.address());
        }
      }
    }
    return side.stream().map(SimHost::id).toList().toString();
  }

  private static SimNetworkFaults badNetwork(RandomStream dice) {
    return new SimNetworkFaults(
        50_000,
        100_000 + dice.nextLong(20 * MILLI),
        dice.nextDouble() * 0.2,
        dice.nextDouble() * 0.4,
        dice.nextLong(3_000 * MILLI),
        0.05);
  }
}
