package io.polarj.polarctrl.state;

import io.polarj.polarctrl.protocol.CtrlStatus;
import io.polarj.polarctrl.protocol.VolumeInfo;
import io.polarj.polarctrl.view.SnapshotView;
import io.polarj.storage.protocol.ChangeSnapshots;
import io.polarj.storage.protocol.ChangeSnapshots.Action;
import io.polarj.storage.protocol.ChunkId;
import io.polarj.storage.protocol.ControlReply;
import io.polarj.storage.protocol.FenceEpoch;
import io.polarj.storage.protocol.Status;
import io.polarj.storage.protocol.StorageLimits;
import io.polarj.storage.protocol.StorageMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The snapshots of the volumes. What is intended is stored, together with the volume's new snapshot
 * number, before any chunk hears of it: so nobody who asks here can know a lower number than a
 * chunk has begun. Then every chunk is told until all have done it, also after a restart. One thing
 * at a time is done to a volume's snapshots.
 */
final class SnapshotTable {
  private static final Logger LOG = LoggerFactory.getLogger(SnapshotTable.class);
  private static final int MOST_NAME = 200;
  private static final int MOST_SNAPSHOTS = 200;

  private final VolumeTable volumes;
  private final ReportTable reports;
  private final ControlCalls calls;
  private final CtrlStore store;
  private final TreeMap<Long, TreeMap<Integer, StoredSnapshot>> snapshots = new TreeMap<>();
  private final TreeMap<Long, Work> works = new TreeMap<>();

  /** What is being done to one volume. */
  private static final class Work {
    final StoredSnapshot snapshot;
    final List<ControlCalls.Call> calls = new ArrayList<>();
    int left;

    Work(StoredSnapshot snapshot) {
      this.snapshot = snapshot;
    }
  }

  SnapshotTable(VolumeTable volumes, ReportTable reports, ControlCalls calls, CtrlStore store) {
    this.volumes = volumes;
    this.reports = reports;
    this.calls = calls;
    this.store = store;
  }

  void restore(List<StoredSnapshot> stored, long nowNanos) {
    for (StoredSnapshot snapshot : stored) {
      of(snapshot.volume()).put(snapshot.number(), snapshot);
      if (snapshot.state() != SnapshotState.READY) {
        begin(snapshot, nowNanos);
      }
    }
  }

  List<SnapshotView> list(String name) {
    Volume volume = volume(name);
    return of(volume.info.id()).values().stream().map(one -> view(volume, one)).toList();
  }

  /** Begins to take one; it is there when its state is READY. */
  SnapshotView create(String volumeName, String name, long wallMillis, long nowNanos) {
    Volume volume = free(volumeName);
    if (name.length() > MOST_NAME) {
      throw invalid("a snapshot's name has up to " + MOST_NAME + " characters");
    }
    if (!volume.info.complete() || volume.info.sizeBytes() == 0) {
      throw invalid("volume '" + volumeName + "' is still growing; take its snapshot afterwards");
    }
    if (of(volume.info.id()).size() >= MOST_SNAPSHOTS) {
      throw invalid(
          "volume '%s' has %d snapshots already; delete some"
              .formatted(volumeName, MOST_SNAPSHOTS));
    }
    int number = nextNumber(volume);
    StoredSnapshot snapshot =
        new StoredSnapshot(
            volume.info.id(),
            number,
            name,
            SnapshotState.TAKING,
            volume.info.sizeBytes(),
            wallMillis,
            0);
    save(volume, volume.withSnapshot(number), snapshot);
    begin(snapshot, nowNanos);
    return view(volume, snapshot);
  }

