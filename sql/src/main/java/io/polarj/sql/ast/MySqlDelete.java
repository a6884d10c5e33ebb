package io.polarj.sql.ast;

import org.apache.calcite.sql.SqlDelete;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.parser.SqlParserPos;

/** DELETE; the target is what was written after FROM, a join too. */
public final class MySqlDelete extends SqlDelete {
  private final boolean ignore;
  private final int targets;
  private final SqlNodeList orderBy;
  private final SqlNode limit;

  public MySqlDelete(
      SqlParserPos pos,
      boolean ignore,
      int targets,
      SqlNode table,
      SqlNode where,
      SqlNodeList orderBy,
      SqlNode limit) {
    super(pos, table, where, null, null);
    this.ignore = ignore;
    this.targets = targets;
    this.orderBy = orderBy == null ? SqlNodeList.EMPTY : orderBy;
    this.limit = limit;
  }

  public boolean ignore() {
    return ignore;
  }

  /** How many tables it deletes from. */
  public int targets() {
    return targets;
  }

  public SqlNodeList orderBy() {
    return orderBy;
  }

  /** Null without LIMIT. */
  public SqlNode limit() {
    return limit;
  }
}
