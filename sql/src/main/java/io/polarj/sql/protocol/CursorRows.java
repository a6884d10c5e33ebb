package io.polarj.sql.protocol;

import io.polarj.sql.result.ResultColumn;
import io.polarj.sql.result.ResultSink;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** The rows of a statement executed with a server-side cursor, kept until they are fetched. */
final class CursorRows implements ResultSink {
  private final ArrayDeque<Object[]> rows = new ArrayDeque<>();
  private List<ResultColumn> columns;
  private long affected;
  private long lastInsertId;
  private String info = "";

  @Override
  public void columns(List<ResultColumn> resultColumns) {
    columns = new ArrayList<>(resultColumns);
  }

  @Override
  public void row(Object[] values) {
    rows.add(values.clone());
  }

  @Override
  public void end() {}

  @Override
  public void ok(long affectedRows, long insertId, String text) {
    affected = affectedRows;
    lastInsertId = insertId;
    info = text;
  }

  /** Null for a statement without a result set. */
  List<ResultColumn> columns() {
    return columns;
  }

  Object[] poll() {
    return rows.poll();
  }

  boolean isEmpty() {
    return rows.isEmpty();
  }

  long affected() {
    return affected;
  }

  long lastInsertId() {
    return lastInsertId;
  }

  String info() {
    return info;
  }
}
