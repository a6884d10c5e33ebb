package io.polarj.sql.exec;

import io.polarj.sql.result.ResultColumn;
import java.util.List;

/**
 * A prepared statement, of one session. It holds its plan and plans anew by itself when the catalog
 * or the session's schema or sql_mode has changed. One thread at a time.
 */
public interface PreparedPlan {
  /** The statement's text as it was given. */
  String sql();

  /** How many {@code ?} it has. */
  int parameterCount();

  /** The result's columns; empty for a statement that answers with OK. */
  List<ResultColumn> columns();
}
