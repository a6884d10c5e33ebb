package io.polarj.sql.protocol;

import io.polarj.sql.result.ResultColumn;
import io.polarj.sql.result.ResultSink;
import io.polarj.sql.session.Session;
import java.util.List;

/**
 * Sends one statement's result to the client. The final packet (OK or end of rows) is held back
 * until the statement's transaction has ended, because an autocommitted change is acknowledged only
 * when its commit is durable (E2): the executor's calls of {@link #end} and {@link #ok} only note
 * it, {@link #finish} sends it.
 */
final class ResultWriter implements ResultSink {
  private final ReplyWriter reply;
  private final Session session;
  private final RowWriter rows;
  private List<ResultColumn> columns;
  private boolean ended;
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

  /** The statement has ended well: sends what ends its result, and sets ROW_COUNT(). */
  void finish(int extraStatus) {
    if (!ended) {
      throw new IllegalStateException("the statement gave no result");
    }
    if (columns != null) {
      session.rowCount(-1);
      reply.endOfRows(session, extraStatus);
    } else {
      session.rowCount(affected);
      reply.ok(session, affected, lastInsertId, extraStatus, info);
    }
  }
}
