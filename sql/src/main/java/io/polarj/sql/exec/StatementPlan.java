package io.polarj.sql.exec;

import io.polarj.engine.schema.TableDef;
import io.polarj.sql.exec.operator.Execution;
import io.polarj.sql.result.ResultColumn;
import io.polarj.sql.result.ResultSink;
import java.util.List;

/**
 * A statement ready to run, under one version of the catalog. Immutable and shared by sessions
 * through the plan cache.
 */
interface StatementPlan {
  /** What every plan knows. {@code tables} are opened in this order for an execution. */
  record Basis(long catalogVersion, List<TableDef> tables, boolean cacheable) {}

  Basis basis();

  /** Whether it changes rows, or locks them. */
  boolean writes();

  /** Columns of its result; empty for a statement that answers with OK. */
  List<ResultColumn> columns();

  void run(Execution execution, ResultSink sink);
}
