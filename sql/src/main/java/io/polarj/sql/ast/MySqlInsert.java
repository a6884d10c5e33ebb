package io.polarj.sql.ast;

import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlInsert;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.parser.SqlParserPos;

/**
 * INSERT and REPLACE. The source is a query, or VALUES of rows in which a call of DEFAULT stands
 * for the column's default. Without a list of columns all of the table are meant.
 */
public final class MySqlInsert extends SqlInsert {
  private final Statement.InsertMode mode;
  private final SqlIdentifier rowAlias;
  private final SqlNodeList duplicateTargets;
  private final SqlNodeList duplicateValues;

  public MySqlInsert(
      SqlParserPos pos,
      Statement.InsertMode mode,
      SqlIdentifier table,
      SqlNode source,
      SqlNodeList columns,
      SqlIdentifier rowAlias,
      SqlNodeList duplicateTargets,
      SqlNodeList duplicateValues) {
    super(pos, SqlNodeList.EMPTY, table, source, columns);
    this.mode = mode;
    this.rowAlias = rowAlias;
    this.duplicateTargets = duplicateTargets;
    this.duplicateValues = duplicateValues;
  }

  public Statement.InsertMode mode() {
    return mode;
  }

  /** The name of the new row in ON DUPLICATE KEY UPDATE, or null. */
  public SqlIdentifier rowAlias() {
    return rowAlias;
  }

  /** The columns that ON DUPLICATE KEY UPDATE sets; empty without one. */
  public SqlNodeList duplicateTargets() {
    return duplicateTargets;
  }

  /** What it sets them to, in the same order. */
  public SqlNodeList duplicateValues() {
    return duplicateValues;
  }
}
