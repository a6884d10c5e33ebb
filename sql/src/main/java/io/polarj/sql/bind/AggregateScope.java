package io.polarj.sql.bind;

import io.polarj.sql.expr.MySqlAggregate;
import io.polarj.sql.validate.Expressions;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.rel.RelCollation;
import org.apache.calcite.rel.RelCollations;
import org.apache.calcite.rel.RelFieldCollation;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.AggregateCall;
import org.apache.calcite.rel.logical.LogicalAggregate;
import org.apache.calcite.rel.logical.LogicalProject;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlAggFunction;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSelectKeyword;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.util.ImmutableBitSet;

/**
 * The grouping of one query: collects the aggregates that its select list, HAVING and ORDER BY
 * name, and turns those clauses into expressions over the grouped row {groups, aggregates}. One
 * thread.
 */
final class AggregateScope implements ExpressionBinder.Hook, RowScope.Mapping {
  private final BindSession bind;
  private final RowScope input;
  private final ExpressionBinder inputBinder;
  private final List<RexNode> groups;
  private final boolean rollup;
  private final boolean computedGroups;
  private final List<RexNode> projected = new ArrayList<>();
  private final List<AggregateCall> calls = new ArrayList<>();

  AggregateScope(
      BindSession bind,
      RowScope input,
      ExpressionBinder inputBinder,
      List<RexNode> groups,
      boolean rollup) {
    this.bind = bind;
    this.input = input;
    this.inputBinder = inputBinder;
    this.groups = groups;
    this.rollup = rollup;
    this.computedGroups = groups.stream().anyMatch(g -> !(g instanceof RexInputRef));
    projected.addAll(groups);
  }

  @Override
  public RexNode bind(SqlNode expression) {
    if (Expressions.isAggregate(expression)) {
      return aggregate((SqlCall) expression);
    }
    if (!computedGroups
        || expression instanceof SqlIdentifier
        || expression instanceof SqlLiteral
        || Expressions.hasAggregate(expression)
        || Expressions.hasSubQuery(expression)
        || Expressions.isInterval(expression)
        || expression.getKind() == SqlKind.ROW) {
      return null;
    }
    int group = groups.indexOf(inputBinder.bind(expression));
    return group < 0 ? null : groupRef(group);
  }

  private RexNode groupRef(int group) {
    RelDataType type = groups.get(group).getType();
    return bind.rex.makeInputRef(
        rollup ? bind.types.createTypeWithNullability(type, true) : type, group);
  }

  @Override
  public RexNode map(int field) {
    for (int i = 0; i < groups.size(); i++) {
      if (groups.get(i) instanceof RexInputRef reference && reference.getIndex() == field) {
        return groupRef(i);
      }
    }
    RexNode value =
        bind.rex.makeInputRef(input.rowType().getFieldList().get(field).getType(), field);
    RelDataType type = bind.types.createTypeWithNullability(value.getType(), true);
    return add(new MySqlAggregate("ANY_VALUE", type, null), false, List.of(value), type, List.of());
  }

  private RexNode aggregate(SqlCall call) {
    String written = Expressions.function(call);
    List<SqlNode> values = new ArrayList<>();
    List<Ordering.Key> order = List.of();
    String separator = ",";
    for (SqlNode operand : call.getOperandList()) {
      if (operand instanceof SqlNodeList keys) {
        order = Ordering.keys(keys.getList());
      } else if (operand.getKind() == SqlKind.SEPARATOR) {
        separator = Expressions.text(((SqlCall) operand).operand(0));
      } else if (!Expressions.isStar(operand)) {
        values.add(operand);
      }
    }
    boolean quantified =
        call.getFunctionQuantifier() != null
            && call.getFunctionQuantifier().getValue() == SqlSelectKeyword.DISTINCT;
    List<RexNode> arguments = inputBinder.bindAll(values);
    if (written.equals("COUNT")) {
      RelDataType type = bind.types.createSqlType(SqlTypeName.BIGINT);
      return add(SqlStdOperatorTable.COUNT, quantified, arguments, type, List.of());
    }
    boolean concat = written.equals("GROUP_CONCAT");
    String name = canonical(written);
    RelDataType type = bind.validator.typeOf(call);
    boolean distinct =
        quantified && !name.equals("MIN") && !name.equals("MAX") && !name.equals("ANY_VALUE");
    return add(
        new MySqlAggregate(name, type, concat ? separator : null),
        distinct,
        arguments,
        type,
        order);
  }

  private static String canonical(String name) {
    return switch (name) {
      case "STD", "STDDEV" -> "STDDEV_POP";
      case "VARIANCE" -> "VAR_POP";
      default -> name;
    };
  }

  private int project(RexNode node) {
    int index = projected.indexOf(node);
    if (index < 0) {
      index = projected.size();
      projected.add(node);
    }
    return index;
  }

  private RexNode add(
      SqlAggFunction function,
      boolean distinct,
      List<RexNode> arguments,
      RelDataType type,
      List<Ordering.Key> orderBy) {
    List<Integer> indexes = new ArrayList<>();
    for (RexNode argument : arguments) {
      indexes.add(project(argument));
    }
    List<RelFieldCollation> order = new ArrayList<>();
    for (Ordering.Key item : orderBy) {
      order.add(
          QueryBinder.collation(project(inputBinder.bind(item.expression())), item.descending()));
    }
    RelCollation collation = order.isEmpty() ? RelCollations.EMPTY : RelCollations.of(order);
    AggregateCall call =
        AggregateCall.create(
            function, distinct, false, false, List.of(), indexes, -1, null, collation, type, null);
    int index = calls.indexOf(call);
    if (index < 0) {
      index = calls.size();
      calls.add(call);
    }
    return bind.rex.makeInputRef(type, groups.size() + index);
  }

  /** The grouped row's type as far as groups and aggregates are known by now. */
  RelDataType groupedType() {
    var builder = bind.types.builder();
    for (int i = 0; i < groups.size(); i++) {
      builder.add("$g" + i, groupRef(i).getType());
    }
    return builder.build();
  }

  /** The rel of the grouping; called when all clauses have been bound. */
  RelNode rel(RelNode source) {
    RelNode input = source;
    List<String> names = new ArrayList<>();
    for (int i = 0; i < projected.size(); i++) {
      names.add("$p" + i);
    }
    if (projected.isEmpty()) {
      projected.add(bind.rex.constant(0L));
      names.add("$p0");
    }
    input = LogicalProject.create(input, List.of(), projected, names, inputCorrelations());
    ImmutableBitSet all = ImmutableBitSet.range(groups.size());
    List<ImmutableBitSet> sets = null;
    if (rollup) {
      sets = new ArrayList<>();
      for (int i = groups.size(); i >= 0; i--) {
        sets.add(ImmutableBitSet.range(i));
      }
    }
    return LogicalAggregate.create(input, List.of(), all, sets, calls);
  }

  private java.util.Set<org.apache.calcite.rel.core.CorrelationId> inputCorrelations() {
    return input.correlations();
  }
}
