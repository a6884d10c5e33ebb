package io.polarj.engine.api;

import io.polarj.engine.schema.TableDef;
import java.util.List;

/**
 * What schemas and tables there are. Names are case-sensitive for schemas and tables. Any thread.
 */
public interface Catalog {
  /** Changes with every DDL; plans are cached under it. */
  long version();

  List<String> schemas();

  boolean schemaExists(String schema);

  /** The table, or null. */
  TableDef table(String schema, String table);

  List<TableDef> tables(String schema);
}
