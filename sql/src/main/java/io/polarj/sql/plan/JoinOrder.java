package io.polarj.sql.plan;

import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.util.ImmutableBitSet;

/**
 * Orders the inputs of an inner join: all left-deep orders by dynamic programming up to {@link
 * #EXHAUSTIVE} inputs, above that the cheapest next input each time.
 */
final class JoinOrder {
  private static final int EXHAUSTIVE = 8;

  private record Partial(List<Integer> order, double rows, double cost) {}

  private final JoinPlanner joins;
  private final QueryPlanner planner;
  private final List<JoinPlanner.Leaf> leaves;
  private final int width;
  private final Request request;
  private final List<ImmutableBitSet> references = new ArrayList<>();

  JoinOrder(
      JoinPlanner joins,
      QueryPlanner planner,
      List<JoinPlanner.Leaf> leaves,
      int width,
      Request request) {
    this.joins = joins;
    this.planner = planner;
    this.leaves = leaves;
    this.width = width;
    this.request = request;
    for (RexNode condition : request.conditions()) {
      references.add(planner.compilation().references(condition).fields());
    }
  }

  Planned plan() {
    List<Integer> order = leaves.size() <= EXHAUSTIVE ? exhaustive() : greedy();
    Needs needs = request.needs().plus(planner.fields(request.conditions()));
    JoinPlanner.Leaf first = leaves.get(order.get(0));
    boolean orderOnFirst =
        !request.order().isEmpty()
            && request.order().stream().allMatch(f -> first.fields().get(f.field()));
    Planned planned =
        joins.leaf(
            first,
            width,
            new Request(
                needs,
                newConditions(ImmutableBitSet.of(), first),
                orderOnFirst ? request.order() : List.of(),
                request.rowsRead()));
    boolean ordered = orderOnFirst && planned.ordered();
    ImmutableBitSet known = first.fields();
    for (int i = 1; i < order.size(); i++) {
      JoinPlanner.Leaf next = leaves.get(order.get(i));
      planned = joins.joined(planned, known, next, newConditions(known, next), needs, width, false);
      known = known.union(next.fields());
    }
    return new Planned(planned.node(), planned.rows(), planned.cost(), ordered);
  }

  /** The conditions that can be evaluated once the input is there, and could not before. */
  private List<RexNode> newConditions(ImmutableBitSet known, JoinPlanner.Leaf next) {
    ImmutableBitSet after = known.union(next.fields());
    List<RexNode> conditions = new ArrayList<>();
    for (int i = 0; i < references.size(); i++) {
      if (after.contains(references.get(i)) && !known.contains(references.get(i))) {
        conditions.add(request.conditions().get(i));
      }
    }
    return conditions;
  }

  private Partial start(int leaf) {
    JoinPlanner.Leaf first = leaves.get(leaf);
    Planned planned =
        joins.leaf(
            first,
            width,
            new Request(
                request.needs().plus(planner.fields(request.conditions())),
                newConditions(ImmutableBitSet.of(), first),
                List.of(),
                Double.POSITIVE_INFINITY));
    return new Partial(List.of(leaf), planned.rows(), planned.cost());
  }

  private Partial extend(Partial partial, int leaf) {
    ImmutableBitSet known = ImmutableBitSet.of();
    for (int i : partial.order()) {
      known = known.union(leaves.get(i).fields());
    }
    JoinPlanner.Leaf next = leaves.get(leaf);
    JoinPlanner.Step step =
        joins.step(
            partial.rows(),
            known,
            next,
            newConditions(known, next),
            request.needs().plus(planner.fields(request.conditions())),
            width,
            false);
    List<Integer> order = new ArrayList<>(partial.order());
    order.add(leaf);
    return new Partial(order, step.rows(), partial.cost() + step.cost() + step.rows() * 0.1);
  }

  private List<Integer> exhaustive() {
    int count = leaves.size();
    Partial[] best = new Partial[1 << count];
    for (int i = 0; i < count; i++) {
      best[1 << i] = start(i);
    }
    for (int set = 1; set < best.length; set++) {
      if (best[set] == null) {
        continue;
      }
      for (int i = 0; i < count; i++) {
        int larger = set | 1 << i;
        if (larger == set) {
          continue;
        }
        Partial extended = extend(best[set], i);
        if (best[larger] == null || extended.cost() < best[larger].cost()) {
          best[larger] = extended;
        }
      }
    }
    return best[best.length - 1].order();
  }

  private List<Integer> greedy() {
    Partial partial = null;
    for (int i = 0; i < leaves.size(); i++) {
      Partial start = start(i);
      if (partial == null || start.rows() < partial.rows()) {
        partial = start;
      }
    }
    while (partial.order().size() < leaves.size()) {
      Partial best = null;
      for (int i = 0; i < leaves.size(); i++) {
        if (partial.order().contains(i)) {
          continue;
        }
        Partial extended = extend(partial, i);
        if (best == null || extended.cost() < best.cost()) {
          best = extended;
        }
      }
      partial = best;
    }
    return partial.order();
  }
}
