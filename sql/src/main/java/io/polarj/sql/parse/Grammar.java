package io.polarj.sql.parse;

import io.polarj.sql.ast.TableName;

/** The parts of the recursive-descent parser of one statement, which call each other. */
final class Grammar {
  final TokenStream in;
  final ParserOptions options;
  final TypeParser types;
  final ExpressionParser expressions;
  final FunctionParser functions;
  final QueryParser queries;
  final DmlParser dml;
  final DdlParser ddl;

  Grammar(String sql, ParserOptions options) {
    this.in = new TokenStream(sql, options.lexer());
    this.options = options;
    this.types = new TypeParser(in);
    this.expressions = new ExpressionParser(this);
    this.functions = new FunctionParser(this);
    this.queries = new QueryParser(this);
    this.dml = new DmlParser(this);
    this.ddl = new DdlParser(this);
  }

  TableName tableName() {
    String first = in.name();
    if (in.acceptOperator(".")) {
      return new TableName(first, in.nameAfterPoint());
    }
    return new TableName(null, first);
  }
}
