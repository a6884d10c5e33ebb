package io.polarj.engine.instance;

import io.polarj.engine.api.Catalog;
import io.polarj.engine.api.Engine;
import io.polarj.engine.api.EngineStatus;
import io.polarj.engine.api.IsolationLevel;
import io.polarj.engine.api.Table;
import io.polarj.engine.api.Transaction;
import io.polarj.engine.btree.BTree;
import io.polarj.engine.buffer.FlushBound;
import io.polarj.engine.buffer.Tablespaces;
import io.polarj.engine.check.EngineCheck;
import io.polarj.engine.dictionary.CatalogCache;
import io.polarj.engine.dictionary.Dictionary;
import io.polarj.engine.dictionary.StoredTable;
import io.polarj.engine.error.EngineException;
import io.polarj.engine.kernel.Kernel;
import io.polarj.engine.lock.MetadataLocks;
import io.polarj.engine.mtr.Mtr;
import io.polarj.engine.recovery.CheckpointParticipant;
import io.polarj.engine.recovery.LogicalListener;
import io.polarj.engine.recovery.RedoRetention;
import io.polarj.engine.schema.IndexDef;
import io.polarj.engine.schema.TableDef;
import io.polarj.engine.table.AutoIncrement;
import io.polarj.engine.table.EngineTable;
import io.polarj.engine.table.RowHistory;
import io.polarj.engine.table.TableData;
import io.polarj.engine.table.TableRegistry;
import io.polarj.engine.trx.CommitLog;
import io.polarj.engine.trx.EngineTransaction;
import io.polarj.engine.trx.Purge;
import io.polarj.engine.trx.TransactionTable;
import io.polarj.engine.trx.Transactions;
import io.polarj.engine.trx.UndoLog;
import io.polarj.engine.trx.UndoSegments;
import io.polarj.pfs.file.FileSystem;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * The engine of the one node that writes. Any thread.
 *
 * <p>Start: the kernel reads the redo; the undo segments tell which transactions had not ended;
 * queries are served at once while a background thread rolls those back. Their rows are as if
 * locked: a writer that meets one waits for the end of its transaction.
 */
public final class PrimaryEngine implements Engine {
  /**
   * The first page that is allocated in a tablespace: the dictionary's root, the undo directory.
   */
  static final int FIRST_PAGE = 1;

  private final FileSystem fileSystem;
  private final Kernel kernel;
  private final Transactions transactions;
  private final Dictionary dictionary;
  private final CatalogCache catalog;
  private final TableRegistry tables;
  private final DataDefinition definition;
  private final Purge purge;
  private final LoserRollback losers;
  private final Bounds bounds;
  private volatile boolean closed;

  /** What replication sets once it runs; until then nothing holds the engine back. */
  private static final class Bounds {
    volatile FlushBound flush = FlushBound.NONE;
    volatile RedoRetention retention = RedoRetention.NONE;
    LongSupplier purge = () -> Long.MAX_VALUE;
    volatile DefinitionBarrier definitions = DefinitionBarrier.NONE;
  }

  /** Joins the checkpointer, which exists first, with the transactions. */
  private static final class Participant implements CheckpointParticipant {
    volatile Transactions transactions;

    @Override
    public void writeState(Mtr mtr) {
      transactions.logState(mtr);
    }

    @Override
    public byte[] payload() {
      return ByteBuffer.allocate(8)
          .order(ByteOrder.LITTLE_ENDIAN)
          .putLong(transactions.table().nextId())
          .array();
    }
  }

  /** Makes the files of a new database on an empty volume and opens it. */
  public static PrimaryEngine create(FileSystem fileSystem, EngineConfig config) {
    UUID id = UUID.randomUUID();
    Kernel.format(
        fileSystem, config.kernel(), id.getMostSignificantBits(), id.getLeastSignificantBits());
    try (Kernel kernel = Kernel.open(fileSystem, config.kernel(), bootstrapEnvironment())) {
      kernel.start();
      kernel.createSpace(Tablespaces.UNDO);
      UndoSegments.create(new UndoLog(Tablespaces.UNDO, kernel));
      kernel.createSpace(Tablespaces.DICTIONARY);
      Mtr mtr = kernel.begin();
      try {
        BTree.create(mtr, Tablespaces.DICTIONARY, Dictionary.INDEX_ID);
        mtr.commit();
      } finally {
        mtr.close();
      }
      kernel.waitDurable(new Dictionary(dictionaryTree(kernel), 0).markComplete());
    }
    return open(fileSystem, config);
  }

