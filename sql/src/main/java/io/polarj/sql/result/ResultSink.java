package io.polarj.sql.result;

import java.util.List;

/**
 * Where a statement's outcome goes: either {@link #columns}, rows and {@link #end}, or one {@link
 * #ok}. Values are of the classes that {@link io.polarj.engine.schema.TypeKind} lists for the
 * column's type; {@code byte[]} is also taken for a character column (UTF-8, as stored). Calls may
 * block while the client is slow. A failed statement throws instead.
 */
public interface ResultSink {
  void columns(List<ResultColumn> columns);

  /** The array may be reused by the caller after the call. */
  void row(Object[] values);

  void end();

  /**
   * {@code info}: the text after the counts, such as {@code Rows matched: 1 Changed: 1 Warnings:
   * 0}, or empty.
   */
  void ok(long affectedRows, long lastInsertId, String info);
}
