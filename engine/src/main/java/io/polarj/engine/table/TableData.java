package io.polarj.engine.table;

import io.polarj.engine.codec.KeyCodec;
import io.polarj.engine.codec.RowCodec;
import io.polarj.engine.error.EngineException;
import io.polarj.engine.schema.IndexDef;
import io.polarj.engine.schema.TableDef;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * A version of a table's definition with its trees and counters. Shared by all that use the table.
 * Background work (purge, rollback after a crash) holds no metadata lock; it {@link #enter}s
 * instead, and {@link #discard} waits for it before the table's file goes.
 */
public final class TableData {
  private final TableDef def;
  private final IndexTree clustered;
  private final List<IndexTree> secondaries;
  private final RowCodec rows;
  private final boolean hiddenKey;
  private final Counters counters;

  /** What all versions of a table share. */
  public static final class Counters {
    final LongAdder rows = new LongAdder();
    final AtomicLong nextRowId = new AtomicLong();
    final AutoIncrement autoIncrement;
    final ReentrantReadWriteLock life = new ReentrantReadWriteLock();
    volatile boolean discarded;

    public Counters(AutoIncrement autoIncrement) {
      this.autoIncrement = autoIncrement;
    }
  }

  public TableData(
      TableDef def, IndexTree clustered, List<IndexTree> secondaries, Counters counters) {
    this.def = def;
    this.clustered = clustered;
    this.secondaries = List.copyOf(secondaries);
    this.rows = new RowCodec(def);
    this.hiddenKey = def.primary().columns().isEmpty();
    this.counters = counters;
  }

  /** Counts what is there; for a table opened for the first time. */
  public void initializeCounters() {
    counters.rows.add(clustered.tree().estimate(null, null));
    if (hiddenKey) {
      var last = clustered.tree().descending(null, null);
      counters.nextRowId.set(last.next() ? KeyCodec.rowId(last.key()) + 1 : 1);
    }
  }

  public TableDef def() {
    return def;
  }

  public long id() {
    return def.id();
  }

  public IndexTree clustered() {
    return clustered;
  }

  public List<IndexTree> secondaries() {
    return secondaries;
  }

  public Counters counters() {
    return counters;
  }

  public RowCodec rows() {
    return rows;
  }

  boolean hiddenKey() {
    return hiddenKey;
  }

  long nextRowId() {
    return counters.nextRowId.getAndIncrement();
  }

  /** The row id in a clustered key, 0 when the table has a primary key. */
  long rowId(byte[] clusteredKey) {
    return hiddenKey ? KeyCodec.rowId(clusteredKey) : 0;
  }

  IndexTree index(IndexDef index) {
    if (index.id() == clustered.id()) {
      return clustered;
    }
    IndexTree found = secondary(index.id());
    if (found == null) {
      throw new EngineException.TableChanged(def.schema() + "." + def.name());
    }
    return found;
  }

  IndexTree secondary(long indexId) {
    for (int i = 0; i < secondaries.size(); i++) {
      if (secondaries.get(i).id() == indexId) {
        return secondaries.get(i);
      }
    }
    return null;
  }

  /** Keeps the table's file until {@link #exit}; false when it goes or is gone. */
  boolean enter() {
    counters.life.readLock().lock();
    if (counters.discarded) {
      counters.life.readLock().unlock();
      return false;
    }
    return true;
  }

  void exit() {
    counters.life.readLock().unlock();
  }

  /** Waits for background work and lets no more begin: the file is about to go. */
  public void discard() {
    counters.life.writeLock().lock();
    counters.discarded = true;
    counters.life.writeLock().unlock();
  }

  /** Returns when what background work had begun with this table is done. */
  public void awaitBackgroundWork() {
    counters.life.writeLock().lock();
    counters.life.writeLock().unlock();
  }

  void requireUsable() {
    if (counters.discarded) {
      throw new EngineException.TableChanged(def.schema() + "." + def.name());
    }
  }
}
