package io.polarj.sim.paxos;

import io.polarj.pfs.file.Errno;
import io.polarj.pfs.file.PfsException;
import io.polarj.pfs.volume.Mkfs;
import io.polarj.pfs.volume.MkfsOptions;
import io.polarj.pfs.volume.PfsVolume;
import io.polarj.pfs.volume.lock.HostIdentity;
import io.polarj.pfs.volume.lock.VolumeLock;
import io.polarj.platform.random.RandomStream;
import io.polarj.platform.sim.SimLoop;
import io.polarj.platform.sim.SimScheduler;
import io.polarj.sim.history.Violation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * One simulated run of some hosts that all want one volume read-write: chaos, healing, judgement.
 * Every host that gets the volume must find exactly what was acknowledged to those before it. The
 * same seed gives the same run.
 */
public final class PaxosScenario {
  static final long VOLUME_ID = 77;
  private static final long MILLI = 1_000_000L;
  private static final long CHAOS_MILLIS = 40_000;
  private static final long PATIENCE_MILLIS = 60_000;
  private static final long VOLUME_BYTES = 8 << 20;

  private final long seed;
  private final RandomStream random;
  private final SimScheduler scheduler;
  private final SharedVolume volume;
  private final FileTruth truth = new FileTruth();
  private final List<PaxosHost> hosts = new ArrayList<>();
  private final SimLoop nemesis;
  private final TreeMap<Long, String> ownersByTerm = new TreeMap<>();
  private long lastEpoch;
  private long values;
  private int busy;
  private int twins;
  private int kills;
  private int pauses;
  private int partitions;
  private Violation violation;

  private PaxosScenario(long seed, boolean chunksAcceptOldEpochs) {
    this.seed = seed;
    this.random = new RandomStream(seed);
    this.scheduler = new SimScheduler(seed);
    this.volume =
        new SharedVolume(VOLUME_BYTES, scheduler, random.split("volume"), chunksAcceptOldEpochs);
    this.nemesis = scheduler.newLoop("nemesis", 0);
    int count = 2 + random.nextInt(3);
    for (int h = 0; h < count; h++) {
      boolean twin = h > 1 && random.chance(0.3);
      hosts.add(host(twin ? 1 : h + 1, "host" + h));
    }
  }

  private PaxosHost host(int id, String name) {
    return new PaxosHost(
        this, scheduler, volume, truth, new HostIdentity(id, name), random.split(name));
  }

  /** Runs to the end; never throws for what the system under test does. */
  public static PaxosReport run(long seed) {
    return run(seed, false);
  }

  /** {@code chunksAcceptOldEpochs}: breaks S6 beneath the lock, to see that it is noticed. */
  static PaxosReport run(long seed, boolean chunksAcceptOldEpochs) {
    PaxosScenario scenario = new PaxosScenario(seed, chunksAcceptOldEpochs);
    String broken = null;
    try {
      scenario.play();
    } catch (Violation law) {
      broken = law.getMessage();
    } catch (IOException | RuntimeException crash) {
      Throwable cause = crash.getCause() == null ? crash : crash.getCause();
      StackTraceElement[] trace = cause.getStackTrace();
      broken =
          cause instanceof Violation law
              ? law.getMessage()
              : "crash: " + cause + (trace.length > 0 ? " at " + trace[0] : "");
    } finally {
      scenario.hosts.forEach(PaxosHost::kill);
    }
    return scenario.report(broken);
  }

  private void play() throws IOException {
    format();
    hosts.forEach(PaxosHost::start);
    nemesis.schedule(500 * MILLI, this::strike);
    advance(CHAOS_MILLIS);
    hosts.forEach(host -> host.partitioned(false));
    hosts.forEach(PaxosHost::stop);
    advance(8_000);
    hosts.forEach(PaxosHost::kill);
    PaxosHost last = host(9, "last");
    hosts.add(last);
    int before = ownersByTerm.size();
    last.start();
    long deadline = scheduler.nowNanos() + PATIENCE_MILLIS * MILLI;
    while (ownersByTerm.size() == before) {
      if (scheduler.nowNanos() > deadline) {
        throw new Violation("liveness", "nobody gets the volume after all is healed");
      }
      advance(100);
    }
    advance(2_000); // it has mounted and judged what it found
    last.stop();
    advance(3_000);
    judgeReader();
  }

