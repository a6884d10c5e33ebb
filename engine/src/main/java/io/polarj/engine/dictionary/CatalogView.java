package io.polarj.engine.dictionary;

import java.util.Map;

/** The schemas and tables at one moment. Not changed once it is published; any thread. */
public record CatalogView(
    long version, Map<String, Map<String, StoredTable>> schemas, Map<Long, StoredTable> byId) {
  public StoredTable table(String schema, String name) {
    Map<String, StoredTable> tables = schemas.get(schema);
    return tables == null ? null : tables.get(name);
  }
}
