package io.polarj.engine.schema;

import java.util.List;

/**
 * An index. The primary one is the clustered one and is always first in its table; a table without
 * a primary key gets a hidden one ({@code columns} empty) over an internal row id. {@code id} is
 * unique in the engine, 0 before creation.
 */
public record IndexDef(
    long id, String name, boolean primary, boolean unique, List<IndexColumn> columns) {
  public IndexDef {
    columns = List.copyOf(columns);
  }
}
