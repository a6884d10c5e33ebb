package io.polarj.engine.api;

import io.polarj.engine.error.EngineException;
import io.polarj.engine.schema.IndexDef;
import io.polarj.engine.schema.TableDef;

/** The engine of a replica: every change of a definition is refused with {@code ReadOnly}. */
public interface ReadOnlyEngine extends Engine {
  /** The refusal. */
  static EngineException.ReadOnly refused() {
    return new EngineException.ReadOnly("this node is a replica; write on the primary");
  }

  @Override
  default boolean readOnly() {
    return true;
  }

  @Override
  default void createSchema(String schema) {
    throw refused();
  }

  @Override
  default void dropSchema(String schema) {
    throw refused();
  }

  @Override
  default TableDef createTable(TableDef definition) {
    throw refused();
  }

  @Override
  default void dropTable(String schema, String table, int waitSeconds) {
    throw refused();
  }

  @Override
  default void truncateTable(String schema, String table, int waitSeconds) {
    throw refused();
  }

  @Override
  default void renameTable(
      String schema, String table, String newSchema, String newTable, int waitSeconds) {
    throw refused();
  }

  @Override
  default void createIndex(String schema, String table, IndexDef definition, int waitSeconds) {
    throw refused();
  }

  @Override
  default void dropIndex(String schema, String table, String index, int waitSeconds) {
    throw refused();
  }
}
