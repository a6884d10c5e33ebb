package io.polarj.sql.ast;

import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlUpdate;
import org.apache.calcite.sql.parser.SqlParserPos;

/** UPDATE; the target is what was written in the place of the table, a join too. */
public final class MySqlUpdate extends SqlUpdate {
  private final boolean ignore;
  private final SqlNodeList orderBy;
  private final SqlNode limit;

  public MySqlUpdate(
      SqlParserPos pos,
      boolean ignore,
      SqlNode table,
      SqlNodeList targets,
      SqlNodeList values,
      SqlNode where,
      SqlNodeList orderBy,
      SqlNode limit) {
    super(pos, table, targets, values, where, null, null);
    this.ignore = ignore;
    this.orderBy = orderBy == null ? SqlNodeList.EMPTY : orderBy;
    this.limit = limit;
  }

  public boolean ignore() {
    return ignore;
  }

  public SqlNodeList orderBy() {
    return orderBy;
  }

  /** Null without LIMIT. */
  public SqlNode limit() {
    return limit;
  }
}
