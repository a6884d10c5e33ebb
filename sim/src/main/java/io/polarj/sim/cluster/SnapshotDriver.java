package io.polarj.sim.cluster;

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
import io.polarj.polarctrl.server.PolarCtrlServer;
import io.polarj.polarctrl.state.Operator;
import io.polarj.polarctrl.view.SnapshotView;
import io.polarj.polarctrl.view.VolumeView;
import io.polarj.sim.history.Violation;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * An operator who takes, reads and deletes snapshots of the volume all the time. What one shows is
 * read as soon as it is ready and again later, and must be the same every time.
 */
final class SnapshotDriver {
  private static final int MOST = 3;
  private static final SwitchSettings SETTINGS = new SwitchSettings(64, 150, 600, 5, 100, 12_000);

  private final SimScheduler scheduler;
  private final SimFabric fabric;
  private final SimLoop loop;
  private final RandomStream random;
  private final Supplier<PolarCtrlServer> polarCtrl;
  private final Consumer<Violation> violations;
  private final TreeMap<Integer, Cut> cuts = new TreeMap<>();
  private final List<Cut> deleted = new ArrayList<>();
  private int readers;
  private int reads;
  private boolean stopped;
  private boolean busy;

  /** A snapshot as it is known here. */
  static final class Cut {
    final int number;

    /** When it was asked for. */
    final long askedNanos;

    /** When it was seen to be ready. */
    long readyNanos = Long.MAX_VALUE;

    /** What it shows, a value for each sector; null until it was read. */
    long[] values;

    boolean deleting;

    Cut(int number, long askedNanos) {
      this.number = number;
      this.askedNanos = askedNanos;
    }
  }

  SnapshotDriver(
      SimScheduler scheduler,
      SimFabric fabric,
      RandomStream random,
      Supplier<PolarCtrlServer> polarCtrl,
      Consumer<Violation> violations) {
    this.scheduler = scheduler;
    this.fabric = fabric;
    this.random = random;
    this.polarCtrl = polarCtrl;
    this.violations = violations;
    this.loop = scheduler.newLoop("snapshots", 0);
  }

  void start(VolumeInfo volume) {
    loop.schedule(100_000_000L, () -> act(volume));
  }

  /** Begins nothing new. */
  void stop() {
    stopped = true;
  }

  boolean idle() {
    return !busy;
  }

  /** Those that were seen to be ready, deleted or not. */
  List<Cut> all() {
    List<Cut> all = new ArrayList<>(deleted);
    all.addAll(cuts.values());
    return all;
  }

  /** Those that are there. */
  List<Cut> live() {
    return cuts.values().stream().filter(cut -> cut.values != null && !cut.deleting).toList();
  }

  int reads() {
    return reads;
  }

  private void act(VolumeInfo volume) {
    if (stopped || busy) {
      loop.schedule(50_000_000L, () -> act(volume));
      return;
    }
    busy = true;
    Runnable next =
        () -> {
          busy = false;
          loop.schedule(20_000_000L + random.nextLong(300_000_000L), () -> act(volume));
        };
    List<Cut> live = live();
    if (!live.isEmpty() && (live.size() >= MOST || random.chance(0.25))) {
      delete(volume, live.get(random.nextInt(live.size())), next);
    } else if (!live.isEmpty() && random.chance(0.4)) {
      read(volume, live.get(random.nextInt(live.size())), next);
    } else {
      create(volume, next);
    }
  }

  private void create(VolumeInfo volume, Runnable next) {
    long asked = scheduler.nowNanos();
    ask(
        operator -> operator.createSnapshot(volume.name(), "s"),
        view -> {
          if (view == null) {
            next.run();
            return;
          }
          Cut cut = new Cut(view.number(), asked);
          cuts.put(cut.number, cut);
          awaitReady(volume, cut, next);
        });
  }

  private void awaitReady(VolumeInfo volume, Cut cut, Runnable next) {
    ask(
        operator -> operator.snapshots(volume.name()),
        views -> {
          String state = views == null ? "" : state(views, cut.number);
          if (state.equals("READY")) {
            cut.readyNanos = scheduler.nowNanos();
            read(volume, cut, next);
          } else {
            loop.schedule(30_000_000L, () -> awaitReady(volume, cut, next));
          }
        });
  }

  private void delete(VolumeInfo volume, Cut cut, Runnable next) {
    cut.deleting = true;
    ask(
        operator -> operator.deleteSnapshot(volume.name(), cut.number),
        view -> awaitGone(volume, cut, next));
  }

  private void awaitGone(VolumeInfo volume, Cut cut, Runnable next) {
    ask(
        operator -> {
          List<SnapshotView> views = operator.snapshots(volume.name());
          if (state(views, cut.number).equals("READY")) {
            operator.deleteSnapshot(volume.name(), cut.number); // it was not heard
          }
          return views;
        },
        views -> {
          if (views != null && state(views, cut.number).isEmpty()) {
            cuts.remove(cut.number);
            deleted.add(cut);
            next.run();
          } else {
            loop.schedule(30_000_000L, () -> awaitGone(volume, cut, next));
          }
        });
  }

