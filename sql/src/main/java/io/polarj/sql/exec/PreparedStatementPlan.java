package io.polarj.sql.exec;

import io.polarj.sql.ast.Statement;
import io.polarj.sql.result.ResultColumn;
import java.util.List;

/** A prepared statement with the plan it ran with last. One session's, one thread at a time. */
final class PreparedStatementPlan implements PreparedPlan {
  private final String sql;
  private final Statement statement;
  private final int parameterCount;
  private final List<ResultColumn> columns;
  private StatementPlan plan;
  private String planKey;
  private Class<?>[] classes;

  PreparedStatementPlan(
      String sql, Statement statement, int parameterCount, List<ResultColumn> columns) {
    this.sql = sql;
    this.statement = statement;
    this.parameterCount = parameterCount;
    this.columns = List.copyOf(columns);
  }

  @Override
  public String sql() {
    return sql;
  }

  Statement statement() {
    return statement;
  }

  @Override
  public int parameterCount() {
    return parameterCount;
  }

  @Override
  public List<ResultColumn> columns() {
    return columns;
  }

  /** Whether it is a query or DML. */
  boolean planned() {
    return statement instanceof Statement.Query || statement instanceof Statement.Dml;
  }

  /** The last plan if it still holds for these values, else null. */
  StatementPlan current(long catalogVersion, String sessionKey, Object[] parameters) {
    return plan != null
            && plan.basis().cacheable()
            && plan.basis().catalogVersion() == catalogVersion
            && planKey.equals(sessionKey)
            && PlanKey.same(classes, parameters)
        ? plan
        : null;
  }

  void current(StatementPlan newPlan, String sessionKey, Class<?>[] newClasses) {
    plan = newPlan;
    planKey = sessionKey;
    classes = newClasses;
  }
}
