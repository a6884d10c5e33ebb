package io.polarj.sql.parse;

import io.polarj.sql.error.SqlException;
import io.polarj.sql.parse.generated.ParseException;
import io.polarj.sql.parse.generated.SqlParserImpl;
import org.apache.calcite.avatica.util.Casing;
import org.apache.calcite.runtime.CalciteContextException;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.validate.SqlConformanceEnum;

/** The generated parser over what is left of a statement's tokens. One use. */
final class GeneratedParser {
  private static final int NAME_LENGTH = 1 << 16;
  private final TokenStream in;
  private final SqlParserImpl parser;

  GeneratedParser(TokenStream in, ParserOptions options) {
    this.in = in;
    this.parser = new SqlParserImpl(new MySqlTokenSource(in, options.pipesAsConcat()));
    parser.setUnquotedCasing(Casing.UNCHANGED);
    parser.setQuotedCasing(Casing.UNCHANGED);
    parser.setIdentifierMaxLength(NAME_LENGTH);
    parser.setConformance(SqlConformanceEnum.LENIENT);
    parser.setOriginalSql(in.source());
  }

  private interface Production {
    SqlNode parse() throws ParseException;
  }

  SqlNode statement() {
    return parse(parser::SqlStmtEof);
  }

  SqlNode expression() {
    return parse(parser::SqlExpressionEof);
  }

  private SqlNode parse(Production production) {
    try {
      return production.parse();
    } catch (ParseException e) {
      // What the grammar's own code refuses is what it read last.
      throw error((e.currentToken == null ? parser.getToken(1) : e.currentToken.next).beginColumn);
    } catch (CalciteContextException e) {
      throw error(e.getPosColumn());
    }
  }

  private SqlException error(int column) {
    return in.syntaxError(Math.max(0, column - 1));
  }
}