  private static String state(List<SnapshotView> views, int number) {
    for (SnapshotView view : views) {
      if (view.number() == number) {
        return view.state();
      }
    }
    return "";
  }

  /** Asks PolarCtrl, which may be down or refuse: then the answer is null. */
  <T> void ask(Function<Operator, T> question, Consumer<T> answer) {
    PolarCtrlServer server = polarCtrl.get();
    if (server == null) {
      loop.execute(() -> answer.accept(null));
      return;
    }
    boolean[] done = new boolean[1];
    Consumer<T> once =
        value -> {
          if (!done[0]) {
            done[0] = true;
            answer.accept(value);
          }
        };
    loop.schedule(500_000_000L, () -> once.accept(null)); // PolarCtrl was killed meanwhile
    server
        .ask(question)
        .whenComplete(
            (value, error) -> loop.execute(() -> once.accept(error == null ? value : null)));
  }

  /** Reads all of a snapshot; what it showed before it must show again. */
  void read(VolumeInfo volume, Cut cut, Runnable next) {
    readAll(
        volume,
        cut.number,
        values -> {
          if (values == null) {
            loop.schedule(100_000_000L, () -> read(volume, cut, next));
            return;
          }
          reads++;
          for (int sector = 0; cut.values != null && sector < values.length; sector++) {
            if (values[sector] != cut.values[sector]) {
              violations.accept(
                  new Violation(
                      "a snapshot never changes",
                      "snapshot %d sector %d was %x and is %x"
                          .formatted(cut.number, sector, cut.values[sector], values[sector])));
            }
          }
          cut.values = values;
          next.run();
        });
  }

  /** The value of each sector of a volume, or of its snapshot; null when it can not be read. */
  void readAll(VolumeInfo volume, int snapshot, Consumer<long[]> done) {
    int id = 500 + readers++;
    SimNetwork network = fabric.network(loop, new Address("reader" + id, 1));
    PolarCtrlClient ctrl =
        new PolarCtrlClient(loop, network, ClusterScenario.POLAR_CTRL, (long) id << 33);
    var opening =
        snapshot == 0
            ? PolarSwitch.openReadOnly(loop, network, ctrl::routes, volume, id, SETTINGS)
            : PolarSwitch.openSnapshot(loop, network, ctrl::routes, volume, snapshot, id, SETTINGS);
    opening.whenComplete((device, error) -> {
      if (error != null) {
        loop.execute(() -> done.accept(null));
        return;
      }
      long bytes = volume.targetBytes();
      MemorySegment memory = Arena.ofAuto().allocate(bytes, Mount.SECTOR);
      device.read(0, memory, failed -> read(device, memory, failed, done));
    });
  }

  private void read(
      PolarSwitch device, MemorySegment memory, IOException failed, Consumer<long[]> done) {
    device.close();
    if (failed != null) {
      done.accept(null);
      return;
    }
    long[] values = new long[(int) (memory.byteSize() / Mount.SECTOR)];
    for (int sector = 0; sector < values.length; sector++) {
      long from = (long) sector * Mount.SECTOR;
      values[sector] = memory.get(ValueLayout.JAVA_LONG, from);
      for (long at = from; at < from + Mount.SECTOR; at += 8) {
        if (memory.get(ValueLayout.JAVA_LONG, at) != values[sector]) {
          violations.accept(
              new Violation("S3 S5", "a torn sector was read in a snapshot: " + sector));
        }
      }
    }
    done.accept(values);
  }

  /** Makes a volume of a snapshot; null until it is whole. */
  void cloneOf(VolumeInfo volume, Cut cut, String name, Consumer<VolumeInfo> done) {
    ask(
        operator -> operator.cloneSnapshot(volume.name(), cut.number, name),
        view -> {
          if (view == null || view.sizeBytes() != view.targetBytes()) {
            loop.schedule(50_000_000L, () -> cloneOf(volume, cut, name, done));
          } else {
            done.accept(info(view));
          }
        });
  }

  /** Makes the volume what a snapshot shows. */
  void restore(VolumeInfo volume, Cut cut, Runnable done) {
    ask(
        operator -> operator.restoreSnapshot(volume.name(), cut.number),
        view -> {
          if (view == null) {
            loop.schedule(200_000_000L, () -> restore(volume, cut, done)); // a lease runs yet
          } else {
            awaitRestored(volume, cut, done);
          }
        });
  }

  private void awaitRestored(VolumeInfo volume, Cut cut, Runnable done) {
    ask(
        operator -> operator.snapshots(volume.name()),
        views -> {
          if (views != null && state(views, cut.number).equals("READY")) {
            done.run();
          } else {
            loop.schedule(30_000_000L, () -> awaitRestored(volume, cut, done));
          }
        });
  }

  private static VolumeInfo info(VolumeView view) {
    return new VolumeInfo(
        view.id(),
        view.name(),
        view.sizeBytes(),
        view.targetBytes(),
        view.chunkBytes(),
        view.replicas(),
        view.epoch(),
        view.writer());
  }
}
