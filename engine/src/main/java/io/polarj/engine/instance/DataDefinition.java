package io.polarj.engine.instance;

import io.polarj.engine.btree.BTree;
import io.polarj.engine.dictionary.CatalogCache;
import io.polarj.engine.dictionary.CatalogView;
import io.polarj.engine.dictionary.Dictionary;
import io.polarj.engine.dictionary.StoredTable;
import io.polarj.engine.dictionary.StoredTable.StoredIndex;
import io.polarj.engine.error.EngineException;
import io.polarj.engine.kernel.Kernel;
import io.polarj.engine.lock.LockOwner;
import io.polarj.engine.lock.MetadataLocks;
import io.polarj.engine.lock.MetadataLocks.Name;
import io.polarj.engine.mtr.Mtr;
import io.polarj.engine.mtr.TreeLatches;
import io.polarj.engine.schema.IndexDef;
import io.polarj.engine.schema.TableDef;
import io.polarj.engine.table.IndexBuild;
import io.polarj.engine.table.TableRegistry;
import io.polarj.engine.trx.Purge;
import io.polarj.engine.trx.Transactions;
import io.polarj.pfs.file.FileStat;
import io.polarj.pfs.file.FileSystem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Creates, changes and drops schemas and tables. Each statement takes the metadata locks of the
 * names it changes, then does its work under the one lock for changes of the dictionary, and is
 * there once its dictionary row is: files and trees are made before it, removed after it. What a
 * crash leaves without a row is removed at the next start. Any thread.
 */
final class DataDefinition {
  private static final long CREATE_WAIT_MILLIS = 50_000;

  private final Kernel kernel;
  private final Transactions transactions;
  private final Dictionary dictionary;
  private final CatalogCache catalog;
  private final TableRegistry tables;
  private final TreeLatches latches;
  private final LoserRollback losers;
  private final Purge purge;
  private final DefinitionBarrier barrier;
  private final Object dictionaryLock = new Object();

  DataDefinition(
      Kernel kernel,
      Transactions transactions,
      Dictionary dictionary,
      CatalogCache catalog,
      TableRegistry tables,
      LoserRollback losers,
      Purge purge,
      DefinitionBarrier barrier) {
    this.kernel = kernel;
    this.transactions = transactions;
    this.dictionary = dictionary;
    this.catalog = catalog;
    this.tables = tables;
    this.latches = kernel.treeLatches();
    this.losers = losers;
    this.purge = purge;
    this.barrier = barrier;
  }

  /**
   * Runs a change under exclusive metadata locks. On return what it did is durable, and no replica
   * answers from the definition before (R6): what that one named can be taken away.
   */
  private <T> T change(long waitMillis, Supplier<T> work, Name... names) {
    MetadataLocks locks = transactions.metadataLocks();
    TreeMap<String, Name> ordered = new TreeMap<>();
    for (Name name : names) {
      ordered.put(name.toString(), name);
    }
    List<Name> taken = new ArrayList<>();
    long lsn;
    T result;
    try {
      for (Name name : ordered.values()) {
        locks.acquireExclusive(new LockOwner(), name, waitMillis);
        taken.add(name);
      }
      synchronized (dictionaryLock) {
        try {
          result = work.get();
        } finally {
          catalog.publish(dictionary.load());
        }
        lsn = kernel.newestLsn();
      }
      kernel.waitDurable(lsn);
      transactions.advance(lsn);
    } finally {
      taken.forEach(locks::releaseExclusive);
    }
    barrier.await(lsn);
    return result;
  }

  void createSchema(String schema) {
    change(
        CREATE_WAIT_MILLIS,
        () -> {
          if (catalog.schemaExists(schema)) {
            throw new EngineException.AlreadyExists(schema);
          }
          return dictionary.putSchema(schema);
        },
        new Name(schema, ""));
  }

  void dropSchema(String schema) {
    if (!catalog.schemaExists(schema)) {
      throw new EngineException.NoSuchSchema(schema);
    }
    List<Name> names = new ArrayList<>(List.of(new Name(schema, "")));
    catalog.tables(schema).forEach(table -> names.add(new Name(schema, table.name())));
    List<StoredTable> gone = new ArrayList<>();
    change(
        CREATE_WAIT_MILLIS,
        () -> {
          CatalogView view = catalog.view();
          if (!view.schemas().containsKey(schema)) {
            throw new EngineException.NoSuchSchema(schema);
          }
          for (StoredTable table : view.schemas().get(schema).values()) {
            if (!names.contains(new Name(schema, table.def().name()))) {
              throw new EngineException.LockWaitTimeout("schema " + schema + ": a table was added");
            }
          }
          for (StoredTable table : view.schemas().get(schema).values()) {
            gone.add(table);
          }
          dictionary.dropSchema(schema, kernel.newestLsn());
          return null;
        },
        names.toArray(Name[]::new));
    gone.forEach(table -> tables.discard(table.id()));
    purge.wake();
  }

