package io.polarj.sql.protocol;

import io.polarj.engine.schema.ColumnType;
import io.polarj.sql.result.ResultColumn;
import io.polarj.sql.session.Session;

/** OK, EOF, ERR and column definition packets. Owned by the connection's thread. */
final class ReplyWriter {
  private static final int IN_TRANSACTION = 1;
  private static final int AUTOCOMMIT = 2;
  static final int MORE_RESULTS = 8;
  static final int CURSOR_EXISTS = 64;
  static final int LAST_ROW_SENT = 128;

  private final PacketWriter out;
  private final int capabilities;

  ReplyWriter(PacketWriter out, int capabilities) {
    this.out = out;
    this.capabilities = capabilities;
  }

  PacketWriter out() {
    return out;
  }

  boolean deprecatesEof() {
    return (capabilities & Capabilities.DEPRECATE_EOF) != 0;
  }

  static int status(Session session, int extra) {
    return (session.inTransaction() ? IN_TRANSACTION : 0)
        | (session.autocommit() ? AUTOCOMMIT : 0)
        | extra;
  }

  void ok(Session session, long affected, long lastInsertId, int extraStatus, String info) {
    out.begin().writeByte(0).writeLengthEncoded(affected).writeLengthEncoded(lastInsertId);
    out.writeShort(status(session, extraStatus));
    out.writeShort(Math.min(session.warningCount(), 0xffff));
    if (!info.isEmpty()) {
      // real servers send its length, whatever the protocol's description says, and clients rely on
      // it
      out.writeLengthEncoded(info);
    }
    out.end();
  }

  /** The end of a list of columns or parameters, for clients that still expect one. */
  void endOfDefinitions(Session session, int extraStatus) {
    if (!deprecatesEof()) {
      eof(session, extraStatus);
    }
  }

  /** The end of a result's rows. */
  void endOfRows(Session session, int extraStatus) {
    if (deprecatesEof()) {
      out.begin().writeByte(0xfe).writeLengthEncoded(0).writeLengthEncoded(0);
      out.writeShort(status(session, extraStatus));
      out.writeShort(Math.min(session.warningCount(), 0xffff));
      out.end();
    } else {
      eof(session, extraStatus);
    }
  }

  void eof(Session session, int extraStatus) {
    out.begin().writeByte(0xfe).writeShort(Math.min(session.warningCount(), 0xffff));
    out.writeShort(status(session, extraStatus)).end();
  }

  void error(int code, String sqlState, String message) {
    out.begin().writeByte(0xff).writeShort(code);
    out.writeRest("#" + sqlState).writeRest(message).end();
  }

  void column(ResultColumn column) {
    column(column, false);
  }

  /** {@code withDefault}: as COM_FIELD_LIST wants it. */
  void column(ResultColumn column, boolean withDefault) {
    ColumnType type = column.type();
    out.begin().writeLengthEncoded("def");
    out.writeLengthEncoded(column.schema()).writeLengthEncoded(column.table());
    out.writeLengthEncoded(column.originalTable()).writeLengthEncoded(column.name());
    out.writeLengthEncoded(column.originalName());
    out.writeByte(0x0c).writeShort(FieldType.charset(type));
    out.writeInt((int) FieldType.displayBytes(type));
    out.writeByte(FieldType.of(type.kind())).writeShort(FieldType.flags(column));
    out.writeByte(FieldType.decimals(type)).writeZeros(2);
    if (withDefault) {
      out.writeByte(0xfb);
    }
    out.end();
  }
}
