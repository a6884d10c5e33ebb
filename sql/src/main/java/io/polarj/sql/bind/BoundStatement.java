package io.polarj.sql.bind;

import io.polarj.sql.validate.PolarTable;
import java.util.List;

/**
 * A statement whose names are resolved and whose expressions are typed. Immutable; can be cached.
 */
public sealed interface BoundStatement permits BoundQuery, BoundInsert, BoundUpdate, BoundDelete {
  int parameterCount();

  /** Tables that are read or written, virtual ones included. */
  List<PolarTable> tables();

  /** False when the plan depends on values of the session, such as types of user variables. */
  boolean cacheable();
}
