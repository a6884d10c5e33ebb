package io.polarj.sql.protocol;

import io.polarj.engine.schema.ColumnDef;
import io.polarj.engine.schema.TableDef;
import io.polarj.sql.error.SqlError;
import io.polarj.sql.error.SqlException;
import io.polarj.sql.lex.StatementSplitter;
import io.polarj.sql.parse.ParserOptions;
import io.polarj.sql.result.ResultColumn;
import io.polarj.sql.session.ProcessInfo;
import io.polarj.sql.session.Session;
import java.util.List;

/**
 * Answers the commands of an authenticated client one after another. Owned by the connection's
 * thread.
 */
final class CommandPhase {
  private static final int QUIT = 0x01;
  private static final int INIT_DB = 0x02;
  private static final int QUERY = 0x03;
  private static final int FIELD_LIST = 0x04;
  private static final int STATISTICS = 0x09;
  private static final int PROCESS_KILL = 0x0c;
  private static final int DEBUG = 0x0d;
  private static final int PING = 0x0e;
  private static final int CHANGE_USER = 0x11;
  private static final int STMT_PREPARE = 0x16;
  private static final int STMT_EXECUTE = 0x17;
  private static final int STMT_SEND_LONG_DATA = 0x18;
  private static final int STMT_CLOSE = 0x19;
  private static final int STMT_RESET = 0x1a;
  private static final int SET_OPTION = 0x1b;
  private static final int STMT_FETCH = 0x1c;
  private static final int RESET_CONNECTION = 0x1f;

  private final PacketChannel channel;
  private final Session session;
  private final Handshake handshake;
  private final ReplyWriter reply;
  private final StatementRunner runner;
  private final PreparedStatements prepared;
  private final boolean foundRows;
  private final boolean interactive;
  private boolean multiStatements;
  private boolean ended;

  CommandPhase(
      PacketChannel channel, ServerContext server, Session session, Handshake handshake, int caps) {
    this.channel = channel;
    this.session = session;
    this.handshake = handshake;
    this.reply = new ReplyWriter(channel.writer(), caps);
    this.runner = new StatementRunner(server.engine(), session);
    this.prepared = new PreparedStatements(reply, session, runner);
    this.foundRows = (caps & Capabilities.FOUND_ROWS) != 0;
    this.interactive = (caps & Capabilities.INTERACTIVE) != 0;
    this.multiStatements = (caps & Capabilities.MULTI_STATEMENTS) != 0;
  }

  /** The handshake's OK, after the schema that the client asked for was entered. */
  void welcome(String schema) {
    session.countsFoundRows(foundRows);
    if (interactive) {
      session.setSystemVariable("wait_timeout", session.systemVariable("interactive_timeout"));
    }
    if (!schema.isEmpty()) {
      session.currentSchema(schema);
    }
    reply.ok(session, 0, 0, 0, "");
    channel.flush();
  }

  /** Runs until the client quits; throws when the connection breaks. */
  void run() throws PacketChannel.Closed {
    while (!ended && !session.killed()) {
      PacketFramer.Packet packet = channel.read((long) session.systemVariable("wait_timeout"));
      try {
        channel.writer().sequence(packet.sequence() + 1);
        answer(packet);
      } finally {
        packet.payload().release();
      }
      channel.flush();
    }
  }

  private void answer(PacketFramer.Packet packet) throws PacketChannel.Closed {
    try {
      PacketReader in = packet.reader();
      int command = in.readByte();
      if (command == QUIT) {
        ended = true;
      } else {
        dispatch(command, in);
      }
    } catch (SqlException e) {
      channel.writer().abandon();
      reply.error(e.code(), e.sqlState(), e.getMessage());
    }
  }

  private void dispatch(int command, PacketReader in) throws PacketChannel.Closed {
    switch (command) {
      case QUERY -> query(in.readRestAsSql());
      case STMT_EXECUTE -> prepared.execute(in);
      case STMT_PREPARE -> prepared.prepare(in.readRestAsSql());
      case STMT_CLOSE -> prepared.close(in.readInt());
      case STMT_RESET -> prepared.reset(in.readInt());
      case STMT_SEND_LONG_DATA -> prepared.sendLongData(in);
      case STMT_FETCH -> prepared.fetch(in);
      case PING -> reply.ok(session, 0, 0, 0, "");
      case INIT_DB -> {
        session.currentSchema(in.readRestAsString());
        reply.ok(session, 0, 0, 0, "");
      }
      case FIELD_LIST -> fieldList(in);
      case STATISTICS -> statistics();
      case PROCESS_KILL -> {
        session.services().sessions().kill(in.readInt() & 0xffffffffL, true);
        reply.ok(session, 0, 0, 0, "");
      }
      case SET_OPTION -> {
        multiStatements = in.readShort() == 0;
        reply.eof(session, 0);
      }
      case RESET_CONNECTION -> {
        prepared.clear();
        session.reset();
        reply.ok(session, 0, 0, 0, "");
      }
      case CHANGE_USER -> changeUser(in);
      case DEBUG -> reply.eof(session, 0);
      default -> throw SqlError.UNKNOWN_COM.with();
    }
  }

  /** When it fails, the connection ends: it belongs to nobody. */
  private void changeUser(PacketReader in) throws PacketChannel.Closed {
    prepared.clear();
    ended = true;
    welcome(handshake.changeUser(in));
    ended = false;
  }

  private void query(String text) {
    List<String> statements = StatementSplitter.split(text, ParserOptions.of(session).lexer());
    if (statements.size() > 1 && !multiStatements) {
      statements = List.of(text); // the parser complains about what follows the first semicolon
    }
    if (statements.isEmpty()) {
      throw SqlError.EMPTY_QUERY.with();
    }
    for (int i = 0; i < statements.size(); i++) {
      ResultWriter writer = new ResultWriter(reply, session, new TextRowWriter());
      runner.run(statements.get(i), writer);
      writer.finish(i + 1 < statements.size() ? ReplyWriter.MORE_RESULTS : 0);
    }
  }

  private void fieldList(PacketReader in) {
    String table = in.readNulTerminated();
    String schema = session.currentSchema();
    if (schema == null) {
      throw SqlError.NO_DB.with();
    }
    TableDef definition = session.services().engine().catalog().table(schema, table);
    if (definition == null) {
      throw SqlError.NO_SUCH_TABLE.with(schema, table);
    }
    for (ColumnDef column : definition.columns()) {
      reply.column(
          new ResultColumn(schema, table, table, column.name(), column.name(), column.type(), 0),
          true);
    }
    reply.eof(session, 0);
  }

  private void statistics() {
    List<ProcessInfo> processes = session.services().sessions().processes();
    String text =
        "Uptime: " + session.services().uptimeSeconds() + "  Threads: " + processes.size();
    reply.out().begin().writeRest(text).end();
  }
}