  /** Begins to forget one; it is gone when it is listed no more. */
  SnapshotView delete(String volumeName, int number, long nowNanos) {
    Volume volume = volume(volumeName);
    StoredSnapshot snapshot = snapshot(volume, number);
    String clones = clones(snapshot);
    if (!clones.isEmpty()) {
      throw invalid(
          "snapshot %d of volume '%s' can not be deleted: volume %s was cloned from it and reads it"
              .formatted(number, volumeName, clones));
    }
    Work work = works.get(volume.info.id());
    if (work != null && work.snapshot.number() == number) {
      if (work.snapshot.state() == SnapshotState.DELETING) {
        return view(volume, snapshot);
      }
      if (work.snapshot.state() == SnapshotState.TAKING) {
        work.calls.forEach(ControlCalls.Call::cancel);
        works.remove(volume.info.id());
      }
    }
    free(volumeName);
    StoredSnapshot deleting = snapshot.in(SnapshotState.DELETING, 0);
    save(volume, volume.info, deleting);
    begin(deleting, nowNanos);
    return view(volume, deleting);
  }

  /** Begins to make the volume what the snapshot shows; done when it is READY again. */
  SnapshotView restore(String volumeName, int number, long nowNanos) {
    Volume volume = free(volumeName);
    StoredSnapshot snapshot = ready(volume, number);
    if (!volume.info.writer().isEmpty() && nowNanos - volume.leaseEndNanos < 0
        || volume.acquisition != null) {
      throw invalid(
          "volume '%s' is mounted for writing by '%s'; stop it, then restore"
              .formatted(volumeName, volume.info.writer()));
    }
    if (snapshot.sizeBytes() != volume.info.sizeBytes()) {
      throw invalid(
          "volume '%s' has grown since snapshot %d; clone the snapshot instead"
              .formatted(volumeName, number));
    }
    int restore = nextNumber(volume);
    StoredSnapshot restoring = snapshot.in(SnapshotState.RESTORING, restore);
    VolumeInfo fenced = volume.withWriter(volume.info.epoch() + 1, ""); // no former one may write
    save(volume, new Volume(fenced).withSnapshot(restore), restoring);
    begin(restoring, nowNanos);
    return view(volume, restoring);
  }

  /** Whether what the volume holds is being replaced. */
  boolean restoring(long volume) {
    Work work = works.get(volume);
    return work != null && work.snapshot.state() == SnapshotState.RESTORING;
  }

  /** A snapshot that can be cloned. */
  StoredSnapshot ready(Volume volume, int number) {
    StoredSnapshot snapshot = snapshot(volume, number);
    if (snapshot.state() != SnapshotState.READY) {
      throw invalid(
          "snapshot %d of volume '%s' is %s, not READY"
              .formatted(number, volume.info.name(), snapshot.state()));
    }
    return snapshot;
  }

  private int nextNumber(Volume volume) {
    int number = volume.info.snapshot() + 1;
    if (number >= StorageLimits.MAX_SNAPSHOT) {
      throw invalid("volume '" + volume.info.name() + "' has used up its snapshot numbers");
    }
    return number;
  }

  private void save(Volume volume, VolumeInfo info, StoredSnapshot snapshot) {
    store.save(new StoreChange().volume(info).snapshot(snapshot));
    volume.info = info;
    of(info.id()).put(snapshot.number(), snapshot);
  }

  private void begin(StoredSnapshot snapshot, long nowNanos) {
    Volume volume = volumes.find(snapshot.volume());
    Work work = new Work(snapshot);
    works.put(snapshot.volume(), work);
    int chunks = volume.info.chunks();
    if (snapshot.state() != SnapshotState.DELETING) {
      chunks = (int) (snapshot.sizeBytes() / volume.info.chunkBytes());
    }
    work.left = chunks;
    for (int index = 0; index < chunks; index++) {
      work.calls.add(first(volume, work, new ChunkId(snapshot.volume(), index), nowNanos));
    }
    List.copyOf(work.calls).forEach(call -> calls.start(call, nowNanos));
  }

