package io.polarj.engine.kernel;

import io.polarj.engine.buffer.BufferPool;
import io.polarj.engine.buffer.FlushBound;
import io.polarj.engine.buffer.Flusher;
import io.polarj.engine.buffer.PageWriter;
import io.polarj.engine.buffer.PendingRedo;
import io.polarj.engine.buffer.Tablespaces;
import io.polarj.engine.error.EngineException;
import io.polarj.engine.mtr.Mtr;
import io.polarj.engine.mtr.MtrSource;
import io.polarj.engine.mtr.PageMtr;
import io.polarj.engine.mtr.TreeLatches;
import io.polarj.engine.page.PageId;
import io.polarj.engine.page.PageLayout;
import io.polarj.engine.recovery.Checkpoint;
import io.polarj.engine.recovery.CheckpointFile;
import io.polarj.engine.recovery.CheckpointParticipant;
import io.polarj.engine.recovery.Checkpointer;
import io.polarj.engine.recovery.LogicalListener;
import io.polarj.engine.recovery.RedoRetention;
import io.polarj.engine.recovery.RedoScan;
import io.polarj.engine.redo.LogWriter;
import io.polarj.engine.redo.RedoFiles;
import io.polarj.engine.space.SpaceAllocator;
import io.polarj.pfs.file.FileSystem;
import java.io.IOException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The primary's pages, redo and recovery. Any thread may call.
 *
 * <p>{@link #open} reads the log from the checkpoint, tells the listener its logical records, and
 * returns; pages get their redo when they are touched, and a background task touches the rest.
 */
public final class Kernel implements PageStore, MtrSource, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Kernel.class);
  private static final long THROTTLE_NANOS = 1_000_000_000L;

  private final KernelSettings settings;
  private final Tablespaces tablespaces;
  private final PendingRedo pending;
  private final RedoFiles files;
  private final LogWriter log;
  private final BufferPool pool;
  private final PageWriter pageWriter;
  private final Flusher flusher;
  private final Checkpointer checkpointer;
  private final SpaceAllocator allocator;
  private final TreeLatches treeLatches = new TreeLatches();
  private final long recoveredLsn;
  private final Thread recoverer;
  private volatile boolean closed;

  /** What the kernel asks of its surroundings. */
  public record Environment(
      CheckpointParticipant participant,
      LogicalListener recoveryListener,
      FlushBound flushBound,
      RedoRetention retention) {
    /** No transactions, no replicas. */
    public static final Environment ALONE =
        new Environment(
            CheckpointParticipant.NONE, LogicalListener.NONE, FlushBound.NONE, RedoRetention.NONE);
  }

  /** Makes the files of a new, empty volume; open it next. */
  public static void format(
      FileSystem fileSystem, KernelSettings settings, long clusterIdHigh, long clusterIdLow) {
    KernelFormat.format(fileSystem, settings, clusterIdHigh, clusterIdLow);
  }

  /** Whether the volume has been formatted. */
  public static boolean isFormatted(FileSystem fileSystem) {
    return KernelFormat.isFormatted(fileSystem);
  }

  /** Starts on a formatted volume, recovering what a crash left. */
  public static Kernel open(
      FileSystem fileSystem, KernelSettings settings, Environment environment) {
    Tablespaces tablespaces = new Tablespaces(fileSystem, false);
    PendingRedo pending = new PendingRedo();
    try {
      Checkpoint checkpoint = CheckpointFile.read(fileSystem);
      RedoScan.End end =
          new RedoScan(tablespaces, pending, environment.recoveryListener())
              .run(fileSystem, checkpoint);
      // The new epoch is durable before anything is written in it: blocks that a torn write left
      // beyond the end can not be taken for the continuation.
      Checkpoint begun = checkpoint.nextEpoch(end.epoch() + 1);
      CheckpointFile.write(fileSystem, begun);
      return new Kernel(fileSystem, settings, environment, tablespaces, pending, begun, end);
    } catch (IOException e) {
      throw new EngineException.StorageFailure("the volume can not be read", e);
    }
  }

  private Kernel(
      FileSystem fileSystem,
      KernelSettings settings,
      Environment environment,
      Tablespaces tablespaces,
      PendingRedo pending,
      Checkpoint checkpoint,
      RedoScan.End end) {
    this.settings = settings;
    this.tablespaces = tablespaces;
    this.pending = pending;
    this.recoveredLsn = end.lsn();
    long fileBytes = checkpoint.redoFileBytes();
    files = new RedoFiles(fileSystem, fileBytes, end.lsn() / fileBytes);
    log =
        new LogWriter(files, settings.logBufferBytes(), checkpoint.epoch(), end.lsn(), end.tail());
    int frames = (int) Math.max(16, settings.bufferPoolBytes() / PageLayout.PAGE_BYTES);
    pool = new BufferPool(frames, tablespaces, pending, checkpoint.lsn());
    pageWriter = new PageWriter(pool, tablespaces, log, environment.flushBound());
    pool.writer(pageWriter);
    allocator = new SpaceAllocator(tablespaces, this::innerMtr);
    flusher =
        new Flusher(
            pool, pageWriter, log, settings.maxCheckpointAgeBytes(), settings.dirtyPercent());
    checkpointer =
        new Checkpointer(
            fileSystem,
            log,
            files,
            pool,
            pending,
            this::innerMtr,
            environment.participant(),
            environment.retention(),
            checkpoint);
    recoverer = Thread.ofPlatform().daemon().name("page-recovery").unstarted(this::touchPending);
  }

  /**
   * Starts background recovery and checkpoints; to be called once the participant can answer. Pages
   * can be used before.
   */
  public void start() {
    recoverer.start();
    checkpointer.start();
  }

  private void touchPending() {
    for (long pageId : pending.pageIds()) {
      if (closed) {
        return;
      }
      try {
        pool.unfix(pool.fix(pageId));
      } catch (RuntimeException e) {
        if (!closed) {
          LOG.error("recovering page {} failed: {}", PageId.toString(pageId), e.toString());
        }
      }
    }
  }

  /** A mini-transaction that may change pages; waits while the checkpoint is too far behind. */
  @Override
  public Mtr begin() {
    throttle();
    return innerMtr();
  }

  /** A mini-transaction that only reads. */
  @Override
  public Mtr read() {
    return new PageMtr(pool, null, allocator);
  }

  private PageMtr innerMtr() {
    return new PageMtr(pool, log, allocator);
  }

  /**
   * The wait is bounded, because the caller may hold pages in another mini-transaction. Redo files
   * are no ring: going on costs space, not safety.
   */
  private void throttle() {
    if (log.failure() != null) {
      throw new EngineException.StorageFailure(
          "the engine has stopped after a storage failure; restart it", log.failure());
    }
    if (checkpointAge() <= settings.maxCheckpointAgeBytes()) {
      return;
    }
    long deadline = System.nanoTime() + THROTTLE_NANOS;
    while (checkpointAge() > settings.maxCheckpointAgeBytes()
        && System.nanoTime() < deadline
        && log.failure() == null) {
      flusher.hurry();
      checkpointer.hurry();
      LockSupport.parkNanos(1_000_000L);
    }
  }

  private long checkpointAge() {
    return log.newestLsn() - checkpointer.current().lsn();
  }

  /** Returns when redo below the LSN is durable (E2). Throws {@code StorageFailure}. */
  public void waitDurable(long lsn) {
    log.waitDurable(lsn);
  }

  /** End of what has been logged so far. */
  public long newestLsn() {
    return log.newestLsn();
  }

  public long durableLsn() {
    return log.durableLsn();
  }

  public long checkpointLsn() {
    return checkpointer.current().lsn();
  }

  /** The checkpoint's payload and sizes. */
  public Checkpoint checkpoint() {
    return checkpointer.current();
  }

  /** Where the log ended at the start. */
  public long recoveredLsn() {
    return recoveredLsn;
  }

  /** Pages whose redo still waits to be applied. */
  public int pagesToRecover() {
    return pending.pageCount();
  }

  /** Called with each new durable LSN by the thread that wrote; must be quick. */
  public void onDurable(LongConsumer listener) {
    log.addListener(listener);
  }

  /** Called with the LSN of each checkpoint. */
  public void onCheckpoint(LongConsumer listener) {
    checkpointer.addListener(listener);
  }

  /** Makes an empty tablespace; its file is durable, its header is in the log. Returns the LSN. */
  public long createSpace(int spaceId) {
    tablespaces.create(spaceId);
    return allocator.format(spaceId);
  }

  @Override
  public boolean spaceExists(int spaceId) {
    return tablespaces.exists(spaceId);
  }

  /**
   * Removes a tablespace and its file. That it is gone must be durable in the dictionary before,
   * and nobody may begin to use it; ids are never used again.
   */
  public void dropSpace(int spaceId) {
    pool.dropSpace(spaceId, true);
  }

  @Override
  public TreeLatches treeLatches() {
    return treeLatches;
  }

  @Override
  public BufferPool pool() {
    return pool;
  }

  /** False once the log has failed: nothing can be written any more. */
  public boolean healthy() {
    return log.failure() == null;
  }

  /** Takes a checkpoint now; returns its LSN. */
  public long takeCheckpoint() {
    return checkpointer.take();
  }

  /** Writes all pages that are dirty now, then takes a checkpoint. */
  public long flushAndCheckpoint() {
    flusher.flushBelow(log.newestLsn());
    return checkpointer.take();
  }

  /** Pages written since the start. */
  public long pagesWritten() {
    return pageWriter.pagesWritten();
  }

  /** How often redo was written and synced; commits per write tell how well they group. */
  public long logWrites() {
    return log.writes();
  }

  /** Writes everything and stops, so that the next start has nothing to do. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    joinRecoverer();
    try {
      if (log.failure() == null) {
        log.waitDurable(log.newestLsn());
        flushAndCheckpoint();
      }
    } finally {
      stop();
    }
  }

  /** Stops at once and writes nothing more; the next start recovers. */
  public void abandon() {
    if (!closed) {
      log.fail(new IllegalStateException("the engine was stopped"));
      stop();
    }
  }

  private void joinRecoverer() {
    try {
      recoverer.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void stop() {
    closed = true;
    joinRecoverer();
    checkpointer.close();
    flusher.close();
    log.close();
    files.close();
    pageWriter.close();
    tablespaces.close();
    pool.close();
  }
}
