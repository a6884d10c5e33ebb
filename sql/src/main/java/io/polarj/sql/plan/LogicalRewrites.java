package io.polarj.sql.plan;

import io.polarj.engine.schema.ColumnType;
import io.polarj.sql.type.MySqlTypes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.calcite.plan.Contexts;
import org.apache.calcite.plan.RelOptCostImpl;
import org.apache.calcite.plan.RelOptRuleCall;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.plan.hep.HepPlanner;
import org.apache.calcite.plan.hep.HepProgram;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.core.SetOp;
import org.apache.calcite.rel.core.TableScan;
import org.apache.calcite.rel.logical.LogicalFilter;
import org.apache.calcite.rel.rules.CoreRules;
import org.apache.calcite.rel.rules.FilterAggregateTransposeRule;
import org.apache.calcite.rel.rules.FilterJoinRule;
import org.apache.calcite.rel.rules.FilterProjectTransposeRule;
import org.apache.calcite.rel.rules.FilterSetOpTransposeRule;
import org.apache.calcite.rel.rules.ProjectMergeRule;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexSubQuery;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.tools.RelBuilder;
import org.apache.calcite.tools.RelBuilderFactory;

/**
 * Rewrites a bound tree with Calcite's rules before it is planned: conditions go below projections,
 * groupings, set operations and into joins, projections that only pick fields are merged away. The
 * rules are held back where MySQL's meaning or an expression that must be evaluated once forbids
 * it. Nothing is simplified by Calcite: its algebra of literals and NULLs is not MySQL's.
 * Subqueries in expressions are rewritten when they are planned. Stateless.
 */
final class LogicalRewrites {
  private static final RelBuilderFactory BUILDERS =
      RelBuilder.proto(
          Contexts.of(
              RelBuilder.Config.DEFAULT
                  .withSimplify(false)
                  .withSimplifyLimit(false)
                  .withSimplifyValues(false)
                  .withBloat(-1)));

  private static final HepProgram PROGRAM =
      HepProgram.builder()
          .addRuleCollection(
              List.of(
                  new BelowProject(),
                  new BelowAggregate(),
                  new BelowSetOperation(),
                  new IntoJoin(),
                  new OutOfJoin(),
                  new MergeProjects(),
                  CoreRules.PROJECT_REMOVE))
          .build();

  private LogicalRewrites() {}

  /** The same rows, in the same order and with the same fields. */
  static RelNode rewrite(RelNode rel) {
    RelNode prepared = prepared(rel);
    if (!promising(prepared)) {
      return prepared;
    }
    HepPlanner planner = new HepPlanner(PROGRAM, null, true, null, RelOptCostImpl.FACTORY);
    planner.setRoot(prepared);
    return planner.findBestExp();
  }

  /** With conditions that must stay where they are in filters of their own. */
  private static RelNode prepared(RelNode rel) {
    List<RelNode> inputs = new ArrayList<>(rel.getInputs().size());
    boolean same = true;
    for (RelNode input : rel.getInputs()) {
      RelNode changed = prepared(input);
      same &= changed == input;
      inputs.add(changed);
    }
    RelNode node = same ? rel : rel.copy(rel.getTraitSet(), inputs);
    return node instanceof Filter filter ? split(filter) : node;
  }

  private static RelNode split(Filter filter) {
    List<RexNode> free = new ArrayList<>();
    List<RexNode> bound = new ArrayList<>();
    for (RexNode condition : RelOptUtil.conjunctions(filter.getCondition())) {
      (References.of(condition, Set.of()).movable() || independent(condition, filter)
              ? free
              : bound)
          .add(condition);
    }
    if (free.isEmpty() || bound.isEmpty()) {
      return filter;
    }
    var builder = filter.getCluster().getRexBuilder();
    RelNode lower =
        LogicalFilter.create(filter.getInput(), RexUtil.composeConjunction(builder, free));
    return filter.copy(filter.getTraitSet(), lower, RexUtil.composeConjunction(builder, bound));
  }

  /** Repeatable, and its subqueries refer to rows of queries further out only. */
  private static boolean independent(RexNode condition, Filter filter) {
    Set<Integer> outer = new java.util.TreeSet<>();
    condition.accept(
        new RexShuttle() {
          @Override
          public RexNode visitSubQuery(RexSubQuery subQuery) {
            outer.addAll(References.freeVariables(subQuery.rel).keySet());
            return subQuery;
          }
        });
    filter.getVariablesSet().forEach(own -> outer.remove(own.getId()));
    return References.of(condition, outer).movable();
  }

  /** Whether there is anything for the rules to do: most statements have nothing. */
  private static boolean promising(RelNode rel) {
    RelNode first = rel.getInputs().isEmpty() ? null : rel.getInput(0);
    boolean matches =
        switch (rel) {
          case Filter filter -> !tables(first);
          case Project project -> first instanceof Project;
          case Join join -> !tables(join);
          default -> false;
        };
    return matches || rel.getInputs().stream().anyMatch(LogicalRewrites::promising);
  }