  private ControlCalls.Call first(Volume volume, Work work, ChunkId chunk, long nowNanos) {
    StoredSnapshot snapshot = work.snapshot;
    int number = snapshot.number();
    return switch (snapshot.state()) {
      case TAKING ->
          call(
              chunk,
              id -> new ChangeSnapshots(id, chunk, Action.TAKE, number),
              done -> ended(work, done));
      case DELETING ->
          call(
              chunk,
              id -> new ChangeSnapshots(id, chunk, Action.DELETE, number),
              done -> ended(work, done));
      case RESTORING ->
          call(
              chunk,
              id -> new FenceEpoch(id, chunk, volume.info.epoch()),
              done -> {
                ControlCalls.Call restore =
                    call(
                        chunk,
                        id ->
                            new ChangeSnapshots(
                                id, chunk, Action.RESTORE, number, snapshot.restoreNumber()),
                        last -> ended(work, last));
                work.calls.add(restore);
                calls.start(restore, nowNanos);
              });
      case READY -> throw new IllegalStateException("nothing is to be done to " + snapshot);
    };
  }

  private ControlCalls.Call call(
      ChunkId chunk, LongFunction<StorageMessage> message, Consumer<ControlReply> done) {
    return new ControlCalls.Call(
        chunk, volumes.membersKnown(chunk), reports.leaderNode(chunk), message, done);
  }

  private void ended(Work work, ControlReply done) {
    StoredSnapshot snapshot = work.snapshot;
    if (works.get(snapshot.volume()) != work || done.status() != Status.OK) {
      return;
    }
    work.left--;
    if (work.left > 0) {
      return;
    }
    if (snapshot.state() == SnapshotState.DELETING) {
      store.save(new StoreChange().removed(snapshot));
      of(snapshot.volume()).remove(snapshot.number());
    } else {
      StoredSnapshot ready = snapshot.in(SnapshotState.READY, 0);
      store.save(new StoreChange().snapshot(ready));
      of(snapshot.volume()).put(ready.number(), ready);
    }
    works.remove(snapshot.volume());
    LOG.info(
        "snapshot {} of volume number {}: {} has ended",
        snapshot.number(),
        snapshot.volume(),
        snapshot.state());
  }

  private TreeMap<Integer, StoredSnapshot> of(long volume) {
    return snapshots.computeIfAbsent(volume, id -> new TreeMap<>());
  }

  private Volume volume(String name) {
    Volume volume = volumes.find(name);
    if (volume == null) {
      throw new RefusedException(CtrlStatus.NOT_FOUND, "there is no volume '" + name + "'");
    }
    return volume;
  }

  /** A volume to whose snapshots nothing is being done. */
  private Volume free(String name) {
    Volume volume = volume(name);
    Work work = works.get(volume.info.id());
    if (work != null) {
      throw new RefusedException(
          CtrlStatus.ALREADY_EXISTS,
          "snapshot %d of volume '%s' is %s, %d chunks to go; try again when that has ended"
              .formatted(work.snapshot.number(), name, work.snapshot.state(), work.left));
    }
    return volume;
  }

  private StoredSnapshot snapshot(Volume volume, int number) {
    StoredSnapshot snapshot = of(volume.info.id()).get(number);
    if (snapshot == null) {
      throw new RefusedException(
          CtrlStatus.NOT_FOUND,
          "volume '%s' has no snapshot %d; `polarj ctl snapshot list %s` lists them"
              .formatted(volume.info.name(), number, volume.info.name()));
    }
    return snapshot;
  }

  private String clones(StoredSnapshot snapshot) {
    List<String> names = new ArrayList<>();
    for (VolumeInfo info : volumes.infos()) {
      if (info.parent() == snapshot.volume() && info.parentSnapshot() == snapshot.number()) {
        names.add("'" + info.name() + "'");
      }
    }
    return String.join(", ", names);
  }

  private SnapshotView view(Volume volume, StoredSnapshot snapshot) {
    Work work = works.get(snapshot.volume());
    boolean working = work != null && work.snapshot.number() == snapshot.number();
    return new SnapshotView(
        volume.info.name(),
        snapshot.number(),
        snapshot.name(),
        snapshot.state().name(),
        snapshot.sizeBytes(),
        snapshot.createdMillis(),
        working ? work.left : 0,
        clones(snapshot));
  }

  private static RefusedException invalid(String message) {
    return new RefusedException(CtrlStatus.INVALID, message);
  }
}