  TableDef createTable(TableDef given) {
    return change(
        CREATE_WAIT_MILLIS,
        () -> {
          if (!catalog.schemaExists(given.schema())) {
            throw new EngineException.NoSuchSchema(given.schema());
          }
          if (catalog.table(given.schema(), given.name()) != null) {
            throw new EngineException.AlreadyExists(given.schema() + "." + given.name());
          }
          StoredTable table = build(TableDefinitions.withoutCounter(given), 0);
          long first = TableDefinitions.firstAutoIncrement(given);
          if (first > 1) {
            dictionary.autoIncrement(table.id(), first);
          }
          dictionary.putTable(table);
          return table.def();
        },
        new Name(given.schema(), given.name()));
  }

  /** Makes the file and the empty trees of a table with new ids. */
  private StoredTable build(TableDef given, long builtLsn) {
    TableDefinitions.require(given);
    long first = dictionary.reserveIds(1 + given.indexes().size());
    List<IndexDef> indexes = new ArrayList<>();
    for (int i = 0; i < given.indexes().size(); i++) {
      indexes.add(TableDefinitions.withId(given.indexes().get(i), first + 1 + i));
    }
    TableDef def = TableDefinitions.with(given, first, dictionary.nextVersion(), indexes);
    int spaceId = Math.toIntExact(first);
    kernel.createSpace(spaceId);
    List<StoredIndex> stored = new ArrayList<>();
    for (IndexDef index : indexes) {
      stored.add(new StoredIndex(index.id(), createTree(spaceId, index.id()), builtLsn));
    }
    return new StoredTable(def, stored);
  }

  private int createTree(int spaceId, long indexId) {
    Mtr mtr = kernel.begin();
    try {
      int root = BTree.create(mtr, spaceId, indexId);
      mtr.commit();
      return root;
    } finally {
      mtr.close();
    }
  }

  private StoredTable require(String schema, String table) {
    StoredTable stored = catalog.view().table(schema, table);
    if (stored == null) {
      throw new EngineException.NoSuchTable(schema, table);
    }
    return stored;
  }

  void dropTable(String schema, String table, long waitMillis) {
    require(schema, table);
    long id =
        change(
            waitMillis,
            () -> {
              StoredTable stored = require(schema, table);
              dictionary.removeTable(stored.id(), kernel.newestLsn());
              return stored.id();
            },
            new Name(schema, table));
    tables.discard(id);
    purge.wake();
  }

  void truncateTable(String schema, String table, long waitMillis) {
    require(schema, table);
    losers.await(waitMillis);
    long id =
        change(
            waitMillis,
            () -> {
              StoredTable old = require(schema, table);
              StoredTable empty = build(old.def(), publishedLsn());
              // Its row is the commit point: of two tables with a name the newer one counts.
              dictionary.putTable(empty);
              dictionary.removeTable(old.id(), kernel.newestLsn());
              return old.id();
            },
            new Name(schema, table));
    tables.discard(id);
    purge.wake();
  }

  /**
   * An LSN at or above which every end so far is, and below every snapshot from now on. Nobody
   * writes the table meanwhile, so what is read from it now is what those snapshots see.
   */
  private long publishedLsn() {
    long lsn = transactions.table().newestEnd();
    kernel.waitDurable(lsn);
    return lsn;
  }

  void renameTable(
      String schema, String table, String newSchema, String newTable, long waitMillis) {
    require(schema, table);
    change(
        waitMillis,
        () -> {
          StoredTable stored = require(schema, table);
          if (!catalog.schemaExists(newSchema)) {
            throw new EngineException.NoSuchSchema(newSchema);
          }
          if (catalog.table(newSchema, newTable) != null) {
            throw new EngineException.AlreadyExists(newSchema + "." + newTable);
          }
          TableDef def =
              TableDefinitions.renamed(stored.def(), newSchema, newTable, dictionary.nextVersion());
          return dictionary.putTable(new StoredTable(def, stored.indexes()));
        },
        new Name(schema, table),
        new Name(newSchema, newTable));
  }

