package io.polarj.sql.catalog;

import io.polarj.engine.schema.TableDef;
import io.polarj.sql.session.SessionContext;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/** The tables of information_schema. Any thread. */
public final class InformationSchema {
  private final Map<String, VirtualTable> tables = new TreeMap<>();

  /**
   * {@code processes} gives the rows of PROCESSLIST: ID, USER, HOST, DB, COMMAND, TIME, STATE,
   * INFO.
   */
  public InformationSchema(
      io.polarj.engine.api.Catalog catalog, Supplier<List<Object[]>> processes) {
    for (VirtualTable table : new CatalogViews(catalog, this::definitions).tables()) {
      add(table);
    }
    for (VirtualTable table : ServerViews.tables(processes)) {
      add(table);
    }
  }

  private void add(VirtualTable table) {
    tables.put(table.def().name(), table);
  }

  private List<TableDef> definitions() {
    return tables.values().stream().map(VirtualTable::def).toList();
  }

  /** The table, its name in any case of letters; or null. */
  public TableDef table(String name) {
    VirtualTable table = tables.get(name.toUpperCase(Locale.ROOT));
    return table == null ? null : table.def();
  }

  public List<Object[]> rows(TableDef table, SessionContext session) {
    return tables.get(table.name()).rows().apply(session);
  }
}