  private void format() throws IOException {
    HostDisk disk = new HostDisk(volume, nemesis, random.split("mkfs"));
    IOException[] failure = new IOException[1];
    HostThread[] thread = new HostThread[1];
    thread[0] =
        new HostThread(
            "mkfs",
            () -> {
              try {
                Mkfs.run(disk, new MkfsOptions(16384, 128 << 10, 256, false), VOLUME_ID, 0);
              } catch (IOException e) {
                failure[0] = e;
              }
            });
    disk.blockingFor(thread[0]);
    nemesis.execute(thread[0]::resume);
    advance(5_000);
    if (failure[0] != null) {
      throw failure[0];
    }
  }

  private void advance(long millis) {
    scheduler.runUntil(scheduler.nowNanos() + millis * MILLI);
    if (violation != null) {
      throw violation;
    }
  }

  private void strike() {
    PaxosHost host = hosts.get(random.nextInt(hosts.size()));
    switch (random.nextInt(5)) {
      case 0 -> died(host);
      case 1 -> host.killAtRequest(1 + random.nextInt(40));
      case 2 -> {
        pauses++;
        host.pause((100 + random.nextInt(4_000)) * MILLI);
      }
      case 3 -> {
        partitions++;
        host.partitioned(true);
        nemesis.schedule(random.nextLong(3_000) * MILLI, () -> host.partitioned(false));
      }
      default -> {} // a while of peace
    }
    if (scheduler.nowNanos() < (CHAOS_MILLIS + 5_000) * MILLI) {
      nemesis.schedule((100 + random.nextLong(1_500)) * MILLI, this::strike);
    }
  }

  /** A host is dead from now on, and comes back after a while. */
  void died(PaxosHost host) {
    if (host.alive()) {
      kills++;
      host.kill();
      nemesis.schedule(random.nextLong(3_000) * MILLI, host::start);
    }
  }

  void owns(HostIdentity host, VolumeLock lock) {
    String before = ownersByTerm.put(lock.term(), host.name());
    if (before != null) {
      broken("one owner per term", before + " and " + host.name() + " own term " + lock.term());
    }
    if (lock.epoch() <= lastEpoch && ownersByTerm.lastKey() == lock.term()) {
      broken("epochs rise with the owners", lock.epoch() + " after " + lastEpoch);
    }
    lastEpoch = Math.max(lastEpoch, lock.epoch());
  }

  void refused(Throwable error) {
    if (PaxosHost.namesATwin(error)) {
      twins++;
    } else if (PaxosHost.namesAnOwner(error)) {
      busy++;
    }
  }

  /** An owner's work ended with an error. */
  void ended(PfsException refusal) {
    if (refusal.errno() != Errno.ESTALE && refusal.errno() != Errno.EIO) {
      broken("an operation ends well", refusal.getMessage());
    }
  }

  long nextValue() {
    return ++values;
  }

  private void broken(String law, String detail) {
    if (violation == null) {
      violation = new Violation(law, detail);
    }
  }

  /** A read-only mount at rest sees what the last owner found and did (F2). */
  private void judgeReader() throws IOException {
    HostDisk disk = new HostDisk(volume, nemesis, random.split("reader"));
    IOException[] failure = new IOException[1];
    HostThread[] thread = new HostThread[1];
    List<TreeMap<String, long[]>> seen = new ArrayList<>();
    thread[0] =
        new HostThread(
            "reader",
            () -> {
              try {
                seen.add(PaxosHost.seenBy(PfsVolume.mountReadOnly(disk, nemesis.clock())));
              } catch (IOException e) {
                failure[0] = e;
              }
            });
    disk.blockingFor(thread[0]);
    nemesis.execute(thread[0]::resume);
    advance(10_000);
    if (failure[0] != null) {
      throw failure[0];
    }
    truth.found(seen.getFirst(), this, "the reader");
  }

  private PaxosReport report(String broken) {
    return new PaxosReport(
        seed,
        broken,
        scheduler.traceHash(),
        scheduler.nowNanos() / MILLI,
        scheduler.delivered(),
        truth.acknowledged(),
        truth.cutShort(),
        ownersByTerm.size(),
        busy,
        twins,
        volume.refused(),
        kills,
        pauses,
        partitions,
        volume.torn());
  }
}
