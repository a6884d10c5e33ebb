package io.polarj.sql.exec;

import io.polarj.engine.schema.TableDef;
import io.polarj.sql.ast.Statement.InsertMode;
import io.polarj.sql.expr.Expr;

/**
 * The table that rows are inserted into and what happens on the way: an expression per column for
 * its default (null: none), the AUTO_INCREMENT column (-1: none), and what to do about a duplicate
 * key ({@code onDuplicate} may be null).
 */
record InsertTarget(
    TableDef table, InsertMode mode, Expr[] defaults, int autoIncrement, RowChange onDuplicate) {
  boolean ignore() {
    return mode == InsertMode.IGNORE;
  }
}
