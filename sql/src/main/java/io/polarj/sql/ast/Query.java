package io.polarj.sql.ast;

import java.util.List;

/** A query expression. {@code limit}/{@code offset}, {@code lock} are null when absent. */
public sealed interface Query {
  List<OrderItem> orderBy();

  Expression limit();

  Expression offset();

  LockClause lock();

  /** {@code from} null: no FROM (or DUAL). */
  record Select(
      boolean distinct,
      boolean calcFoundRows,
      List<SelectItem> items,
      FromItem from,
      Expression where,
      List<Expression> groupBy,
      boolean rollup,
      Expression having,
      List<OrderItem> orderBy,
      Expression limit,
      Expression offset,
      LockClause lock)
      implements Query {}

  /** UNION, EXCEPT, INTERSECT. */
  enum SetKind {
    UNION,
    EXCEPT,
    INTERSECT
  }

  record SetOperation(
      SetKind kind,
      boolean all,
      Query left,
      Query right,
      List<OrderItem> orderBy,
      Expression limit,
      Expression offset,
      LockClause lock)
      implements Query {}

  /** VALUES ROW(...), ROW(...). */
  record Values(
      List<List<Expression>> rows, List<OrderItem> orderBy, Expression limit, Expression offset)
      implements Query {
    @Override
    public LockClause lock() {
      return null;
    }
  }

  /** WITH name (columns) AS (query). */
  record With(List<CommonTable> tables, Query body) implements Query {
    @Override
    public List<OrderItem> orderBy() {
      return body.orderBy();
    }

    @Override
    public Expression limit() {
      return body.limit();
    }

    @Override
    public Expression offset() {
      return body.offset();
    }

    @Override
    public LockClause lock() {
      return body.lock();
    }
  }

  record CommonTable(String name, List<String> columns, Query query) {}
}