  private static Kernel.Environment bootstrapEnvironment() {
    return new Kernel.Environment(
        CheckpointParticipant.NONE, LogicalListener.NONE, FlushBound.NONE, RedoRetention.NONE);
  }

  private static BTree dictionaryTree(Kernel kernel) {
    return new BTree(
        kernel, kernel.treeLatches(), Tablespaces.DICTIONARY, FIRST_PAGE, Dictionary.INDEX_ID);
  }

  /** Whether the volume has a database. */
  public static boolean exists(FileSystem fileSystem) {
    return Kernel.isFormatted(fileSystem);
  }

  /** Opens the database of a volume, recovering what a crash left. */
  public static PrimaryEngine open(FileSystem fileSystem, EngineConfig config) {
    return open(fileSystem, config, new Bounds());
  }

  /**
   * Opens the database of a volume that may have replicas: no page is flushed, nothing is purged
   * and no redo removed before {@link #flushBound}, {@link #purgeBound} and {@link #redoRetention}
   * have been told.
   */
  public static PrimaryEngine openHeld(FileSystem fileSystem, EngineConfig config) {
    Bounds held = new Bounds();
    held.flush = () -> 0;
    held.retention = () -> 0;
    held.purge = () -> 0;
    return open(fileSystem, config, held);
  }

  private static PrimaryEngine open(FileSystem fileSystem, EngineConfig config, Bounds bounds) {
    Participant participant = new Participant();
    RecoveredTransactions recovered = new RecoveredTransactions();
    Kernel kernel =
        Kernel.open(
            fileSystem,
            config.kernel(),
            new Kernel.Environment(
                participant,
                (start, end, type, payload) -> recovered.logical(type, payload),
                () -> bounds.flush.lsn(),
                () -> bounds.retention.lsn()));
    try {
      recovered.checkpoint(kernel.checkpoint().payload());
      return new PrimaryEngine(fileSystem, config, kernel, bounds, participant, recovered);
    } catch (RuntimeException e) {
      kernel.abandon();
      throw e;
    }
  }

  private PrimaryEngine(
      FileSystem fileSystem,
      EngineConfig config,
      Kernel kernel,
      Bounds bounds,
      Participant participant,
      RecoveredTransactions recovered) {
    this.fileSystem = fileSystem;
    this.kernel = kernel;
    this.bounds = bounds;
    dictionary = new Dictionary(dictionaryTree(kernel), kernel.recoveredLsn());
    dictionary.requireComplete();
    UndoLog undo = new UndoLog(Tablespaces.UNDO, kernel);
    List<UndoSegments.Recovered> found = new ArrayList<>(1);
    UndoSegments segments = UndoSegments.open(undo, FIRST_PAGE, found);
    TransactionTable table = transactionTable(found.get(0), recovered.nextId());
    transactions = new Transactions(table, undo, segments, new KernelLog(kernel));
    transactions.lockWaitMillis(config.lockWaitSeconds() * 1000L);
    catalog = new CatalogCache(dictionary.load());
    tables =
        new TableRegistry(
            transactions, kernel, kernel.treeLatches(), this::autoIncrement, dictionary::has, true);
    RowHistory history = new RowHistory(this::tableById, table);
    transactions.rowChanges(history);
    purge = new Purge(transactions, history);
    purge.remoteBound(bounds.purge);
    transactions.onEnd(purge::wake);
    losers = new LoserRollback(transactions, found.get(0).losers());
    definition =
        new DataDefinition(
            kernel,
            transactions,
            dictionary,
            catalog,
            tables,
            losers,
            purge,
            lsn -> bounds.definitions.await(lsn));
    participant.transactions = transactions;
    kernel.start();
    definition.cleanUp(fileSystem);
    purge.afterRound(definition::removeDroppedFiles);
    losers.start();
    purge.start();
  }

