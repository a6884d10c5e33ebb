package io.polarj.sql.validate;

import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.parser.SqlParserPos;

/** All rows of a set operation, by an order of its columns; once validated by their ordinals. */
public final class OrderedRows extends SqlSelect {
  OrderedRows(SqlParserPos pos, SqlNode query, SqlNodeList order, SqlNode offset, SqlNode fetch) {
    super(
        pos,
        null,
        SqlNodeList.of(SqlIdentifier.star(pos)),
        query,
        null,
        null,
        null,
        null,
        order,
        offset,
        fetch,
        null);
  }

  /** The set operation. */
  public SqlNode query() {
    SqlNode from = getFrom();
    return Expressions.isQuery(from) ? from : ((SqlCall) from).operand(0);
  }
}
