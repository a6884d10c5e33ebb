package io.polarj.storage.store;

import io.polarj.platform.disk.BlockDevice;
import io.polarj.platform.disk.IoCallback;
import io.polarj.platform.loop.EventLoop;
import io.polarj.platform.net.MessageWriter;
import io.polarj.storage.block.BlockTable;
import io.polarj.storage.block.ChunkBlocks;
import io.polarj.storage.block.DirtySectors;
import io.polarj.storage.disk.BufferPool;
import io.polarj.storage.disk.DiskGeometry;
import io.polarj.storage.disk.Outcome;
import io.polarj.storage.disk.Superblock;
import io.polarj.storage.protocol.ChunkId;
import io.polarj.storage.protocol.GroupMember;
import io.polarj.storage.protocol.VolumeLabel;
import io.polarj.storage.raft.PlantedBug;
import io.polarj.storage.wal.Wal;
import io.polarj.storage.wal.WalArea;
import io.polarj.storage.wal.WalEnd;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * An open disk. Opened by {@link DiskOpener}, formatted by {@link DiskFormatter}.
 *
 * <p>After the first I/O error the disk is failed for good: nothing is acknowledged any more, every
 * pending callback gets the error, and whoever watches is told once. One loop only.
 */
public final class Disk {
  final BlockDevice device;
  final EventLoop loop;
  final Superblock superblock;
  final BufferPool buffers = new BufferPool();
  final BlockTable table;
  final DirtySectors dirty;
  final TreeMap<Long, DiskReplica> replicas = new TreeMap<>();
  private final TreeMap<ChunkId, DiskReplica> byChunk = new TreeMap<>();
  private final ChunkBlocks.Shared shared;
  private final LogCache logCache;
  final LogSpace space = new LogSpace();
  final Set<PlantedBug> planted;
  private final WalArea area;
  private Checkpointer checkpointer;
  private Wal wal;
  private long nextReplica = 1;
  private IOException failure;
  private boolean reclaiming;
  private Consumer<IOException> failureWatcher = error -> {};
  private Runnable checkpointWatcher = () -> {};

  Disk(
      BlockDevice device,
      BlockDevice walDevice,
      EventLoop loop,
      Superblock superblock,
      DiskOptions options) {
    this.device = device;
    this.loop = loop;
    this.planted = options.planted();
    this.superblock = superblock;
    DiskGeometry geometry = superblock.geometry();
    this.table = new BlockTable(geometry, superblock.diskId());
    this.dirty =
        new DirtySectors(device, geometry, table, buffers, options.writeBackBytes(), this::fail);
    this.logCache = new LogCache(options.logCacheBytes());
    this.area =
        new WalArea(walDevice, geometry.walOffset(), geometry.walBytes(), superblock.diskId());
    this.shared =
        new ChunkBlocks.Shared(
            device, loop, buffers, geometry, table, dirty, this::sync, options.planted());
  }

  public Superblock superblock() {
    return superblock;
  }

  public Collection<DiskReplica> replicas() {
    return byChunk.values();
  }

  /** The chunk's replica on this disk, or null. */
  public DiskReplica replica(ChunkId chunk) {
    return byChunk.get(chunk);
  }

  public long totalBlocks() {
    return table.blockCount();
  }

  public long freeBlocks() {
    return table.free();
  }

  public long dirtyBytes() {
    return dirty.bytes();
  }

  public long walFreeBytes() {
    return wal.free();
  }

  public long walBytes() {
    return wal.capacity();
  }

  public int mostRecordBytes() {
    return wal.mostRecordBytes() - StoreCodec.ENTRY_HEAD_BYTES;
  }

  /** A number that differs between starts. */
  public long session() {
    return wal.session();
  }

  public long checkpoints() {
    return checkpointer.completed();
  }

  /** Null while all is well. */
  public IOException failure() {
    return failure;
  }

  public void onFailure(Consumer<IOException> watcher) {
    failureWatcher = watcher;
  }

  /** Makes a replica; the outcome comes when it is durable. */
  public void create(
      ChunkId chunk,
      long chunkBytes,
      long epoch,
      List<GroupMember> members,
      Outcome<DiskReplica> done) {
    create(chunk, chunkBytes, epoch, members, VolumeLabel.UNKNOWN, 0, done);
  }

  /** Makes a replica that remembers its volume's label and its generation. */
  public void create(
      ChunkId chunk,
      long chunkBytes,
      long epoch,
      List<GroupMember> members,
      VolumeLabel volume,
      long generation,
      Outcome<DiskReplica> done) {
    create(chunk, chunkBytes, epoch, members, volume, generation, null, 0, done);
  }

