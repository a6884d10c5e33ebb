package io.polarj.engine.instance;

import io.polarj.engine.api.Catalog;
import io.polarj.engine.api.EngineStatus;
import io.polarj.engine.api.IsolationLevel;
import io.polarj.engine.api.ReadOnlyEngine;
import io.polarj.engine.api.Table;
import io.polarj.engine.api.Transaction;
import io.polarj.engine.btree.BTree;
import io.polarj.engine.buffer.Tablespaces;
import io.polarj.engine.dictionary.CatalogCache;
import io.polarj.engine.dictionary.CatalogView;
import io.polarj.engine.dictionary.Dictionary;
import io.polarj.engine.dictionary.StoredTable;
import io.polarj.engine.error.EngineException;
import io.polarj.engine.kernel.ReplicaKernel;
import io.polarj.engine.lock.MetadataLocks;
import io.polarj.engine.mtr.LogicalType;
import io.polarj.engine.table.AutoIncrement;
import io.polarj.engine.table.TableRegistry;
import io.polarj.engine.trx.EngineTransaction;
import io.polarj.engine.trx.TransactionTable;
import io.polarj.engine.trx.Transactions;
import io.polarj.engine.trx.UndoLog;
import io.polarj.pfs.file.FileSystem;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The engine of a replica: reads what the primary has written, as of the applied LSN, and writes
 * nothing. Whoever drives it calls {@link #applyTo} with LSNs that the primary has announced as
 * durable, from one thread at a time; it serves once {@link #ready}. Reading: any thread.
 *
 * <p>The transaction table follows the redo's logical records: a TRX_STATE first, then every end. A
 * PURGE record comes before the changes of that purge, so a reader whose snapshot is older finds
 * out before it believes what it read.
 */
public final class ReplicaEngine implements ReadOnlyEngine {
  private static final int PRUNE_EVERY = 64;

  private final ReplicaKernel kernel;
  private final TransactionTable table;
  private final Transactions transactions;
  private final Dictionary dictionary;
  private final CatalogCache catalog;
  private final TableRegistry tables;
  private final EngineConfig config;
  private volatile boolean stateKnown;
  private volatile boolean ready;
  private boolean dictionaryChanged = true;
  private int applies;
  private volatile boolean closed;

  /** Opens over a read-only mount of the primary's volume; applies nothing yet. */
  public static ReplicaEngine open(FileSystem fileSystem, EngineConfig config) {
    return new ReplicaEngine(fileSystem, config);
  }

  private ReplicaEngine(FileSystem fileSystem, EngineConfig config) {
    this.config = config;
    table = new TransactionTable(1, List.of(), 0);
    kernel = ReplicaKernel.open(fileSystem, config.kernel(), this::logical);
    // A volume's first checkpoint has no state: nothing had run.
    stateKnown = kernel.startCheckpoint().payload().length == 0;
    UndoLog undo = new UndoLog(Tablespaces.UNDO, kernel);
    transactions = new Transactions(table, undo, kernel::appliedLsn);
    transactions.lockWaitMillis(config.lockWaitSeconds() * 1000L);
    dictionary =
        new Dictionary(
            new BTree(
                kernel,
                kernel.treeLatches(),
                Tablespaces.DICTIONARY,
                PrimaryEngine.FIRST_PAGE,
                Dictionary.INDEX_ID),
            0);
    catalog = new CatalogCache(new CatalogView(0, Map.of(), Map.of()));
    tables =
        new TableRegistry(
            transactions,
            kernel,
            kernel.treeLatches(),
            id -> new AutoIncrement(dictionary.autoIncrement(id), bound -> refuse()),
            dictionary::has,
            false);
  }

  private static void refuse() {
    throw new EngineException.ReadOnly("this node is a replica; write on the primary");
  }

  private void logical(long startLsn, long endLsn, int type, byte[] payload) {
    ByteBuffer in = ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN);
    if (type == LogicalType.TRX_COMMIT.code() || type == LogicalType.TRX_ROLLBACK.code()) {
      if (stateKnown) {
        table.end(in.getLong(), endLsn);
      }
    } else if (type == LogicalType.TRX_STATE.code()) {
      state(in, endLsn);
    } else if (type == LogicalType.PURGE.code()) {
      transactions.purgeFloor(in.getLong());
    } else if (type == LogicalType.DICTIONARY.code()) {
      dictionaryChanged = true;
    }
  }

  private void state(ByteBuffer in, long lsn) {
    long nextId = in.getLong();
    int count = in.getInt();
    if (count < 0 || count > in.remaining() / 8) {
      throw new EngineException.Corruption("TRX_STATE record of " + count + " transactions");
    }
    List<Long> active = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      active.add(in.getLong());
    }
    if (stateKnown) {
      table.settle(nextId, active, lsn);
    } else {
      table.reset(nextId, active, lsn);
      stateKnown = true;
    }
  }

  /**
   * Applies redo up to an LSN that the primary has announced as durable; returns the applied LSN.
   * One thread at a time.
   */
  public long applyTo(long durableLsn) {
    long applied = kernel.applyTo(durableLsn);
    if (++applies % PRUNE_EVERY == 0) {
      table.prune(transactions.snapshots().oldest());
    }
    if (ready && dictionaryChanged) {
      loadCatalog();
    }
    return applied;
  }

  /**
   * Begins to serve: the primary's flush bound and redo retention have counted this replica since
   * before the LSN up to which redo was applied. Until then pages may be from the future.
   */
  public void serve() {
    if (!stateKnown) {
      throw new IllegalStateException("no transaction state was met in the redo yet; apply more");
    }
    loadCatalog();
    ready = true;
  }

  /**
   * Stops serving until {@link #serve}: the primary did not count this replica for a while, so
   * pages may be from the future until redo is applied up to where it is counted again. From the
   * thread that applies.
   */
  public void suspend() {
    ready = false;
  }

  public boolean ready() {
    return ready;
  }

  private void loadCatalog() {
    dictionaryChanged = false;
    Set<Long> before = Set.copyOf(catalog.view().byId().keySet());
    CatalogView loaded = dictionary.load();
    CatalogView view = new CatalogView(kernel.appliedLsn(), loaded.schemas(), loaded.byId());
    catalog.publish(view);
    for (long id : before) {
      if (!view.byId().containsKey(id)) {
        tables.discard(id);
        kernel.dropSpace(Math.toIntExact(id));
      }
    }
  }

  public long appliedLsn() {
    return kernel.appliedLsn();
  }

  /** No reader here needs versions that ended at or below it. */
  public long oldestSnapshot() {
    return transactions.snapshots().oldest();
  }

  /** Drops kept redo of changes up to the LSN, which the primary's checkpoint has passed. */
  public void releaseTo(long checkpointLsn) {
    kernel.release(checkpointLsn);
  }

  /** Where this replica began to read redo. */
  public long startLsn() {
    return kernel.startCheckpoint().lsn();
  }

  public ReplicaKernel kernel() {
    return kernel;
  }

  /** Metadata locks of the readers, for whoever brings a DDL's barrier here. */
  public MetadataLocks metadataLocks() {
    return transactions.metadataLocks();
  }

  @Override
  public Catalog catalog() {
    return catalog;
  }

  @Override
  public Transaction begin(IsolationLevel isolation, boolean readOnly) {
    if (closed || !ready) {
      throw new IllegalStateException("the replica does not serve");
    }
    return transactions.begin(isolation, true);
  }

  @Override
  public Table openTable(Transaction transaction, String schema, String name) {
    EngineTransaction own = (EngineTransaction) transaction;
    own.requireActive();
    transactions
        .metadataLocks()
        .acquireShared(own.lockOwner(), new MetadataLocks.Name(schema, name));
    StoredTable stored = catalog.view().table(schema, name);
    if (stored == null) {
      throw new EngineException.NoSuchTable(schema, name);
    }
    return tables.of(stored);
  }

  @Override
  public EngineStatus status() {
    Map<String, Long> counters = new LinkedHashMap<>();
    counters.put("Innodb_rows_read", tables.counts().read().sum());
    counters.put("Innodb_rows_inserted", 0L);
    counters.put("Innodb_rows_updated", 0L);
    counters.put("Innodb_rows_deleted", 0L);
    long applied = kernel.appliedLsn();
    return new EngineStatus(applied, applied, startLsn(), applied, counters);
  }

  public EngineConfig config() {
    return config;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      kernel.close();
    }
  }
}
