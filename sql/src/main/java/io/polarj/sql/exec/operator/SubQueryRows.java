package io.polarj.sql.exec.operator;

import io.polarj.sql.error.SqlError;
import io.polarj.sql.expr.EvalContext;
import io.polarj.sql.expr.Expr;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Runs a subquery for a row. What is made of its rows is kept for the run of the statement: once
 * for a subquery without outer fields, else for each combination of their values (of the last
 * {@value #REMEMBERED}). {@code own} are the correlation variables that this row sets, {@code read}
 * the pairs of variable and field that the subquery looks at, those of rows further out among them.
 */
public record SubQueryRows(PlanNode node, int slot, int[] own, int[][] read) {
  private static final int REMEMBERED = 4096;

  private static final class Memo extends LinkedHashMap<Object, Object> {
    private static final long serialVersionUID = 1L;

    Memo() {
      super(16, 0.75f, true);
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<Object, Object> eldest) {
      return size() > REMEMBERED;
    }
  }

  private static final Object NULL = new Object();

  /** What {@code reduce} makes of the subquery's rows for this row; null is remembered too. */
  Object value(Object[] row, EvalContext context, Function<RowSource, Object> reduce) {
    Execution execution = (Execution) context;
    for (int id : own) {
      execution.outerRow(id, row);
    }
    if (read.length == 0) {
      Object known = execution.slot(slot);
      if (known == null) {
        known = run(execution, reduce);
        execution.slot(slot, known);
      }
      return known == NULL ? null : known;
    }
    Memo memo = (Memo) execution.slot(slot);
    if (memo == null) {
      memo = new Memo();
      execution.slot(slot, memo);
    }
    List<Object> key = new ArrayList<>(read.length);
    for (int[] field : read) {
      Object value = execution.outerRow(field[0])[field[1]];
      key.add(value instanceof byte[] bytes ? java.nio.ByteBuffer.wrap(bytes) : value);
    }
    Object known = memo.get(key);
    if (known == null) {
      known = run(execution, reduce);
      memo.put(key, known);
    }
    return known == NULL ? null : known;
  }

  private Object run(Execution execution, Function<RowSource, Object> reduce) {
    try (RowSource rows = node.open(execution)) {
      Object result = reduce.apply(rows);
      return result == null ? NULL : result;
    }
  }

  /** The only value of the only row; NULL without a row. */
  public Expr scalar() {
    return (row, context) ->
        value(
            row,
            context,
            rows -> {
              Object[] first = rows.next();
              if (first == null) {
                return null;
              }
              if (rows.next() != null) {
                throw SqlError.SUBQUERY_NO_1_ROW.with();
              }
              return first[0];
            });
  }

  /** Whether there is a row. */
  public Expr exists() {
    return (row, context) -> value(row, context, rows -> rows.next() != null ? 1L : 0L);
  }

  /** The values of the rows, to be looked through with a comparison. */
  public Expr quantified(List<Expr> operands, Expr comparison, boolean all) {
    return (row, context) -> {
      @SuppressWarnings("unchecked")
      List<Object[]> rows = (List<Object[]>) value(row, context, SubQueryRows::list);
      int width = operands.size();
      Object[] pair = new Object[width * 2];
      for (int i = 0; i < width; i++) {
        pair[i] = operands.get(i).eval(row, context);
      }
      boolean unknown = false;
      for (Object[] candidate : rows) {
        System.arraycopy(candidate, 0, pair, width, width);
        Object result = comparison.eval(pair, context);
        if (result == null) {
          unknown = true;
        } else if (((Long) result != 0) != all) {
          return all ? 0L : 1L;
        }
      }
      return unknown ? null : (Object) (all ? 1L : 0L);
    };
  }

  private static List<Object[]> list(RowSource rows) {
    List<Object[]> all = new ArrayList<>();
    for (Object[] row = rows.next(); row != null; row = rows.next()) {
      all.add(row);
    }
    return all;
  }

  /** {@code IN} by a hash table of the rows. */
  public Expr in(List<Expr> operands, ValueOrder[] orders) {
    return (row, context) -> {
      KeySet keys = (KeySet) value(row, context, rows -> KeySet.of(rows, orders));
      return keys.contains(values(operands, row, context), orders);
    };
  }

  static Object[] values(List<Expr> expressions, Object[] row, EvalContext context) {
    Object[] values = new Object[expressions.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = expressions.get(i).eval(row, context);
    }
    return values;
  }

  /**
   * EXISTS and IN of a subquery whose outer fields only stand in equalities: its rows (the keys of
   * those equalities first, then the values of IN) are read once and grouped by key. {@code keys}
   * are expressions over this row; without {@code operands} it is EXISTS.
   */
  public Expr grouped(
      List<Expr> keys, ValueOrder[] keyOrders, List<Expr> operands, ValueOrder[] orders) {
    return (row, context) -> {
      @SuppressWarnings("unchecked")
      Map<Object, KeySet> groups =
          (Map<Object, KeySet>) value(row, context, rows -> KeySet.groups(rows, keyOrders, orders));
      Object key = KeySet.key(values(keys, row, context), 0, keyOrders);
      KeySet group = key == null ? null : groups.get(key);
      if (operands.isEmpty() || group == null) {
        return group == null ? 0L : 1L;
      }
      return group.contains(values(operands, row, context), orders);
    };
  }
}
