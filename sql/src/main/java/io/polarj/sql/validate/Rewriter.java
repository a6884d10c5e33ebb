package io.polarj.sql.validate;

import io.polarj.sql.ast.MySqlOperators;
import io.polarj.sql.error.SqlError;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlHint;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOrderBy;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlWith;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.util.SqlShuttle;

/**
 * Copies a parsed tree into what the validator knows, and may change: orderings and limits are
 * clauses of SELECT, VALUES is a UNION ALL, locks are gone. The parsed tree stays as it is.
 */
final class Rewriter extends SqlShuttle {
  @Override
  public SqlNode visit(SqlIdentifier id) {
    return id.clone(id.getParserPosition());
  }

  @Override
  public SqlNode visit(SqlNodeList list) {
    List<SqlNode> copies = new ArrayList<>(list.size());
    for (SqlNode item : list) {
      copies.add(item == null ? null : item.accept(this));
    }
    return SqlNodeList.of(list.getParserPosition(), copies);
  }

  @Override
  public SqlNode visit(SqlCall call) {
    if (call.getOperator() == MySqlOperators.LOCKED) {
      return call.operand(0).accept(this);
    }
    if (call instanceof SqlHint) {
      return call;
    }
    if (call instanceof SqlOrderBy node) {
      SqlNodeList keys = (SqlNodeList) node.orderList.accept(this);
      return ordered(node.query.accept(this), keys, node.offset, node.fetch);
    }
    CallCopyingArgHandler copy = new CallCopyingArgHandler(call, true);
    call.getOperator().acceptCall(this, call, false, copy);
    SqlNode result = copy.result();
    if (result instanceof SqlSelect select && select.getFrom() != null) {
      requireName(select.getFrom());
    } else if (result instanceof SqlJoin join) {
      requireName(join.getLeft());
      requireName(join.getRight());
    }
    return result.getKind() == SqlKind.VALUES ? values((SqlCall) result) : result;
  }

  private static void requireName(SqlNode item) {
    if (Expressions.isQuery(item)) {
      throw SqlError.UNKNOWN.with("Every derived table must have its own alias");
    }
    if (item.getKind() == SqlKind.AS) {
      SqlCall named = (SqlCall) item;
      boolean columns = named.operandCount() > 2;
      if (!Expressions.isQuery(named.operand(0))
          && (columns || !(named.operand(0) instanceof SqlIdentifier))) {
        throw SqlError.NOT_SUPPORTED_YET.with("an alias of a join, or of a table's columns");
      }
    }
  }

  private static SqlNode ordered(SqlNode query, SqlNodeList keys, SqlNode offset, SqlNode fetch) {
    SqlParserPos pos = query.getParserPosition();
    if (query instanceof SqlWith with) {
      return new SqlWith(pos, with.withList, ordered(with.body, keys, offset, fetch));
    }
    if (!(query instanceof SqlSelect select)) {
      return new OrderedRows(pos, query, keys, offset, fetch);
    }
    SqlNodeList own = select.getOrderList();
    boolean ordered = own != null && !own.isEmpty();
    boolean limited = select.getFetch() != null || select.getOffset() != null;
    if (!limited && (!ordered || keys.isEmpty())) {
      select.setOrderBy(ordered ? own : keys);
      select.setOffset(offset);
      select.setFetch(fetch);
      return select;
    }
    // A parenthesis with an ordering or limit of its own gives its rows as a table does.
    SqlNode table =
        SqlStdOperatorTable.AS.createCall(pos, select, new SqlIdentifier("derived", pos));
    SqlNodeList star = SqlNodeList.of(SqlIdentifier.star(pos));
    SqlSelect all = select(pos, star, table);
    all.setOrderBy(keys);
    all.setOffset(offset);
    all.setFetch(fetch);
    return all;
  }

  static SqlSelect select(SqlParserPos pos, SqlNodeList items, SqlNode from) {
    return new SqlSelect(pos, null, items, from, null, null, null, null, null, null, null, null);
  }

  private static SqlNode values(SqlCall values) {
    SqlNode rows = null;
    int columns = -1;
    int count = 0;
    for (SqlNode item : values.getOperandList()) {
      List<SqlNode> row = ((SqlCall) item).getOperandList();
      count++;
      if (columns >= 0 && columns != row.size()) {
        throw SqlError.WRONG_VALUE_COUNT_ON_ROW.with(count);
      }
      columns = row.size();
      SqlParserPos pos = item.getParserPosition();
      List<SqlNode> items = new ArrayList<>();
      for (int i = 0; i < columns; i++) {
        SqlIdentifier name = new SqlIdentifier("column_" + i, pos);
        items.add(SqlStdOperatorTable.AS.createCall(pos, row.get(i), name));
      }
      SqlNode select = select(pos, new SqlNodeList(items, pos), null);
      rows = rows == null ? select : SqlStdOperatorTable.UNION_ALL.createCall(pos, rows, select);
    }
    return rows;
  }
}
