package io.polarj.sql.exec.operator;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Sorts its input, stably; with a limit that is not too large it keeps only that many rows in a
 * heap.
 */
public record SortNode(PlanNode input, RowOrder order, Limits limits) implements PlanNode {
  private static final int HEAP_LIMIT = 10_000;

  private record Numbered(Object[] row, long number) {}

  @Override
  public RowSource open(Execution execution) {
    long limit = limits.limitRows(execution);
    long offset = limits.skippedRows(execution);
    if (limit == 0) {
      return RowSource.EMPTY;
    }
    long kept = limit > Long.MAX_VALUE - offset ? Long.MAX_VALUE : limit + offset;
    List<Object[]> rows = kept <= HEAP_LIMIT ? top((int) kept, execution) : all(execution);
    int end = (int) Math.min(kept, rows.size());
    return new RowSource() {
      private int at = (int) Math.min(offset, end);

      @Override
      public Object[] next() {
        return at < end ? rows.get(at++) : null;
      }

      @Override
      public void close() {}
    };
  }

  private List<Object[]> all(Execution execution) {
    List<Object[]> rows = new ArrayList<>();
    try (RowSource source = input.open(execution)) {
      for (Object[] row = source.next(); row != null; row = source.next()) {
        execution.tick();
        rows.add(row);
      }
    }
    rows.sort(order);
    return rows;
  }

  private List<Object[]> top(int kept, Execution execution) {
    Comparator<Numbered> ascending =
        (a, b) -> {
          int c = order.compare(a.row(), b.row());
          return c != 0 ? c : Long.compare(a.number(), b.number());
        };
    PriorityQueue<Numbered> heap = new PriorityQueue<>(ascending.reversed());
    long number = 0;
    try (RowSource source = input.open(execution)) {
      for (Object[] row = source.next(); row != null; row = source.next()) {
        execution.tick();
        if (heap.size() < kept) {
          heap.add(new Numbered(row, number++));
        } else if (order.compare(row, heap.peek().row()) < 0) {
          heap.poll();
          heap.add(new Numbered(row, number++));
        }
      }
    }
    List<Numbered> sorted = new ArrayList<>(heap);
    sorted.sort(ascending);
    List<Object[]> rows = new ArrayList<>(sorted.size());
    sorted.forEach(n -> rows.add(n.row()));
    return rows;
  }

  @Override
  public String label() {
    return limits.limit() == null ? "Sort" : "Sort, limit";
  }

  @Override
  public List<PlanNode> inputs() {
    return List.of(input);
  }
}
