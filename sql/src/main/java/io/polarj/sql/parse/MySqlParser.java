package io.polarj.sql.parse;

import io.polarj.sql.ast.Expression;
import io.polarj.sql.ast.Query;
import io.polarj.sql.ast.Statement;
import io.polarj.sql.error.SqlException;
import io.polarj.sql.lex.DigestedStatement;

/** Parses MySQL's SQL. Throws {@code SqlError.PARSE} with MySQL's text. Stateless. */
public final class MySqlParser {
  private MySqlParser() {}

  /** A statement and how many {@code ?} it has. */
  public record Parsed(Statement statement, int parameterCount) {}

  /** One statement: a query, DML, DDL or EXPLAIN. */
  public static Statement parse(String sql) {
    return parse(sql, ParserOptions.DEFAULT).statement();
  }

  public static Parsed parse(String sql, ParserOptions options) {
    Grammar grammar = new Grammar(sql, options);
    Statement statement = statement(grammar);
    grammar.in.acceptOperator(";");
    if (!grammar.in.atEnd()) {
      throw grammar.in.error();
    }
    return new Parsed(statement, grammar.in.parameters());
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
  public static Expression parseExpression(String sql, ParserOptions options) {
    Grammar grammar = new Grammar(sql, options);
    Expression expression = grammar.expressions.expression();
    if (!grammar.in.atEnd()) {
      throw grammar.in.error();
    }
    return expression;
  }

  public static Expression parseExpression(String sql) {
    return parseExpression(sql, ParserOptions.DEFAULT);
  }

  static Statement statement(Grammar grammar) {
    TokenStream in = grammar.in;
    return switch (in.peek().upper()) {
      case "SELECT", "WITH", "VALUES", "(" -> {
        Query query = grammar.queries.query();
        yield new Statement.QueryStatement(query);
      }
      case "INSERT", "REPLACE" -> grammar.dml.insert();
      case "UPDATE" -> grammar.dml.update();
      case "DELETE" -> grammar.dml.delete();
      case "EXPLAIN", "DESCRIBE", "DESC" -> explain(grammar);
      default -> grammar.ddl.statement();
    };
  }

  private static Statement explain(Grammar grammar) {
    TokenStream in = grammar.in;
    in.next();
    boolean analyze = in.accept("ANALYZE");
    String format = "TRADITIONAL";
    if (in.accept("FORMAT")) {
      in.expectOperator("=");
      format = in.nameAfterPoint().toUpperCase(java.util.Locale.ROOT);
    } else if (in.acceptAny("EXTENDED", "PARTITIONS") != null) {
      format = "TRADITIONAL";
    }
    Statement statement = statement(grammar);
    if (statement instanceof Statement.Ddl) {
      throw in.error();
    }
    return new Statement.Explain(statement, format, analyze);
  }
}
