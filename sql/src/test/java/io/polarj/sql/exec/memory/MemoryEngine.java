package io.polarj.sql.exec.memory;

import io.polarj.engine.api.Catalog;
import io.polarj.engine.api.Engine;
import io.polarj.engine.api.EngineStatus;
import io.polarj.engine.api.IsolationLevel;
import io.polarj.engine.api.Table;
import io.polarj.engine.api.Transaction;
import io.polarj.engine.error.EngineException;
import io.polarj.engine.schema.IndexDef;
import io.polarj.engine.schema.TableDef;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A single-threaded engine in memory, strict about what the SQL layer hands it. */
public final class MemoryEngine implements Engine, Catalog {
  private final Map<String, Map<String, MemoryTable>> schemas = new TreeMap<>();
  private long version = 1;
  private long nextId = 1;
  private boolean readOnly;

  /** From now on it refuses writes, as a replica does. */
  public void becomeReadOnly() {
    readOnly = true;
  }

  /** How many rows of the table were handed out so far. */
  public long rowsRead(String schema, String table) {
    return memoryTable(schema, table).rowsRead;
  }

  @Override
  public boolean readOnly() {
    return readOnly;
  }

  @Override
  public Catalog catalog() {
    return this;
  }

  @Override
  public Transaction begin(IsolationLevel isolation, boolean transactionReadOnly) {
    return new MemoryTransaction(isolation, transactionReadOnly);
  }

  @Override
  public Table openTable(Transaction transaction, String schema, String table) {
    return memoryTable(schema, table);
  }

  private MemoryTable memoryTable(String schema, String table) {
    MemoryTable found = schemas.getOrDefault(schema, Map.of()).get(table);
    if (found == null) {
      throw new EngineException.NoSuchTable(schema, table);
    }
    return found;
  }

  private void ddl() {
    if (readOnly) {
      throw new EngineException.ReadOnly("replica");
    }
    version++;
  }

  @Override
  public void createSchema(String schema) {
    ddl();
    if (schemas.putIfAbsent(schema, new TreeMap<>()) != null) {
      throw new EngineException.AlreadyExists(schema);
    }
  }

  @Override
  public void dropSchema(String schema) {
    ddl();
    if (schemas.remove(schema) == null) {
      throw new EngineException.NoSuchSchema(schema);
    }
  }

  private List<IndexDef> numbered(List<IndexDef> indexes) {
    List<IndexDef> result = new ArrayList<>();
    for (IndexDef i : indexes) {
      result.add(
          i.id() != 0 ? i : new IndexDef(nextId++, i.name(), i.primary(), i.unique(), i.columns()));
    }
    return result;
  }

  @Override
  public TableDef createTable(TableDef d) {
    ddl();
    if (!schemas.containsKey(d.schema())) {
      throw new EngineException.NoSuchSchema(d.schema());
    }
    if (schemas.get(d.schema()).containsKey(d.name())) {
      throw new EngineException.AlreadyExists(d.name());
    }
    List<IndexDef> fresh =
        d.indexes().stream()
            .map(i -> new IndexDef(0, i.name(), i.primary(), i.unique(), i.columns()))
            .toList();
    List<IndexDef> withHidden = new ArrayList<>(fresh);
    if (fresh.isEmpty() || !fresh.get(0).primary()) {
      withHidden.add(0, new IndexDef(0, "GEN_CLUST_INDEX", true, true, List.of()));
    }
    TableDef def =
        new TableDef(
            nextId++,
            version,
            d.schema(),
            d.name(),
            d.columns(),
            numbered(withHidden),
            d.options());
    schemas.get(d.schema()).put(d.name(), new MemoryTable(def));
    return def;
  }

  @Override
  public void dropTable(String schema, String table, int waitSeconds) {
    ddl();
    memoryTable(schema, table);
    schemas.get(schema).remove(table);
  }

  @Override
  public void truncateTable(String schema, String table, int waitSeconds) {
    ddl();
    memoryTable(schema, table).clear();
  }

  @Override
  public void renameTable(
      String schema, String table, String newSchema, String newTable, int waitSeconds) {
    ddl();
    MemoryTable found = memoryTable(schema, table);
    if (!schemas.containsKey(newSchema)) {
      throw new EngineException.NoSuchSchema(newSchema);
    }
    if (schemas.get(newSchema).containsKey(newTable)) {
      throw new EngineException.AlreadyExists(newTable);
    }
    schemas.get(schema).remove(table);
    TableDef d = found.def();
    found.redefine(
        new TableDef(d.id(), version, newSchema, newTable, d.columns(), d.indexes(), d.options()));
    schemas.get(newSchema).put(newTable, found);
  }

  private void indexes(MemoryTable table, List<IndexDef> indexes) {
    TableDef d = table.def();
    table.redefine(
        new TableDef(
            d.id(), version, d.schema(), d.name(), d.columns(), numbered(indexes), d.options()));
  }

  @Override
  public void createIndex(String schema, String table, IndexDef definition, int waitSeconds) {
    ddl();
    MemoryTable found = memoryTable(schema, table);
    List<IndexDef> indexes = new ArrayList<>(found.def().indexes());
    if (indexes.stream().anyMatch(i -> i.name().equalsIgnoreCase(definition.name()))) {
      throw new EngineException.AlreadyExists(definition.name());
    }
    indexes.add(definition);
    indexes(found, indexes);
  }

  @Override
  public void dropIndex(String schema, String table, String index, int waitSeconds) {
    ddl();
    MemoryTable found = memoryTable(schema, table);
    List<IndexDef> indexes = new ArrayList<>(found.def().indexes());
    if (!indexes.removeIf(i -> i.name().equalsIgnoreCase(index))) {
      throw new IllegalArgumentException("no index " + index);
    }
    indexes(found, indexes);
  }

  @Override
  public EngineStatus status() {
    return new EngineStatus(0, 0, 0, 0, Map.of());
  }

  @Override
  public void close() {}

  @Override
  public long version() {
    return version;
  }

  @Override
  public List<String> schemas() {
    return List.copyOf(schemas.keySet());
  }

  @Override
  public boolean schemaExists(String schema) {
    return schemas.containsKey(schema);
  }

  @Override
  public TableDef table(String schema, String table) {
    MemoryTable found = schemas.getOrDefault(schema, Map.of()).get(table);
    return found == null ? null : found.def();
  }

  @Override
  public List<TableDef> tables(String schema) {
    return schemas.getOrDefault(schema, Map.of()).values().stream().map(MemoryTable::def).toList();
  }
}