  void createIndex(String schema, String table, IndexDef given, long waitMillis) {
    require(schema, table);
    losers.await(waitMillis);
    change(
        waitMillis,
        () -> {
          StoredTable stored = require(schema, table);
          IndexDef index = TableDefinitions.withId(given, dictionary.reserveIds(1));
          List<IndexDef> indexes = new ArrayList<>(stored.def().indexes());
          indexes.add(index);
          TableDef def =
              TableDefinitions.with(stored.def(), stored.id(), dictionary.nextVersion(), indexes);
          TableDefinitions.require(def);
          long builtLsn = publishedLsn();
          int root = createTree(stored.spaceId(), index.id());
          BTree tree = new BTree(kernel, latches, stored.spaceId(), root, index.id());
          try {
            new IndexBuild(tables.of(stored).data(), def, index, tree).run();
          } catch (RuntimeException e) {
            freeTree(tree);
            throw e;
          }
          List<StoredIndex> roots = new ArrayList<>(stored.indexes());
          roots.add(new StoredIndex(index.id(), root, builtLsn));
          return dictionary.putTable(new StoredTable(def, roots));
        },
        new Name(schema, table));
  }

  void dropIndex(String schema, String table, String name, long waitMillis) {
    require(schema, table);
    losers.await(waitMillis);
    BTree[] gone = new BTree[1];
    StoredTable changed =
        change(
            waitMillis,
            () -> {
              StoredTable stored = require(schema, table);
              int at = TableDefinitions.secondaryIndex(stored.def(), name);
              List<IndexDef> indexes = new ArrayList<>(stored.def().indexes());
              List<StoredIndex> roots = new ArrayList<>(stored.indexes());
              indexes.remove(at);
              StoredIndex root = roots.remove(at);
              TableDef def =
                  TableDefinitions.with(
                      stored.def(), stored.id(), dictionary.nextVersion(), indexes);
              StoredTable without = new StoredTable(def, roots);
              dictionary.putTable(without);
              gone[0] =
                  new BTree(kernel, latches, stored.spaceId(), root.rootPageNo(), root.indexId());
              return without;
            },
            new Name(schema, table));
    // Background work that began with the old definition is over before the pages go.
    tables.of(changed).data().awaitBackgroundWork();
    freeTree(gone[0]);
  }

  private void freeTree(BTree tree) {
    TreePages.free(kernel, tree);
    latches.remove(tree.indexId());
  }

  /** At start: removes what a crash left of creations and drops that did not get to their end. */
  void cleanUp(FileSystem fileSystem) {
    synchronized (dictionaryLock) {
      dictionary.finishSchemaDrops(kernel.newestLsn());
      CatalogView view = dictionary.load();
      for (Dictionary.Dropped dropped : dictionary.dropped()) {
        StoredTable table = view.byId().get(dropped.tableId());
        if (table != null && named(view, table)) {
          dictionary.forgetDropped(dropped.tableId(), false);
        }
      }
      for (StoredTable table : view.byId().values()) {
        if (!named(view, table)) {
          dictionary.removeTable(table.id(), kernel.newestLsn());
        }
      }
      removeOrphans(fileSystem, view);
      // A replica that missed the record of the last change hears of it now.
      catalog.publish(dictionary.load());
    }
  }

  private static boolean named(CatalogView view, StoredTable table) {
    StoredTable current = view.table(table.def().schema(), table.def().name());
    return current != null && current.id() == table.id();
  }

  private void removeOrphans(FileSystem fileSystem, CatalogView view) {
    List<Long> dropped = new ArrayList<>();
    dictionary.dropped().forEach(entry -> dropped.add(entry.tableId()));
    try {
      for (FileStat file : fileSystem.readdir("/data")) {
        long id = TableDefinitions.tableIdOf(file.name());
        if (id >= Dictionary.FIRST_ID && !view.byId().containsKey(id) && !dropped.contains(id)) {
          kernel.dropSpace(Math.toIntExact(id));
        }
      }
    } catch (IOException e) {
      throw new EngineException.StorageFailure("the data directory can not be read", e);
    }
  }

  /** Removes files of dropped tables that no snapshot anywhere can need. */
  void removeDroppedFiles() {
    for (Dictionary.Dropped dropped : dictionary.dropped()) {
      if (dropped.lsn() >= purge.bound() || catalog.view().byId().containsKey(dropped.tableId())) {
        continue;
      }
      tables.discard(dropped.tableId());
      int spaceId = Math.toIntExact(dropped.tableId());
      if (kernel.spaceExists(spaceId)) {
        kernel.dropSpace(spaceId);
      }
      dictionary.forgetDropped(dropped.tableId(), true);
    }
  }
}
