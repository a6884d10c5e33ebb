package io.polarj.sql.exec.operator;

import io.polarj.engine.api.Table;
import io.polarj.engine.api.Transaction;
import io.polarj.sql.expr.EvalContext;
import io.polarj.sql.session.SessionContext;

/**
 * One run of a plan: its parameters, opened tables, outer rows, and what its operators keep for the
 * whole run (results of subqueries). One thread at a time.
 */
public final class Execution extends EvalContext {
  /** The row of expressions that read none. */
  public static final Object[] NO_ROW = new Object[0];

  private static final int INTERRUPT_CHECK_MASK = 0xff;

  private final Transaction transaction;
  private final Table[] tables;
  private Object[] slots = NO_ROW;
  private int ticks;

  public Execution(
      Object[] parameters, SessionContext session, Transaction transaction, Table[] tables) {
    super(parameters, session);
    this.transaction = transaction;
    this.tables = tables;
  }

  public Transaction transaction() {
    return transaction;
  }

  /** The table with that ordinal in the plan's list. */
  public Table table(int ordinal) {
    return tables[ordinal];
  }

  /** Called once per row by operators that read many; notices KILL. */
  void tick() {
    if ((++ticks & INTERRUPT_CHECK_MASK) == 0) {
      session().checkInterrupted();
    }
  }

  Object slot(int number) {
    return number < slots.length ? slots[number] : null;
  }

  void slot(int number, Object value) {
    if (number >= slots.length) {
      slots = java.util.Arrays.copyOf(slots, number + 4);
    }
    slots[number] = value;
  }
}
