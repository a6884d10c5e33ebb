package io.polarj.sql.exec.operator;

import io.polarj.sql.expr.Expr;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Builds a hash table of the right input by its keys and looks up each left row. Both inputs have
 * the join's full width; {@code right} says which places the right side fills. Without keys it is a
 * nested loop over the right rows held in memory. {@code condition} (may be null) is on the joined
 * row. The order of left rows is kept.
 */
public record HashJoinNode(
    PlanNode left,
    PlanNode right,
    Expr[] leftKeys,
    Expr[] rightKeys,
    ValueOrder[] orders,
    Segments segments,
    Expr condition,
    boolean outer,
    double estimatedRows)
    implements PlanNode {
  @Override
  public RowSource open(Execution execution) {
    return new Join(execution);
  }

  /** Null when a part is NULL: such a row equals none. */
  private static Object key(
      Object[] row, Expr[] expressions, ValueOrder[] orders, Execution execution) {
    if (expressions.length == 1) {
      return orders[0].key(expressions[0].eval(row, execution));
    }
    Object[] parts = new Object[expressions.length];
    for (int i = 0; i < parts.length; i++) {
      Object value = expressions[i].eval(row, execution);
      if (value == null) {
        return null;
      }
      parts[i] = orders[i].key(value);
    }
    return new HashKey(parts);
  }

  @Override
  public String label() {
    return (outer ? "Left " : "Inner ") + (leftKeys.length > 0 ? "hash join" : "nested loop join");
  }

  @Override
  public List<PlanNode> inputs() {
    return List.of(left, right);
  }

  private final class Join implements RowSource {
    private final Execution execution;
    private final RowSource probe;
    private Map<Object, List<Object[]>> table;
    private List<Object[]> all;
    private Object[] leftRow;
    private List<Object[]> candidates = List.of();
    private int candidate;
    private boolean matched = true;

    Join(Execution execution) {
      this.execution = execution;
      this.probe = left.open(execution);
    }

    private void build() {
      table = new HashMap<>();
      all = new ArrayList<>();
      try (RowSource rows = right.open(execution)) {
        for (Object[] row = rows.next(); row != null; row = rows.next()) {
          execution.tick();
          if (rightKeys.length == 0) {
            all.add(row);
            continue;
          }
          Object key = key(row, rightKeys, orders, execution);
          if (key != null) {
            table.computeIfAbsent(key, k -> new ArrayList<>(1)).add(row);
          }
        }
      }
    }

    private List<Object[]> candidates() {
      if (leftKeys.length == 0) {
        return all;
      }
      Object key = key(leftRow, leftKeys, orders, execution);
      return key == null ? List.of() : table.getOrDefault(key, List.of());
    }

    @Override
    public Object[] next() {
      while (true) {
        while (candidate < candidates.size()) {
          execution.tick();
          Object[] joined = segments.join(leftRow, candidates.get(candidate++));
          if (condition == null || condition.holds(joined, execution)) {
            matched = true;
            return joined;
          }
        }
        if (outer && !matched) {
          matched = true;
          return leftRow;
        }
        leftRow = probe.next();
        if (leftRow == null) {
          candidates = List.of();
          matched = true;
          return null;
        }
        if (table == null) {
          build();
        }
        matched = false;
        candidates = candidates();
        candidate = 0;
      }
    }

    @Override
    public void close() {
      probe.close();
      table = null;
      all = null;
    }
  }
}
