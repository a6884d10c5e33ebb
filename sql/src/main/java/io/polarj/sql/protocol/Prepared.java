package io.polarj.sql.protocol;

import io.polarj.sql.result.ResultColumn;
import io.polarj.sql.result.ResultSink;
import java.util.List;

/** A prepared statement of either kind: SQL with a plan, or a session statement such as COMMIT. */
interface Prepared {
  String sql();

  int parameterCount();

  /** Empty for a statement without a result set. */
  List<ResultColumn> columns();

  void execute(Object[] parameters, ResultSink sink);
}