  private TransactionTable transactionTable(UndoSegments.Recovered found, long recoveredNextId) {
    List<Long> active = found.losers().stream().map(UndoSegments.Loser::trxId).toList();
    TransactionTable table =
        new TransactionTable(
            Math.max(recoveredNextId, found.maxTrxId() + 1), active, kernel.recoveredLsn());
    for (UndoSegments.Ended ended : found.ended()) {
      table.recall(ended.trxId(), ended.endLsn());
    }
    return table;
  }

  private record KernelLog(Kernel kernel) implements CommitLog {
    @Override
    public long durableLsn() {
      return kernel.durableLsn();
    }

    @Override
    public void awaitDurable(long lsn) {
      kernel.waitDurable(lsn);
    }
  }

  private AutoIncrement autoIncrement(long tableId) {
    return new AutoIncrement(
        dictionary.autoIncrement(tableId), bound -> dictionary.autoIncrement(tableId, bound));
  }

  private TableData tableById(long id) {
    EngineTable open = tables.opened(id);
    if (open != null) {
      return open.data();
    }
    StoredTable stored = catalog.view().byId().get(id);
    return stored == null ? null : tables.of(stored).data();
  }

  @Override
  public boolean readOnly() {
    return false;
  }

  @Override
  public Catalog catalog() {
    return catalog;
  }

