package io.polarj.sql.validate;

import io.polarj.engine.api.Catalog;
import io.polarj.engine.schema.TableDef;

/** Where the binder finds tables: the engine's catalog, and before it virtual tables. */
public interface TableLookup {
  boolean schemaExists(String schema);

  /** The table's definition, or null. */
  TableDef table(String schema, String name);

  /** Whether that schema's tables are computed (information_schema) and not the engine's. */
  boolean virtual(String schema);

  /** The engine's catalog without virtual tables. */
  static TableLookup of(Catalog catalog) {
    return new TableLookup() {
      @Override
      public boolean schemaExists(String schema) {
        return catalog.schemaExists(schema);
      }

      @Override
      public TableDef table(String schema, String name) {
        return catalog.table(schema, name);
      }

      @Override
      public boolean virtual(String schema) {
        return false;
      }
    };
  }
}
