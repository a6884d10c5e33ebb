package io.polarj.sql.parse;

import io.polarj.sql.ast.Expression;
import io.polarj.sql.ast.Statement;
import io.polarj.sql.error.SqlError;

/** Parses MySQL's SQL. Throws {@code SqlError.PARSE} with MySQL's text. Stateless. */
public final class MySqlParser {
  private MySqlParser() {}

  /** One statement, a query, DML, DDL or EXPLAIN; {@code sqlMode} gives ANSI_QUOTES and so on. */
  public static Statement parse(String sql) {
    throw SqlError.NOT_SUPPORTED_YET.with(sql);
  }

  /** A scalar expression alone, as on the right side of SET. */
  public static Expression parseExpression(String sql) {
    throw SqlError.NOT_SUPPORTED_YET.with(sql);
  }
}
