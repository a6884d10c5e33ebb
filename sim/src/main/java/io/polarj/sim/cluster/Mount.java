package io.polarj.sim.cluster;

import io.polarj.pfs.file.Errno;
import io.polarj.pfs.file.PfsException;
import io.polarj.pfs.polarswitch.PolarSwitch;
import io.polarj.pfs.polarswitch.SwitchSettings;
import io.polarj.platform.net.Address;
import io.polarj.platform.random.RandomStream;
import io.polarj.platform.sim.SimFabric;
import io.polarj.platform.sim.SimLoop;
import io.polarj.platform.sim.SimNetwork;
import io.polarj.platform.sim.SimScheduler;
import io.polarj.polarctrl.client.PolarCtrlClient;
import io.polarj.polarctrl.protocol.VolumeInfo;
import io.polarj.sim.history.Operation;
import io.polarj.sim.history.Violation;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Somebody who reads and writes the volume through a PolarSwitch of its own, several requests at a
 * time, and never writes over a write of its own that is under way.
 */
final class Mount {
  static final int SECTOR = 4096;
  private static final SwitchSettings SETTINGS = new SwitchSettings(64, 150, 600, 5, 100, 12_000);

  private final long id;
  private final long epoch;
  private final SimScheduler scheduler;
  private final SimLoop loop;
  private final PolarCtrlClient polarCtrl;
  private final SimNetwork network;
  private final RandomStream random;
  private final Hotspot hotspot;
  private final List<Operation> history;
  private final Consumer<Violation> violations;
  private final List<Request> open = new ArrayList<>();
  private final int depth;
  private final long thinkNanos;
  private PolarSwitch device;
  private long sequence;
  private int refused;
  private boolean stopped;
  private boolean fenced;

  /** Where most of the requests go: some sectors around a chunk's edge. */
  record Hotspot(int firstSector, int sectors, int volumeSectors, double share) {
    int draw(RandomStream random, int count) {
      return random.chance(share)
          ? firstSector + random.nextInt(Math.max(1, sectors - count + 1))
          : random.nextInt(volumeSectors - count + 1);
    }
  }

  private static final class Request {
    final boolean write;
    final int first;
    final int count;
    final MemorySegment memory;
    final List<Operation> operations = new ArrayList<>();

    Request(boolean write, int first, int count) {
      this.write = write;
      this.first = first;
      this.count = count;
      this.memory = Arena.ofAuto().allocate((long) count * SECTOR, SECTOR);
    }

    boolean overlaps(int otherFirst, int otherCount) {
      return first < otherFirst + otherCount && otherFirst < first + count;
    }
  }

  Mount(
      long id,
      long epoch,
      SimScheduler scheduler,
      SimFabric fabric,
      RandomStream random,
      Hotspot hotspot,
      List<Operation> history,
      Consumer<Violation> violations) {
    this.id = id;
    this.epoch = epoch;
    this.scheduler = scheduler;
    this.random = random;
    this.hotspot = hotspot;
    this.history = history;
    this.violations = violations;
    this.loop = scheduler.newLoop("mount" + id, 0);
    this.network = fabric.network(loop, new Address("mount" + id, 1));
    this.polarCtrl = new PolarCtrlClient(loop, network, ClusterScenario.POLAR_CTRL, id << 33);
    this.depth = 1 + random.nextInt(8);
    this.thinkNanos = 5_000_000L + random.nextLong(40_000_000L);
  }

  void start(VolumeInfo volume) {
    PolarSwitch.open(loop, network, polarCtrl::routes, volume, epoch, id, SETTINGS)
        .whenComplete((opened, error) -> {
          if (error == null) {
            device = opened;
            loop.execute(this::think);
          } else if (!stopped) {
            loop.execute(() -> start(volume));
          }
        });
  }

  /** Begins nothing new; what is under way goes on. */
  void stop() {
    stopped = true;
  }

  boolean idle() {
    return open.isEmpty();
  }

  int refused() {
    return refused;
  }

  private void think() {
    if (stopped || fenced) {
      return;
    }
    if (open.size() < depth) {
      begin();
    }
    loop.schedule(1_000_000L + random.nextLong(thinkNanos), this::think);
  }

  private void begin() {
    boolean write = random.chance(0.55);
    int count = 1 + random.nextInt(3);
    int first = hotspot.draw(random, count);
    Request request = new Request(write, first, count);
    if (write) {
      for (Request other : open) {
        if (other.write && other.overlaps(first, count)) {
          return;
        }
      }
      sequence++;
    }
    for (int s = 0; s < count; s++) {
      long value = write ? id << 32 | sequence << 8 | s + 1 : 0;
      for (long at = (long) s * SECTOR; at < (s + 1L) * SECTOR && write; at += 8) {
        request.memory.set(ValueLayout.JAVA_LONG, at, value);
      }
      Operation operation = new Operation(write, epoch, first + s, value, scheduler.nowNanos());
      request.operations.add(operation);
      history.add(operation);
    }
    open.add(request);
    long offset = (long) first * SECTOR;
    if (write) {
      device.write(offset, request.memory, error -> ended(request, error));
    } else {
      device.read(offset, request.memory, error -> ended(request, error));
    }
  }

  private void ended(Request request, IOException error) {
    open.remove(request);
    if (error == null) {
      for (int s = 0; s < request.count; s++) {
        finish(request, s);
      }
    } else if (error instanceof PfsException refusal) {
      switch (refusal.errno()) {
        case ESTALE -> fenced = true;
        case ENOSPC, EIO -> refused++;
        default -> violations.accept(new Violation("a request ends well", refusal.getMessage()));
      }
      if (refusal.errno() == Errno.ESTALE && epoch >= 2) {
        violations.accept(new Violation("S6", "the newest epoch is refused: " + refusal));
      }
    } else {
      violations.accept(new Violation("a request ends well", error.toString()));
    }
  }

  private void finish(Request request, int s) {
    Operation operation = request.operations.get(s);
    operation.returnedNanos = scheduler.nowNanos();
    if (request.write) {
      return;
    }
    operation.value = request.memory.get(ValueLayout.JAVA_LONG, (long) s * SECTOR);
    for (long at = (long) s * SECTOR; at < (s + 1L) * SECTOR; at += 8) {
      if (request.memory.get(ValueLayout.JAVA_LONG, at) != operation.value) {
        violations.accept(new Violation("S3 S5", "a torn or rotten sector was read: " + operation));
        return;
      }
    }
  }
}
