package io.polarj.sql.parse;

import io.polarj.sql.ast.Statement;
import io.polarj.sql.error.SqlException;
import io.polarj.sql.lex.DigestedStatement;
import org.apache.calcite.sql.SqlNode;

/**
 * Parses MySQL's SQL: queries and changes of rows with Calcite's grammar, definitions by hand.
 * Throws {@code SqlError.PARSE} with MySQL's text. Stateless.
 */
public final class MySqlParser {
  private MySqlParser() {}

  /** A statement and how many {@code ?} it has. */
  public record Parsed(Statement statement, int parameterCount) {}

  /** One statement: a query, DML, DDL or EXPLAIN. */
  public static Statement parse(String sql) {
    return parse(sql, ParserOptions.DEFAULT).statement();
  }

  public static Parsed parse(String sql, ParserOptions options) {
    TokenStream in = new TokenStream(sql, options.lexer());
    return new Parsed(statement(in, options), in.parameters());
  }

  /** The digest of {@code original}; an error quotes the original. */
  public static Parsed parse(DigestedStatement digest, String original, ParserOptions options) {
    try {
      return parse(digest.text(), options);
    } catch (SqlException e) {
      parse(original, options);
      throw e;
    }
  }

  /** A scalar expression alone, as on the right side of SET. */
  public static SqlNode parseExpression(String sql, ParserOptions options) {
    return new GeneratedParser(new TokenStream(sql, options.lexer()), options).expression();
  }

  public static SqlNode parseExpression(String sql) {
    return parseExpression(sql, ParserOptions.DEFAULT);
  }

  private static Statement statement(TokenStream in, ParserOptions options) {
    return switch (in.peek().upper()) {
      case "SELECT", "WITH", "VALUES", "(" ->
          new Statement.Query(new GeneratedParser(in, options).statement());
      case "INSERT", "REPLACE", "UPDATE", "DELETE" ->
          new Statement.Dml(new GeneratedParser(in, options).statement());
      case "EXPLAIN", "DESCRIBE", "DESC" -> explain(in, options);
      default -> definition(in);
    };
  }

  private static Statement definition(TokenStream in) {
    Statement statement = new DdlParser(in).statement();
    in.acceptOperator(";");
    if (!in.atEnd()) {
      throw in.error();
    }
    return statement;
  }

  private static Statement explain(TokenStream in, ParserOptions options) {
    in.next();
    boolean analyze = in.accept("ANALYZE");
    String format = "TRADITIONAL";
    if (in.accept("FORMAT")) {
      in.expectOperator("=");
      format = in.nameAfterPoint().toUpperCase(java.util.Locale.ROOT);
    } else {
      in.acceptAny("EXTENDED", "PARTITIONS");
    }
    Statement statement = statement(in, options);
    if (statement instanceof Statement.Ddl) {
      throw in.error();
    }
    return new Statement.Explain(statement, format, analyze);
  }
}