  /**
   * Makes a replica that begins as what a snapshot of another one shows, whose blocks it reads as
   * long as it has none of its own.
   *
   * @param origin null for a replica that begins empty
   */
  public void create(
      ChunkId chunk,
      long chunkBytes,
      long epoch,
      List<GroupMember> members,
      VolumeLabel volume,
      long generation,
      DiskReplica origin,
      int originSnapshot,
      Outcome<DiskReplica> done) {
    if (byChunk.containsKey(chunk)) {
      throw new IllegalStateException("chunk " + chunk + " exists");
    }
    ReplicaInfo info =
        new ReplicaInfo(
            nextReplica,
            chunk,
            chunkBytes,
            epoch,
            members,
            volume,
            generation,
            origin == null ? 0 : origin.info().number(),
            originSnapshot);
    nextReplica++;
    DiskReplica replica = add(info);
    replica.diskLog().open(wal);
    MessageWriter body = new MessageWriter();
    StoreCodec.put(body, info);
    wal.append(
        RecordType.CREATE,
        info.number(),
        body.toByteArray(),
        new byte[0],
        error -> done.completed(error == null ? replica : null, error));
  }

  /** A chunk whose replica here is a clone of that one's and reads its blocks, or null. */
  public ChunkId cloneOf(ChunkId chunk) {
    long number = byChunk.get(chunk).info().number();
    for (DiskReplica replica : replicas.values()) {
      if (replica.info().origin() == number) {
        return replica.info().chunk();
      }
    }
    return null;
  }

  /** Drops the chunk's replica; its blocks are free once that is durable. */
  public void delete(ChunkId chunk, IoCallback done) {
    DiskReplica replica = byChunk.remove(chunk);
    replicas.remove(replica.info().number());
    replica.diskLog().close();
    wal.append(
        RecordType.DELETE,
        replica.info().number(),
        new byte[0],
        new byte[0],
        error -> {
          if (error == null) {
            replica.blocks().releaseAll();
          }
          done.completed(error);
        });
  }

  /** Makes everything applied so far durable in blocks and table: the next checkpoint's end. */
  public void sync(IoCallback done) {
    checkpointer.request(done);
  }

  /** Begins a checkpoint when discarded blocks wait for one to be free. Cheap. */
  public void reclaim() {
    if (table.hasRetired() && !reclaiming && failure == null) {
      reclaiming = true;
      sync(error -> reclaiming = false);
    }
  }

  /** Begins a checkpoint when the log has grown enough since the last one. Cheap; call it often. */
  public void checkpointIfDue() {
    checkpointer.startIfDue();
  }

  /** How much clients may still bring into the log; less than nothing when relief is late. */
  public long logRoomBytes() {
    return space.clientRoom();
  }

  /** Whether replicas should trim their logs up to {@link DiskReplica#trimmableForRoom}. */
  public boolean logCrowded() {
    return space.crowded();
  }

  /** Told after every checkpoint. */
  public void onCheckpoint(Runnable watcher) {
    checkpointWatcher = watcher;
  }

  void checkpointEnded() {
    checkpointWatcher.run();
  }

  /** Begins a checkpoint when the log is filling and can be cut. Cheap. */
  public void relieveLog() {
    checkpointer.relieve();
  }

  /** Stops the disk: nothing more is acknowledged. */
  public void fail(IOException error) {
    if (failure != null) {
      return;
    }
    failure = error;
    loop.reached(StoreProbe.DISK_FAILED);
    if (wal != null) {
      wal.fail(error);
    }
    if (checkpointer != null) {
      checkpointer.fail(error);
    }
    failureWatcher.accept(error);
  }

  // ---- for the opener and the checkpointer

  WalArea area() {
    return area;
  }

  Wal wal() {
    return wal;
  }

  long nextReplica() {
    return nextReplica;
  }

  void nextReplica(long number) {
    nextReplica = number;
  }

  DiskReplica add(ReplicaInfo info) {
    DiskReplica replica =
        new DiskReplica(
            info,
            new DiskLog(info.number(), loop, logCache, space),
            new ChunkBlocks(shared, info.number(), info.chunk(), info.chunkBytes()),
            space);
    if (info.origin() != 0) {
      DiskReplica origin = replicas.get(info.origin());
      if (origin == null) {
        throw new IllegalArgumentException(
            "replica %d is a clone of replica %d, which is not here"
                .formatted(info.number(), info.origin()));
      }
      replica.blocks().clonedFrom(origin.blocks(), info.originSnapshot());
    }
    replicas.put(info.number(), replica);
    byChunk.put(info.chunk(), replica);
    return replica;
  }

  void remove(long number) {
    DiskReplica replica = replicas.remove(number);
    if (replica != null) {
      byChunk.remove(replica.info().chunk());
      replica.blocks().releaseAll();
    }
  }

  void opened(WalEnd end, long tail, long generation) {
    wal = new Wal(area, loop, buffers, end, tail, this::fail);
    if (planted.contains(PlantedBug.LOG_BEFORE_FLUSH)) {
      wal.confirmUnflushed();
    }
    space.open(wal);
    for (DiskReplica replica : replicas.values()) {
      replica.diskLog().open(wal);
    }
    checkpointer = new Checkpointer(this, generation);
  }

  List<CheckpointImage.ReplicaState> states() {
    List<CheckpointImage.ReplicaState> states = new ArrayList<>(replicas.size());
    for (DiskReplica replica : replicas.values()) {
      DiskLog log = replica.diskLog();
      states.add(
          new CheckpointImage.ReplicaState(
              replica.info(), log.hardState(), log.snapshot(), log.applied()));
    }
    return states;
  }
}
