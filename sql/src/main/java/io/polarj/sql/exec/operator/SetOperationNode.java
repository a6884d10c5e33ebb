package io.polarj.sql.exec.operator;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** UNION, EXCEPT and INTERSECT of inputs with the same fields. */
public record SetOperationNode(
    Kind kind, boolean all, List<PlanNode> inputs, int[] fields, ValueOrder[] orders)
    implements PlanNode {
  /** Which rows are kept. */
  public enum Kind {
    UNION,
    EXCEPT,
    INTERSECT
  }

  @Override
  public RowSource open(Execution execution) {
    if (kind == Kind.UNION) {
      return new Union(execution);
    }
    Map<Object, Integer> counts = counts(inputs.get(1), execution);
    for (int i = 2; i < inputs.size(); i++) {
      Map<Object, Integer> more = counts(inputs.get(i), execution);
      if (kind == Kind.EXCEPT) {
        more.forEach((key, count) -> counts.merge(key, count, Integer::sum));
      } else {
        counts.replaceAll((key, count) -> Math.min(count, more.getOrDefault(key, 0)));
      }
    }
    RowSource rows = inputs.get(0).open(execution);
    Set<Object> seen = new HashSet<>();
    return new RowSource() {
      @Override
      public Object[] next() {
        for (Object[] row = rows.next(); row != null; row = rows.next()) {
          execution.tick();
          if (kept(HashKey.of(row, fields, orders))) {
            return row;
          }
        }
        return null;
      }

      private boolean kept(Object key) {
        int count = counts.getOrDefault(key, 0);
        if (all) {
          counts.computeIfPresent(key, (k, c) -> c - 1);
          return kind == Kind.EXCEPT ? count <= 0 : count > 0;
        }
        return (kind == Kind.EXCEPT ? count == 0 : count > 0) && seen.add(key);
      }

      @Override
      public void close() {
        rows.close();
      }
    };
  }

  private Map<Object, Integer> counts(PlanNode input, Execution execution) {
    Map<Object, Integer> counts = new HashMap<>();
    try (RowSource rows = input.open(execution)) {
      for (Object[] row = rows.next(); row != null; row = rows.next()) {
        execution.tick();
        counts.merge(HashKey.of(row, fields, orders), 1, Integer::sum);
      }
    }
    return counts;
  }

  @Override
  public String label() {
    return kind + (all ? " ALL" : "");
  }

  @Override
  public double estimatedRows() {
    return inputs.stream().mapToDouble(PlanNode::estimatedRows).sum();
  }

  private final class Union implements RowSource {
    private final Execution execution;
    private final Set<Object> seen = all ? null : new HashSet<>();
    private RowSource rows = RowSource.EMPTY;
    private int input;

    Union(Execution execution) {
      this.execution = execution;
    }

    @Override
    public Object[] next() {
      while (true) {
        Object[] row = rows.next();
        if (row == null) {
          rows.close();
          rows = RowSource.EMPTY;
          if (input == inputs.size()) {
            return null;
          }
          rows = inputs.get(input++).open(execution);
          continue;
        }
        if (seen == null || seen.add(HashKey.of(row, fields, orders))) {
          return row;
        }
        execution.tick();
      }
    }

    @Override
    public void close() {
      rows.close();
    }
  }
}
