package io.polarj.sql.plan;

import io.polarj.engine.schema.ColumnType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.logical.LogicalFilter;
import org.apache.calcite.rel.logical.LogicalProject;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexCorrelVariable;
import org.apache.calcite.rex.RexFieldAccess;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexSubQuery;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.util.ImmutableBitSet;

/**
 * A subquery freed of its outer fields, which only stood in equalities: {@code rel} has the inner
 * sides of those equalities first and then the subquery's own fields (for IN); {@code outerKeys}
 * are the outer sides as expressions over the outer row.
 */
record Decorrelated(RelNode rel, List<RexNode> outerKeys, List<ColumnType> innerTypes) {

  /** Null when the subquery is not of that kind. {@code outer}: variables set further out. */
  static Decorrelated of(RexSubQuery subQuery, Set<Integer> outer) {
    Map<Integer, ImmutableBitSet> free = References.freeVariables(subQuery.rel);
    if (free.isEmpty() || free.keySet().stream().anyMatch(outer::contains)) {
      return null;
    }
    RelNode rel = subQuery.rel;
    List<RexNode> values = new ArrayList<>();
    if (rel instanceof Project project) {
      values.addAll(project.getProjects());
      rel = project.getInput();
    } else {
      rel.getRowType()
          .getFieldList()
          .forEach(f -> values.add(new RexInputRef(f.getIndex(), f.getType())));
    }
    if (subQuery.getKind() == SqlKind.EXISTS) {
      values.clear();
    } else if (values.stream().anyMatch(Decorrelated::complex)) {
      return null;
    }
    return rel instanceof Filter filter && References.freeVariables(filter.getInput()).isEmpty()
        ? of(filter, values)
        : null;
  }

  private static boolean complex(RexNode node) {
    return outerSide(node) || RexUtil.SubQueryFinder.find(node) != null;
  }

  private static Decorrelated of(Filter filter, List<RexNode> values) {
    List<RexNode> outerKeys = new ArrayList<>();
    List<RexNode> projects = new ArrayList<>();
    List<ColumnType> types = new ArrayList<>();
    List<RexNode> rest = new ArrayList<>();
    for (RexNode condition : Conditions.split(filter.getCondition())) {
      if (RexUtil.SubQueryFinder.find(condition) != null) {
        return null;
      }
      if (!outerSide(condition)) {
        rest.add(condition);
        continue;
      }
      if (!condition.isA(SqlKind.EQUALS)) {
        return null;
      }
      RexNode a = ((RexCall) condition).getOperands().get(0);
      RexNode b = ((RexCall) condition).getOperands().get(1);
      boolean aOuter = outerSide(a) && RexUtil.SubQueryFinder.find(a) == null && !innerSide(a);
      RexNode outerKey = aOuter ? a : b;
      RexNode innerKey = aOuter ? b : a;
      if (innerSide(outerKey)
          || outerSide(innerKey)
          || !JoinPlanner.hashable(Sarg.type(a), Sarg.type(b))) {
        return null;
      }
      outerKeys.add(outerKey.accept(ONTO_ROW));
      projects.add(innerKey);
      types.add(Sarg.type(innerKey));
    }
    RelNode input = filter.getInput();
    if (!rest.isEmpty()) {
      input =
          LogicalFilter.create(
              input, RexUtil.composeConjunction(filter.getCluster().getRexBuilder(), rest));
    }
    projects.addAll(values);
    List<String> names = new ArrayList<>();
    for (int i = 0; i < projects.size(); i++) {
      names.add("k" + i);
    }
    return new Decorrelated(
        LogicalProject.create(input, List.of(), projects, names, Set.of()), outerKeys, types);
  }

  private static final RexShuttle ONTO_ROW =
      new RexShuttle() {
        @Override
        public RexNode visitFieldAccess(RexFieldAccess access) {
          return access.getReferenceExpr() instanceof RexCorrelVariable
              ? new RexInputRef(access.getField().getIndex(), access.getType())
              : access;
        }
      };

  private static boolean outerSide(RexNode node) {
    return RexUtil.containsCorrelation(node);
  }

  private static boolean innerSide(RexNode node) {
    return RexUtil.containsInputRef(node);
  }
}
