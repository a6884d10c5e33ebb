package io.polarj.engine.kernel;

import io.polarj.engine.buffer.BufferPool;
import io.polarj.engine.buffer.PendingRedo;
import io.polarj.engine.buffer.Tablespaces;
import io.polarj.engine.error.EngineException;
import io.polarj.engine.mtr.Mtr;
import io.polarj.engine.mtr.MtrSource;
import io.polarj.engine.mtr.PageMtr;
import io.polarj.engine.mtr.TreeLatches;
import io.polarj.engine.page.PageLayout;
import io.polarj.engine.recovery.Checkpoint;
import io.polarj.engine.recovery.CheckpointFile;
import io.polarj.engine.recovery.GroupApplier;
import io.polarj.engine.recovery.LogicalListener;
import io.polarj.engine.redo.RedoGroup;
import io.polarj.engine.redo.RedoReader;
import io.polarj.pfs.file.FileSystem;
import java.io.IOException;
import java.util.concurrent.locks.LockSupport;

/**
 * A replica's pages: what storage holds plus redo up to the applied LSN. It writes nothing (R2).
 *
 * <p>Storage can be ahead of the checkpoint that a new replica starts from. Pages are consistent
 * only once {@link #applyTo} has reached the primary's durable LSN of a moment at which the
 * primary's flush bound (R3) and redo retention (E4) already counted this replica.
 */
public final class ReplicaKernel implements PageStore, MtrSource, AutoCloseable {
  private static final int READ_ATTEMPTS = 50;

  private final FileSystem fileSystem;
  private final Tablespaces tablespaces;
  private final PendingRedo pending = new PendingRedo();
  private final BufferPool pool;
  private final TreeLatches treeLatches = new TreeLatches();
  private final RedoReader reader;
  private final GroupApplier applier;
  private final Checkpoint start;
  private volatile long appliedLsn;

  /** Opens over a read-only mount; applies nothing yet. */
  public static ReplicaKernel open(
      FileSystem fileSystem, KernelSettings settings, LogicalListener listener) {
    try {
      fileSystem.refresh();
      Checkpoint checkpoint = CheckpointFile.read(fileSystem);
      return new ReplicaKernel(fileSystem, settings, listener, checkpoint);
    } catch (IOException e) {
      throw new EngineException.StorageFailure("the volume can not be read", e);
    }
  }

  private ReplicaKernel(
      FileSystem fileSystem,
      KernelSettings settings,
      LogicalListener listener,
      Checkpoint checkpoint) {
    this.fileSystem = fileSystem;
    this.start = checkpoint;
    tablespaces = new Tablespaces(fileSystem, true);
    int frames = (int) Math.max(16, settings.bufferPoolBytes() / PageLayout.PAGE_BYTES);
    pool = new BufferPool(frames, tablespaces, pending, 0);
    reader = new RedoReader(fileSystem, checkpoint.redoFileBytes(), checkpoint.lsn());
    applier = new GroupApplier(pool, pending, treeLatches, listener);
    appliedLsn = checkpoint.lsn();
  }

  /** The checkpoint that this replica started from. */
  public Checkpoint startCheckpoint() {
    return start;
  }

  /**
   * Applies all whole groups up to an LSN that the primary has announced as durable; returns the
   * applied LSN, which is at most that. One thread at a time.
   */
  public synchronized long applyTo(long durableLsn) {
    for (RedoGroup group; (group = next(durableLsn)) != null; ) {
      applier.apply(group);
      appliedLsn = group.endLsn();
    }
    return appliedLsn;
  }

  private RedoGroup next(long durableLsn) {
    for (int attempt = 1; ; attempt++) {
      try {
        return reader.nextBelowDurable(durableLsn);
      } catch (EngineException.Corruption e) {
        // The block may just be written again, or the mount may not know the new file yet.
        if (attempt == READ_ATTEMPTS) {
          throw e;
        }
        LockSupport.parkNanos(1_000_000L);
        refresh();
      } catch (IOException e) {
        throw new EngineException.StorageFailure(
            "redo at LSN " + reader.lsn() + " can not be read", e);
      }
    }
  }

  private void refresh() {
    try {
      fileSystem.refresh();
    } catch (IOException e) {
      throw new EngineException.StorageFailure("the mount can not be refreshed", e);
    }
  }

  /** Pages and logical records up to here are what reads see. */
  public long appliedLsn() {
    return appliedLsn;
  }

  /**
   * Drops redo of changes up to the LSN, which the primary has flushed: its checkpoint is there or
   * beyond.
   */
  public void release(long checkpointLsn) {
    pending.dropBelow(Math.min(checkpointLsn, appliedLsn));
  }

  /** Pages with redo that is kept. */
  public int pendingPages() {
    return pending.pageCount();
  }

  /** Forgets a dropped tablespace. */
  public void dropSpace(int spaceId) {
    pool.dropSpace(spaceId, false);
  }

  @Override
  public Mtr begin() {
    throw new EngineException.ReadOnly("a replica changes nothing; write on the primary");
  }

  @Override
  public Mtr read() {
    return new PageMtr(pool, null, null);
  }

  @Override
  public boolean spaceExists(int spaceId) {
    return tablespaces.exists(spaceId);
  }

  @Override
  public TreeLatches treeLatches() {
    return treeLatches;
  }

  @Override
  public BufferPool pool() {
    return pool;
  }

  /** Nobody may hold a page any more. */
  @Override
  public void close() {
    try {
      reader.close();
    } catch (IOException e) {
      throw new EngineException.StorageFailure("closing redo failed", e);
    }
    tablespaces.close();
    pool.close();
  }
}