  @Override
  public Transaction begin(IsolationLevel isolation, boolean readOnly) {
    requireOpen();
    return transactions.begin(isolation, readOnly);
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the engine is closed");
    }
  }

  @Override
  public Transaction begin(IsolationLevel isolation, boolean readOnly, Transaction holder) {
    requireOpen();
    EngineTransaction transaction = transactions.begin(isolation, readOnly);
    transaction.lockOwner().under(((EngineTransaction) holder).lockOwner());
    return transaction;
  }

  @Override
  public Table openTable(Transaction transaction, String schema, String table) {
    EngineTransaction own = (EngineTransaction) transaction;
    own.requireActive();
    transactions
        .metadataLocks()
        .acquireShared(own.lockOwner(), new MetadataLocks.Name(schema, table));
    return tables.of(stored(schema, table));
  }

  @Override
  public Table openTableToWrite(Transaction transaction, String schema, String table) {
    EngineTransaction own = (EngineTransaction) transaction;
    own.requireActive();
    transactions
        .metadataLocks()
        .acquireSharedToWrite(own.lockOwner(), new MetadataLocks.Name(schema, table));
    return tables.of(stored(schema, table));
  }

  @Override
  public void lockTable(Transaction holder, String schema, String table, boolean write) {
    EngineTransaction own = (EngineTransaction) holder;
    own.requireActive();
    stored(schema, table); // locks of names stay, so they are of tables
    transactions
        .metadataLocks()
        .lockTable(own.lockOwner(), new MetadataLocks.Name(schema, table), write);
    stored(schema, table);
  }

  private StoredTable stored(String schema, String table) {
    StoredTable stored = catalog.view().table(schema, table);
    if (stored == null) {
      throw new EngineException.NoSuchTable(schema, table);
    }
    return stored;
  }

  @Override
  public void createSchema(String schema) {
    definition.createSchema(schema);
  }

  @Override
  public void dropSchema(String schema) {
    definition.dropSchema(schema);
  }

  @Override
  public TableDef createTable(TableDef table) {
    return definition.createTable(table);
  }

  @Override
  public void dropTable(String schema, String table, int waitSeconds) {
    definition.dropTable(schema, table, waitSeconds * 1000L);
  }

  @Override
  public void truncateTable(String schema, String table, int waitSeconds) {
    definition.truncateTable(schema, table, waitSeconds * 1000L);
  }

  @Override
  public void renameTable(
      String schema, String table, String newSchema, String newTable, int waitSeconds) {
    definition.renameTable(schema, table, newSchema, newTable, waitSeconds * 1000L);
  }

  @Override
  public void createIndex(String schema, String table, IndexDef index, int waitSeconds) {
    definition.createIndex(schema, table, index, waitSeconds * 1000L);
  }

  @Override
  public void dropIndex(String schema, String table, String index, int waitSeconds) {
    definition.dropIndex(schema, table, index, waitSeconds * 1000L);
  }

  @Override
  public EngineStatus status() {
    Map<String, Long> counters = new LinkedHashMap<>();
    EngineTable.RowCounts rows = tables.counts();
    counters.put("Innodb_rows_read", rows.read().sum());
    counters.put("Innodb_rows_inserted", rows.inserted().sum());
    counters.put("Innodb_rows_updated", rows.updated().sum());
    counters.put("Innodb_rows_deleted", rows.deleted().sum());
    counters.put("Innodb_row_lock_waits", transactions.rowLocks().waitCount());
    counters.put("Innodb_deadlocks", transactions.rowLocks().deadlockCount());
    counters.put("Innodb_history_list_length", (long) transactions.segments().historyLength());
    counters.put("Innodb_buffer_pool_pages_flushed", kernel.pagesWritten());
    counters.put("Innodb_log_writes", kernel.logWrites());
    counters.put("Handler_commit", transactions.commits());
    counters.put("Handler_rollback", transactions.rollbacks());
    return new EngineStatus(
        kernel.newestLsn(),
        kernel.durableLsn(),
        kernel.checkpointLsn(),
        kernel.newestLsn(),
        counters);
  }

  // For replication.

  /** Called with each new durable LSN by the log's thread; must be quick. */
  public void onDurable(LongConsumer listener) {
    kernel.onDurable(listener);
  }

  /** The LSN of the newest commit that is durable: where a strict reader has to get to. */
  public long durableCommitLsn() {
    return Math.min(transactions.table().newestEnd(), kernel.durableLsn());
  }

  public void flushBound(FlushBound bound) {
    bounds.flush = bound;
  }

  public void redoRetention(RedoRetention retention) {
    bounds.retention = retention;
  }

  /** What every change of a definition waits for when it is durable (R6). */
  public void definitionBarrier(DefinitionBarrier barrier) {
    bounds.definitions = barrier;
  }

  /** The oldest snapshot that a replica may still read at; Long.MAX_VALUE for none. */
  public void purgeBound(LongSupplier bound) {
    purge.remoteBound(bound);
  }

  /** Up to which LSN versions may have been purged. */
  public long purgedLsn() {
    return purge.bound();
  }

  public Kernel kernel() {
    return kernel;
  }

  Transactions transactions() {
    return transactions;
  }

  Dictionary dictionary() {
    return dictionary;
  }

  CatalogCache catalogCache() {
    return catalog;
  }

  TableRegistry tables() {
    return tables;
  }

  FileSystem fileSystem() {
    return fileSystem;
  }

  /** Checks everything that is stored; nobody may change tables meanwhile. Empty: all holds. */
  public List<String> check() {
    return purge.paused(engineCheck()::run);
  }

  /**
   * Pages by file that a crash left neither used nor free; found by a {@link #check} of everything,
   * under the same condition.
   */
  public Map<String, Integer> unreachablePages() {
    EngineCheck check = engineCheck();
    purge.paused(check::run);
    return check.unreachablePages();
  }

  private EngineCheck engineCheck() {
    return new EngineCheck(fileSystem, dictionary, transactions, tables, kernel);
  }

  /** Purges what can be purged now, without waiting for the background thread. */
  public int purgeNow() {
    // Snapshots, and purge with them, go no further than what is durable.
    kernel.waitDurable(kernel.newestLsn());
    return purge.runOnce();
  }

  /** Returns when the transactions that a crash left have been rolled back. */
  public void awaitRollbackOfLosers() {
    losers.await();
  }

  /** Rolls back nothing: transactions that are open are those of a crash for the next start. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    losers.close();
    purge.close();
    try {
      if (kernel.healthy()) {
        tables.settle();
      }
    } finally {
      kernel.close();
    }
  }

  /** Stops at once, as a crash would; for tests. */
  public void abandon() {
    if (closed) {
      return;
    }
    closed = true;
    losers.stop();
    purge.stop();
    kernel.abandon();
    losers.close();
    purge.close();
  }
}
