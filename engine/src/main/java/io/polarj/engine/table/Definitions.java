package io.polarj.engine.table;

/** What the dictionary's tree says now, which on a replica may be ahead of the catalog. */
@FunctionalInterface
public interface Definitions {
  /** Whether that table is there and has that index. */
  boolean has(long tableId, long indexId);
}
