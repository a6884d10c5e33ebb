package io.polarj.engine.dictionary;

import io.polarj.engine.api.Catalog;
import io.polarj.engine.schema.TableDef;
import java.util.List;
import java.util.Map;

/** The catalog in memory: the newest view of the dictionary. Any thread reads, DDL publishes. */
public final class CatalogCache implements Catalog {
  private volatile CatalogView view;

  public CatalogCache(CatalogView view) {
    this.view = view;
  }

  public CatalogView view() {
    return view;
  }

  public void publish(CatalogView newer) {
    view = newer;
  }

  @Override
  public long version() {
    return view.version();
  }

  @Override
  public List<String> schemas() {
    return List.copyOf(view.schemas().keySet());
  }

  @Override
  public boolean schemaExists(String schema) {
    return view.schemas().containsKey(schema);
  }

  @Override
  public TableDef table(String schema, String table) {
    StoredTable stored = view.table(schema, table);
    return stored == null ? null : stored.def();
  }

  @Override
  public List<TableDef> tables(String schema) {
    Map<String, StoredTable> tables = view.schemas().get(schema);
    return tables == null ? List.of() : tables.values().stream().map(StoredTable::def).toList();
  }
}
