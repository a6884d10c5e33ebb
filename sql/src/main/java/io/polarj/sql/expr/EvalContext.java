package io.polarj.sql.expr;

import io.polarj.sql.session.SessionContext;
import java.util.Arrays;

/** What expressions see besides their row. One per running statement; one thread at a time. */
public class EvalContext {
  private static final Object[] NONE = new Object[0];
  private final Object[] parameters;
  private final SessionContext session;
  private Object[][] outerRows = new Object[0][];

  public EvalContext(Object[] parameters, SessionContext session) {
    this.parameters = parameters == null ? NONE : parameters;
    this.session = session;
  }

  public Object parameter(int index) {
    return parameters[index];
  }

  public SessionContext session() {
    return session;
  }

  /** The current row of the correlation variable with that id ({@code CorrelationId.getId()}). */
  public Object[] outerRow(int correlationId) {
    return outerRows[correlationId];
  }

  /** Set by the operator that runs a correlated input, before each run. */
  public void outerRow(int correlationId, Object[] row) {
    if (correlationId >= outerRows.length) {
      outerRows = Arrays.copyOf(outerRows, correlationId + 4);
    }
    outerRows[correlationId] = row;
  }
}
