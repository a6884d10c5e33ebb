package io.polarj.sql.protocol;

import io.polarj.engine.schema.ColumnType;
import io.polarj.engine.schema.TypeKind;
import io.polarj.sql.error.SqlError;
import io.polarj.sql.lex.StatementSplitter;
import io.polarj.sql.parse.ParserOptions;
import io.polarj.sql.result.ResultColumn;
import io.polarj.sql.session.Session;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** COM_STMT_*: a connection's prepared statements. Owned by the connection's thread. */
final class PreparedStatements {
  private static final int MAX_STATEMENTS = 16382;
  private static final int CURSOR_READ_ONLY = 1;

  private final ReplyWriter reply;
  private final Session session;
  private final StatementRunner runner;
  private final Map<Integer, PreparedHandle> handles = new HashMap<>();
  private int lastId;

  PreparedStatements(ReplyWriter reply, Session session, StatementRunner runner) {
    this.reply = reply;
    this.session = session;
    this.runner = runner;
  }

  void prepare(String sql) {
    if (handles.size() >= MAX_STATEMENTS) {
      throw SqlError.UNKNOWN.with(
          "Can't create more than " + MAX_STATEMENTS + " prepared statements in a connection");
    }
    List<String> statements = StatementSplitter.split(sql, ParserOptions.of(session).lexer());
    Prepared statement = runner.prepare(statements.size() == 1 ? statements.get(0) : sql);
    PreparedHandle handle = new PreparedHandle(++lastId, statement);
    handles.put(handle.id(), handle);
    List<ResultColumn> columns = statement.columns();
    int parameters = statement.parameterCount();
    reply.out().begin().writeByte(0).writeInt(handle.id()).writeShort(columns.size());
    reply.out().writeShort(parameters).writeByte(0);
    reply.out().writeShort(Math.min(session.warningCount(), 0xffff)).end();
    if (parameters > 0) {
      ResultColumn parameter = ResultColumn.of("?", ColumnType.of(TypeKind.VARBINARY));
      for (int i = 0; i < parameters; i++) {
        reply.column(parameter);
      }
      reply.endOfDefinitions(session, 0);
    }
    if (!columns.isEmpty()) {
      for (ResultColumn column : columns) {
        reply.column(column);
      }
      reply.endOfDefinitions(session, 0);
    }
  }

  void execute(PacketReader in) {
    PreparedHandle handle = require(in.readInt(), "mysqld_stmt_execute");
    int flags = in.readByte();
    in.skip(4); // iteration count, always 1
    Object[] parameters = ParameterReader.read(in, handle);
    handle.cursor(null);
    if ((flags & CURSOR_READ_ONLY) != 0) {
      executeWithCursor(handle, parameters);
      return;
    }
    ResultWriter writer = new ResultWriter(reply, session, new BinaryRowWriter());
    runner.run(handle.statement(), parameters, writer);
    writer.finish(0);
  }

  private void executeWithCursor(PreparedHandle handle, Object[] parameters) {
    CursorRows rows = new CursorRows();
    runner.run(handle.statement(), parameters, rows);
    if (rows.columns() == null) {
      session.rowCount(rows.affected());
      reply.ok(session, rows.affected(), rows.lastInsertId(), 0, rows.info());
      return;
    }
    handle.cursor(rows);
    reply.out().begin().writeLengthEncoded(rows.columns().size()).end();
    for (ResultColumn column : rows.columns()) {
      reply.column(column);
    }
    // with a cursor the definitions end with an EOF for every client: it carries the flag
    if (reply.deprecatesEof()) {
      reply.endOfRows(session, ReplyWriter.CURSOR_EXISTS);
    } else {
      reply.eof(session, ReplyWriter.CURSOR_EXISTS);
    }
  }

  void fetch(PacketReader in) {
    PreparedHandle handle = require(in.readInt(), "mysqld_stmt_fetch");
    long wanted = in.readInt() & 0xffffffffL;
    CursorRows cursor = handle.cursor();
    if (cursor == null) {
      throw SqlError.UNKNOWN.with("The statement (" + handle.id() + ") has no open cursor.");
    }
    RowWriter rows = new BinaryRowWriter();
    for (long i = 0; i < wanted && !cursor.isEmpty(); i++) {
      rows.write(reply.out(), cursor.columns(), cursor.poll());
    }
    int status =
        cursor.isEmpty()
            ? ReplyWriter.CURSOR_EXISTS | ReplyWriter.LAST_ROW_SENT
            : ReplyWriter.CURSOR_EXISTS;
    if (cursor.isEmpty()) {
      handle.cursor(null);
    }
    reply.endOfRows(session, status);
  }

  /** No answer, whatever comes: errors show at the execute. */
  void sendLongData(PacketReader in) {
    PreparedHandle handle = handles.get(in.readInt());
    if (handle != null) {
      int limit = Math.toIntExact((long) session.systemVariable("max_allowed_packet"));
      handle.addLongData(in.readShort(), in.readRest(), limit);
    }
  }

  void reset(int id) {
    require(id, "mysqld_stmt_reset").reset();
    reply.ok(session, 0, 0, 0, "");
  }

  /** No answer. */
  void close(int id) {
    handles.remove(id);
  }

  void clear() {
    handles.clear();
  }

  private PreparedHandle require(int id, String command) {
    PreparedHandle handle = handles.get(id);
    if (handle == null) {
      throw SqlError.UNKNOWN_STMT_HANDLER.with(Integer.toUnsignedString(id), command);
    }
    return handle;
  }
}
