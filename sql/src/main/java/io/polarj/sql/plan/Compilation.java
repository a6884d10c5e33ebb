package io.polarj.sql.plan;

import io.polarj.sql.expr.Expr;
import io.polarj.sql.expr.RexCompiler;
import java.util.Map;
import java.util.Set;
import org.apache.calcite.rex.RexNode;

/** Compiles the expressions of one query level, and knows what lies outside of it. */
final class Compilation {
  private final RexCompiler compiler;
  private final Set<Integer> outer;

  /** {@code outer}: the ids of correlation variables of the levels around this one. */
  Compilation(PlanContext context, Set<Integer> outer) {
    this.outer = Set.copyOf(outer);
    this.compiler = new RexCompiler(new SubQueries(context, this.outer));
  }

  Set<Integer> outer() {
    return outer;
  }

  Expr compile(RexNode node) {
    return compiler.compile(node);
  }

  /** Whether its value is known while the statement is planned. */
  boolean peekable(RexNode node) {
    References references = References.of(node, outer);
    return references.fields().isEmpty()
        && !references.hasSubQuery()
        && references.movable()
        && noOuterField(node);
  }

  private static boolean noOuterField(RexNode node) {
    boolean[] found = new boolean[1];
    node.accept(
        new org.apache.calcite.rex.RexVisitorImpl<Void>(true) {
          @Override
          public Void visitFieldAccess(org.apache.calcite.rex.RexFieldAccess access) {
            found[0] = true;
            return null;
          }
        });
    return !found[0];
  }

  /** Fields that the expression reads, from within subqueries too. */
  References references(RexNode node) {
    return References.of(node, outer);
  }

  Map<Integer, org.apache.calcite.util.ImmutableBitSet> free(org.apache.calcite.rel.RelNode rel) {
    return References.freeVariables(rel);
  }
}
