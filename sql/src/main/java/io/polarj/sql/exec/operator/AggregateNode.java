package io.polarj.sql.exec.operator;

import io.polarj.sql.expr.Accumulator;
import io.polarj.sql.expr.Expr;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * GROUP BY by hash, groups in the order of their first rows; without group fields exactly one row.
 * A result row has the group fields and then the aggregates.
 */
public record AggregateNode(
    PlanNode input, int[] groupFields, ValueOrder[] orders, List<Call> calls, double estimatedRows)
    implements PlanNode {
  /** {@code arguments}: the input's fields it takes. {@code filter}: FILTER (WHERE), or null. */
  public record Call(Supplier<Accumulator> maker, int[] arguments, Expr filter) {
    Object[] arguments(Object[] row) {
      Object[] values = new Object[arguments.length];
      for (int i = 0; i < values.length; i++) {
        values[i] = row[arguments[i]];
      }
      return values;
    }
  }

  private static final class Group {
    final Object[] row;
    final Accumulator[] accumulators;

    Group(Object[] row, Accumulator[] accumulators) {
      this.row = row;
      this.accumulators = accumulators;
    }
  }

  private Group group(Object[] row) {
    Accumulator[] accumulators = new Accumulator[calls.size()];
    for (int i = 0; i < accumulators.length; i++) {
      accumulators[i] = calls.get(i).maker().get();
    }
    Object[] result = new Object[groupFields.length + accumulators.length];
    for (int i = 0; i < groupFields.length; i++) {
      result[i] = row[groupFields[i]];
    }
    return new Group(result, accumulators);
  }

  private void add(Group group, Object[] row, Execution execution) {
    for (int i = 0; i < group.accumulators.length; i++) {
      Call call = calls.get(i);
      if (call.filter() == null || call.filter().holds(row, execution)) {
        group.accumulators[i].add(call.arguments(row), execution);
      }
    }
  }

  private Object[] finish(Group group, Execution execution) {
    for (int i = 0; i < group.accumulators.length; i++) {
      group.row[groupFields.length + i] = group.accumulators[i].result(execution);
    }
    return group.row;
  }

  @Override
  public RowSource open(Execution execution) {
    Map<Object, Group> groups = new LinkedHashMap<>();
    Group single = groupFields.length == 0 ? group(Execution.NO_ROW) : null;
    try (RowSource rows = input.open(execution)) {
      for (Object[] row = rows.next(); row != null; row = rows.next()) {
        execution.tick();
        Group group = single;
        if (group == null) {
          Object key = HashKey.of(row, groupFields, orders);
          group = groups.get(key);
          if (group == null) {
            group = group(row);
            groups.put(key, group);
          }
        }
        add(group, row, execution);
      }
    }
    Iterator<Group> finished = (single != null ? List.of(single) : groups.values()).iterator();
    return new RowSource() {
      @Override
      public Object[] next() {
        return finished.hasNext() ? finish(finished.next(), execution) : null;
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public String label() {
    return calls.isEmpty()
        ? "Distinct on " + Arrays.toString(groupFields)
        : groupFields.length == 0 ? "Aggregate" : "Group aggregate";
  }

  @Override
  public List<PlanNode> inputs() {
    return List.of(input);
  }
}
