package io.polarj.sim.paxos;

import io.polarj.pfs.file.Errno;
import io.polarj.pfs.file.FileStat;
import io.polarj.pfs.file.OpenMode;
import io.polarj.pfs.file.PfsException;
import io.polarj.pfs.file.PolarFile;
import io.polarj.pfs.volume.PfsVolume;
import io.polarj.pfs.volume.lock.HostIdentity;
import io.polarj.pfs.volume.lock.LockRequest;
import io.polarj.pfs.volume.lock.LockSettings;
import io.polarj.pfs.volume.lock.VolumeLock;
import io.polarj.platform.random.RandomStream;
import io.polarj.platform.sim.SimLoop;
import io.polarj.platform.sim.SimScheduler;
import io.polarj.sim.history.Violation;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/**
 * A host that wants the volume: goes for the lock, mounts, works on files as long as it is let,
 * gives the volume back at times, and comes again; also after it was killed.
 */
final class PaxosHost {
  static final LockSettings SETTINGS = new LockSettings(1_000, 200, 8_000);
  private static final int SECTOR = SharedVolume.SECTOR;
  private static final int FILES = 10;
  private static final long MILLI = 1_000_000L;

  private final PaxosScenario scenario;
  private final SimScheduler scheduler;
  private final SharedVolume volume;
  private final FileTruth truth;
  private final HostIdentity identity;
  private final int driftPermille;
  private final RandomStream random;
  private SimLoop loop;
  private HostDisk disk;
  private HostThread thread;
  private int life;
  private boolean stopped;
  private boolean alive;

  PaxosHost(
      PaxosScenario scenario,
      SimScheduler scheduler,
      SharedVolume volume,
      FileTruth truth,
      HostIdentity identity,
      RandomStream random) {
    this.scenario = scenario;
    this.scheduler = scheduler;
    this.volume = volume;
    this.truth = truth;
    this.identity = identity;
    this.random = random;
    this.driftPermille = random.nextInt(101) - 50;
  }

  void start() {
    life++;
    alive = true;
    loop = scheduler.newLoop(identity.name() + "." + life, driftPermille);
    loop.execute(this::goForIt);
  }

  /** Goes for nothing any more, and gives back what it has. */
  void stop() {
    stopped = true;
  }

  boolean alive() {
    return alive;
  }

  void kill() {
    if (alive) {
      alive = false;
      loop.kill();
      if (disk != null) {
        disk.died();
      }
      if (thread != null) {
        thread.kill();
        thread = null;
      }
    }
  }

  /** Dies with its n-th request to the volume under way. */
  void killAtRequest(long n) {
    if (alive && disk != null) {
      disk.dieAtRequest(n, () -> scenario.died(this));
    }
  }

  void pause(long nanos) {
    loop.pause(nanos);
  }

  void partitioned(boolean cut) {
    if (disk != null) {
      disk.partitioned(cut);
    }
  }

  private void goForIt() {
    if (stopped) {
      return;
    }
    disk = new HostDisk(volume, loop, random.split("disk" + life + "." + loop.clock().nanoTime()));
    LockRequest request =
        random.chance(0.4)
            ? LockRequest.takingOver(identity, SETTINGS)
            : LockRequest.polite(identity, SETTINGS);
    VolumeLock.acquire(
            loop, disk, PaxosScenario.VOLUME_ID, disk, request, new RandomStream(random.nextLong()))
        .whenComplete((lock, error) -> {
          if (error == null) {
            scenario.owns(identity, lock);
            work(lock);
          } else {
            scenario.refused(error.getCause() == null ? error : error.getCause());
            again();
          }
        });
  }

  private void again() {
    loop.schedule(random.nextLong(2_500) * MILLI, this::goForIt);
  }

  private void work(VolumeLock lock) {
    HostThread[] mine = new HostThread[1];
    mine[0] =
        new HostThread(
            identity.name() + "." + life,
            () -> {
              try {
                mountAndWork(lock, mine[0]);
              } catch (PfsException refusal) {
                scenario.ended(refusal);
              } catch (IOException e) {
                throw new Violation("an operation ends well", e.toString());
              }
              loop.execute(() -> lock.release());
              loop.execute(this::again);
            });
    thread = mine[0];
    disk.blockingFor(thread);
    loop.execute(thread::resume);
  }

