package io.polarj.sql.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.CorrelationId;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexCorrelVariable;
import org.apache.calcite.rex.RexFieldAccess;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexSubQuery;
import org.apache.calcite.rex.RexVisitorImpl;
import org.apache.calcite.util.ImmutableBitSet;

/** What an expression looks at: fields of its row, directly or from within subqueries. */
final class References {
  /** Functions whose value or effect depends on when and how often they are called. */
  private static final Set<String> VOLATILE =
      Set.of("RAND", "UUID", "UUID_SHORT", "SLEEP", "LAST_INSERT_ID", "ROW_COUNT", "BENCHMARK");

  private ImmutableBitSet fields = ImmutableBitSet.of();
  private boolean subQuery;
  private boolean correlated;
  private boolean repeatable = true;

  private References() {}

  /** {@code outer}: ids of correlation variables that are set further out. */
  static References of(RexNode node, Set<Integer> outer) {
    References references = new References();
    node.accept(references.new Visitor(outer));
    return references;
  }

  static ImmutableBitSet fields(Iterable<? extends RexNode> nodes, Set<Integer> outer) {
    ImmutableBitSet.Builder all = ImmutableBitSet.builder();
    for (RexNode node : nodes) {
      all.addAll(of(node, outer).fields());
    }
    return all.build();
  }

  ImmutableBitSet fields() {
    return fields;
  }

  boolean hasSubQuery() {
    return subQuery;
  }

  /** Whether a subquery in it refers to the row by a correlation variable. */
  boolean correlated() {
    return correlated;
  }

  /** Whether it may be evaluated elsewhere, more or less often. */
  boolean movable() {
    return repeatable && !correlated;
  }

  private final class Visitor extends RexVisitorImpl<Void> {
    private final Set<Integer> outer;

    Visitor(Set<Integer> outer) {
      super(true);
      this.outer = outer;
    }

    @Override
    public Void visitInputRef(RexInputRef ref) {
      fields = fields.set(ref.getIndex());
      return null;
    }

    @Override
    public Void visitCall(RexCall call) {
      repeatable &= !VOLATILE.contains(call.getOperator().getName());
      return super.visitCall(call);
    }

    @Override
    public Void visitSubQuery(RexSubQuery node) {
      subQuery = true;
      freeVariables(node.rel)
          .forEach((id, accessed) -> {
            if (!outer.contains(id)) {
              correlated = true;
              fields = fields.union(accessed);
            }
          });
      for (RexNode operand : node.getOperands()) {
        operand.accept(this);
      }
      return null;
    }
  }

  /** The correlation variables that the tree uses but does not set, with the fields used. */
  static Map<Integer, ImmutableBitSet> freeVariables(RelNode rel) {
    Map<Integer, ImmutableBitSet> free = new TreeMap<>();
    for (RelNode input : rel.getInputs()) {
      merge(free, freeVariables(input));
    }
    Map<Integer, ImmutableBitSet> own = new TreeMap<>();
    List<RelNode> nested = new ArrayList<>();
    rel.accept(
        new RexShuttle() {
          @Override
          public RexNode visitFieldAccess(RexFieldAccess access) {
            if (access.getReferenceExpr() instanceof RexCorrelVariable variable) {
              own.merge(
                  variable.id.getId(),
                  ImmutableBitSet.of(access.getField().getIndex()),
                  ImmutableBitSet::union);
            }
            return access;
          }

          @Override
          public RexNode visitSubQuery(RexSubQuery subQuery) {
            nested.add(subQuery.rel);
            return super.visitSubQuery(subQuery);
          }
        });
    nested.forEach(n -> merge(own, freeVariables(n)));
    for (CorrelationId set : rel.getVariablesSet()) {
      own.remove(set.getId());
    }
    merge(free, own);
    return free;
  }

  private static void merge(
      Map<Integer, ImmutableBitSet> into, Map<Integer, ImmutableBitSet> from) {
    from.forEach((id, accessed) -> into.merge(id, accessed, ImmutableBitSet::union));
  }
}
