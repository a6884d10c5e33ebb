package io.polarj.sql.catalog;

import io.polarj.engine.api.Catalog;
import io.polarj.engine.schema.TableDef;
import io.polarj.sql.validate.TableLookup;

/** Tables by name: those of information_schema first, then the engine's. Any thread. */
public final class CatalogTables implements TableLookup {
  private final Catalog catalog;
  private final InformationSchema informationSchema;

  public CatalogTables(Catalog catalog, InformationSchema informationSchema) {
    this.catalog = catalog;
    this.informationSchema = informationSchema;
  }

  @Override
  public boolean schemaExists(String schema) {
    return SystemSchemas.is(schema) || catalog.schemaExists(schema);
  }

  @Override
  public TableDef table(String schema, String name) {
    return virtual(schema) ? informationSchema.table(name) : catalog.table(schema, name);
  }

  @Override
  public boolean virtual(String schema) {
    return SystemSchemas.INFORMATION_SCHEMA.equalsIgnoreCase(schema);
  }
}