  private void mountAndWork(VolumeLock lock, HostThread me) throws IOException {
    PfsVolume fs = PfsVolume.mountReadWrite(disk, lock, loop.clock());
    TreeMap<String, long[]> found = list(fs);
    lock.check();
    if (lock.epoch() == volume.newestEpoch()) {
      truth.found(found, me, identity.name() + "." + life + " term " + lock.term());
    }
    int operations = 3 + random.nextInt(60);
    for (int i = 0; i < operations && !stopped; i++) {
      found = operate(fs, found, me);
      loop.schedule(random.nextLong(40 * MILLI), me::resume);
      me.block();
    }
  }

  private static TreeMap<String, long[]> list(PfsVolume fs) throws IOException {
    TreeMap<String, long[]> files = new TreeMap<>();
    for (FileStat stat : fs.readdir("/")) {
      try (PolarFile file = fs.open("/" + stat.name(), Set.of(OpenMode.READ));
          Arena arena = Arena.ofShared()) {
        long[] sectors = new long[(int) (file.size() / SECTOR)];
        MemorySegment memory = arena.allocate(Math.max(SECTOR, file.size()), SECTOR);
        file.read(0, memory);
        for (int s = 0; s < sectors.length; s++) {
          sectors[s] = memory.get(ValueLayout.JAVA_LONG, (long) s * SECTOR);
        }
        files.put(stat.name(), sectors);
      }
    }
    return files;
  }

  /** The files as a read-only mount sees them, for the judge. */
  static TreeMap<String, long[]> seenBy(PfsVolume readOnly) throws IOException {
    return list(readOnly);
  }

  /** One operation on the files as this host knows them; returns them as they are afterwards. */
  private TreeMap<String, long[]> operate(PfsVolume fs, TreeMap<String, long[]> view, Object me)
      throws IOException {
    TreeMap<String, long[]> after = new TreeMap<>(view);
    String name = "f" + random.nextInt(FILES);
    List<String> there = new ArrayList<>(after.keySet());
    if (!after.containsKey(name)) {
      after.put(name, new long[0]);
      FileTruth.Change change = truth.begin(me, after);
      fs.open("/" + name, Set.of(OpenMode.WRITE, OpenMode.CREATE)).close();
      truth.acknowledge(change);
    } else if (random.chance(0.2)) {
      after.remove(name);
      FileTruth.Change change = truth.begin(me, after);
      fs.unlink("/" + name);
      truth.acknowledge(change);
    } else if (random.chance(0.2)) {
      String target = there.get(random.nextInt(there.size()));
      if (target.equals(name)) {
        return view; // would change nothing: even a former owner may be told that it is done
      }
      after.put(target, after.remove(name));
      FileTruth.Change change = truth.begin(me, after);
      fs.rename("/" + name, "/" + target);
      truth.acknowledge(change);
    } else {
      write(fs, name, after, me);
    }
    return after;
  }

  private void write(PfsVolume fs, String name, TreeMap<String, long[]> after, Object me)
      throws IOException {
    long[] old = after.get(name);
    int first = random.nextInt(old.length + 1);
    int count = 1 + random.nextInt(6);
    long[] now = Arrays.copyOf(old, Math.max(old.length, first + count));
    long value = scenario.nextValue();
    try (PolarFile file = fs.open("/" + name, Set.of(OpenMode.WRITE));
        Arena arena = Arena.ofShared()) {
      MemorySegment memory = arena.allocate((long) count * SECTOR, SECTOR);
      for (int s = 0; s < count; s++) {
        now[first + s] = value;
        memory.set(ValueLayout.JAVA_LONG, (long) s * SECTOR, value);
      }
      after.put(name, now);
      FileTruth.Change change = truth.begin(me, after);
      file.write((long) first * SECTOR, memory);
      truth.acknowledge(change);
    }
  }

  static boolean namesAnOwner(Throwable error) {
    return error instanceof PfsException refusal
        && refusal.errno() == Errno.EBUSY
        && refusal.getMessage().contains("is mounted read-write by");
  }

  static boolean namesATwin(Throwable error) {
    return error instanceof PfsException refusal
        && refusal.getMessage().contains("is in use by another host");
  }
}
