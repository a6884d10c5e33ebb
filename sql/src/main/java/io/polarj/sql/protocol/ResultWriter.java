package io.polarj.sql.protocol;

import io.polarj.sql.result.ResultColumn;
import io.polarj.sql.result.ResultSink;
import io.polarj.sql.session.Session;
import java.util.List;

/**
 * Sends one statement's result to the client. The final packet (OK or end of rows) is held back
 * until the statement's transaction has ended, because an autocommitted change is acknowledged only
 * when its commit is durable (E2): the executor's calls of {@link #end} and {@link #ok} only note
 * it, {@link #complete} sends it.
 */
final class ResultWriter implements ResultSink {
  private final ReplyWriter reply;
  private final Session session;
  private final RowWriter rows;
  private List<ResultColumn> columns;
  private boolean ended;
  private long rowsSent;
  private long affected;
  private long lastInsertId;
  private String info = "";

  ResultWriter(ReplyWriter reply, Session session, RowWriter rows) {
    this.reply = reply;
    this.session = session;
    this.rows = rows;
  }

  @Override
  public void columns(List<ResultColumn> resultColumns) {
    columns = resultColumns;
    reply.out().begin().writeLengthEncoded(resultColumns.size()).end();
    for (ResultColumn column : resultColumns) {
      reply.column(column);
    }
    reply.endOfDefinitions(session, 0);
  }

  @Override
  public void row(Object[] values) {
    rows.write(reply.out(), columns, values);
    rowsSent++;
  }

  @Override
  public void end() {
    ended = true;
  }

  @Override
  public void ok(long affectedRows, long insertId, String text) {
    affected = affectedRows;
    lastInsertId = insertId;
    info = text;
    ended = true;
  }

  boolean hasRows() {
    return columns != null;
  }

  long rowsSent() {
    return rowsSent;
  }

  long affectedRows() {
    return affected;
  }

  /** Sends what ends the result. */
  void complete(int extraStatus) {
    if (!ended) {
      throw new IllegalStateException("the statement gave no result");
    }
    if (columns != null) {
      reply.endOfRows(session, extraStatus);
    } else {
      reply.ok(session, affected, lastInsertId, extraStatus, info);
    }
  }
}
