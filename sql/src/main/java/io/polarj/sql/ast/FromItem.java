package io.polarj.sql.ast;

import java.util.List;

/** What stands in FROM. */
public sealed interface FromItem {
  /** {@code alias} null when not given. */
  record Table(TableName name, String alias) implements FromItem {}

  record Derived(Query query, String alias, List<String> columns) implements FromItem {}

  /** How rows of both sides combine. */
  enum JoinKind {
    INNER,
    LEFT,
    RIGHT
  }

  /** {@code on} and {@code using} are null when absent; {@code natural} joins common columns. */
  record Join(
      JoinKind kind,
      boolean natural,
      FromItem left,
      FromItem right,
      Expression on,
      List<String> using)
      implements FromItem {}
}
