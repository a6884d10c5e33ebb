package io.polarj.sql.ast;

import io.polarj.engine.api.LockMode;
import io.polarj.engine.api.LockWait;
import org.apache.calcite.sql.SqlBinaryOperator;
import org.apache.calcite.sql.SqlHint;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlPrefixOperator;
import org.apache.calcite.sql.SqlSpecialOperator;
import org.apache.calcite.sql.parser.SqlParserPos;

/** The operators of parsed trees that Calcite does not have. The binder knows them by name. */
public final class MySqlOperators {
  /** Of no meaning: the grammar says what binds tighter. */
  private static final int PRECEDENCE = 40;

  public static final SqlBinaryOperator XOR = binary("XOR");
  public static final SqlBinaryOperator REGEXP = binary("REGEXP");
  public static final SqlBinaryOperator NOT_REGEXP = binary("NOT REGEXP");
  public static final SqlBinaryOperator BIT_OR = binary("|");
  public static final SqlBinaryOperator BIT_AND = binary("&");
  public static final SqlBinaryOperator LEFT_SHIFT = binary("<<");
  public static final SqlBinaryOperator RIGHT_SHIFT = binary(">>");
  public static final SqlBinaryOperator DIV = binary("DIV");
  public static final SqlBinaryOperator BIT_XOR = binary("^");
  public static final SqlPrefixOperator BIT_NOT = prefix("~");
  public static final SqlPrefixOperator BINARY = prefix("BINARY");
  public static final SqlBinaryOperator COLLATE = binary("COLLATE");

  /** {@code ||} when sql_mode makes it a concatenation. */
  public static final SqlBinaryOperator PIPES_CONCAT = binary("||");

  public static final SqlBinaryOperator JSON_ARROW = binary("->");
  public static final SqlBinaryOperator JSON_UNQUOTE_ARROW = binary("->>");

  /** Value and unit. */
  public static final SqlOperator INTERVAL = special("INTERVAL");

  /** VALUES(column) in ON DUPLICATE KEY UPDATE. */
  public static final SqlOperator INSERTED_VALUE = special("VALUES");

  /** DEFAULT(column). */
  public static final SqlOperator DEFAULT_OF = special("DEFAULT");

  /** The name. */
  public static final SqlOperator USER_VARIABLE = special("@");

  /** The name, perhaps with its scope and a point before it. */
  public static final SqlOperator SYSTEM_VARIABLE = special("@@");

  /** A query, {@link LockMode} and {@link LockWait}. To Calcite's grammar it is a query. */
  public static final SqlOperator LOCKED = new SqlSpecialOperator("LOCKED", SqlKind.ORDER_BY);

  private static final String CALC_FOUND_ROWS = "SQL_CALC_FOUND_ROWS";

  private MySqlOperators() {}

  private static SqlBinaryOperator binary(String name) {
    return new SqlBinaryOperator(name, SqlKind.OTHER, PRECEDENCE, true, null, null, null);
  }

  private static SqlPrefixOperator prefix(String name) {
    return new SqlPrefixOperator(name, SqlKind.OTHER, PRECEDENCE, null, null, null);
  }

  private static SqlOperator special(String name) {
    return new SqlSpecialOperator(name, SqlKind.OTHER);
  }

  public static SqlNode locked(SqlNode query, LockMode mode, LockWait wait, SqlParserPos pos) {
    return LOCKED.createCall(
        pos, query, SqlLiteral.createSymbol(mode, pos), SqlLiteral.createSymbol(wait, pos));
  }

  /** The hint of a SELECT that FOUND_ROWS() is to count without LIMIT. */
  public static SqlHint calcFoundRows(SqlParserPos pos) {
    return new SqlHint(
        pos,
        new SqlIdentifier(CALC_FOUND_ROWS, pos),
        SqlNodeList.EMPTY,
        SqlHint.HintOptionFormat.EMPTY);
  }

  public static boolean isCalcFoundRows(SqlNode hint) {
    return hint instanceof SqlHint h && h.getName().equals(CALC_FOUND_ROWS);
  }
}