  /** Tables, filtered and joined: {@link JoinPlanner} takes their conditions apart itself. */
  private static boolean tables(RelNode rel) {
    return switch (rel) {
      case TableScan scan -> true;
      case Filter filter -> tables(filter.getInput());
      case Join join ->
          join.getJoinType() != JoinRelType.RIGHT
              && tables(join.getLeft())
              && tables(join.getRight());
      default -> false;
    };
  }

  private static boolean moves(Filter filter) {
    return RelOptUtil.conjunctions(filter.getCondition()).stream()
        .allMatch(c -> independent(c, filter));
  }

  private static final class BelowProject extends FilterProjectTransposeRule {
    BelowProject() {
      super(
          Config.DEFAULT
              .withOperandFor(Filter.class, f -> true, Project.class, p -> true)
              .withRelBuilderFactory(BUILDERS)
              .as(Config.class));
    }

    @Override
    public boolean matches(RelOptRuleCall call) {
      Filter filter = call.rel(0);
      Project project = call.rel(1);
      return moves(filter)
          && References.fields(List.of(filter.getCondition()), Set.of()).asList().stream()
              .map(field -> project.getProjects().get(field))
              .allMatch(LogicalRewrites::plain);
    }
  }

  private static boolean plain(RexNode node) {
    References references = References.of(node, Set.of());
    return references.movable() && !references.hasSubQuery();
  }

  /** Not below a grouping without keys, which has a row even when nothing comes in. */
  private static final class BelowAggregate extends FilterAggregateTransposeRule {
    BelowAggregate() {
      super(Config.DEFAULT.withRelBuilderFactory(BUILDERS).as(Config.class));
    }

    @Override
    public boolean matches(RelOptRuleCall call) {
      Aggregate aggregate = call.rel(1);
      return moves(call.rel(0)) && aggregate.getGroupCount() > 0;
    }
  }

  /** Only where the inputs' values compare as those of the result do. */
  private static final class BelowSetOperation extends FilterSetOpTransposeRule {
    BelowSetOperation() {
      super(Config.DEFAULT.withRelBuilderFactory(BUILDERS).as(Config.class));
    }

    @Override
    public boolean matches(RelOptRuleCall call) {
      SetOp operation = call.rel(1);
      return moves(call.rel(0))
          && operation.getInputs().stream().allMatch(input -> alike(input, operation));
    }

    private static boolean alike(RelNode input, RelNode operation) {
      for (int i = 0; i < operation.getRowType().getFieldCount(); i++) {
        ColumnType own = type(input, i);
        ColumnType result = type(operation, i);
        if (own.kind() != result.kind()
            || own.unsigned() != result.unsigned()
            || own.collation() != result.collation()) {
          return false;
        }
      }
      return true;
    }

    private static ColumnType type(RelNode rel, int field) {
      return MySqlTypes.columnType(rel.getRowType().getFieldList().get(field).getType());
    }
  }

  /** Leaves outer joins outer: {@link JoinPlanner} makes them inner without casts. */
  private static final class IntoJoin extends FilterJoinRule.FilterIntoJoinRule {
    IntoJoin() {
      super(
          FilterIntoJoinRuleConfig.SMART_FALSE
              .withRelBuilderFactory(BUILDERS)
              .as(FilterIntoJoinRuleConfig.class));
    }

    @Override
    public boolean matches(RelOptRuleCall call) {
      return moves(call.rel(0));
    }
  }

  /** Conditions of an inner join that are about one side. */
  private static final class OutOfJoin extends FilterJoinRule.JoinConditionPushRule {
    OutOfJoin() {
      super(
          JoinConditionPushRuleConfig.DEFAULT
              .withRelBuilderFactory(BUILDERS)
              .as(JoinConditionPushRuleConfig.class));
    }

    @Override
    public boolean matches(RelOptRuleCall call) {
      Join join = call.rel(0);
      return join.getJoinType() == JoinRelType.INNER
          && join.getVariablesSet().isEmpty()
          && References.of(join.getCondition(), Set.of()).movable();
    }
  }

  /** Only over a projection that picks fields: nothing is evaluated twice. */
  private static final class MergeProjects extends ProjectMergeRule {
    MergeProjects() {
      super(Config.DEFAULT.withRelBuilderFactory(BUILDERS).as(Config.class));
    }

    @Override
    public boolean matches(RelOptRuleCall call) {
      Project top = call.rel(0);
      Project bottom = call.rel(1);
      return top.getVariablesSet().isEmpty()
          && bottom.getVariablesSet().isEmpty()
          && bottom.getProjects().stream()
              .allMatch(p -> p instanceof RexInputRef || p instanceof RexLiteral);
    }
  }
}
