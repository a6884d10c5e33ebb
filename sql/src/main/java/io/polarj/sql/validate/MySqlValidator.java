package io.polarj.sql.validate;

import io.polarj.sql.ast.TableName;
import io.polarj.sql.error.SqlError;
import io.polarj.sql.session.SessionContext;
import io.polarj.sql.type.MySqlTypeFactory;
import io.polarj.sql.type.MySqlTypes;
import io.polarj.sql.validate.FromColumns.Column;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.runtime.CalciteContextException;
import org.apache.calcite.runtime.Resources;
import org.apache.calcite.sql.JoinConditionType;
import org.apache.calcite.sql.JoinType;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlDynamicParam;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlWithItem;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.validate.SelectNamespace;
import org.apache.calcite.sql.validate.SetopNamespace;
import org.apache.calcite.sql.validate.SqlConformanceEnum;
import org.apache.calcite.sql.validate.SqlValidatorException;
import org.apache.calcite.sql.validate.SqlValidatorImpl;
import org.apache.calcite.sql.validate.SqlValidatorNamespace;
import org.apache.calcite.sql.validate.SqlValidatorScope;

/**
 * Calcite's validator with MySQL's rules. Calcite keeps the scopes and namespaces of queries,
 * joins, derived tables, WITH and set operations, and finds tables and columns in them; {@link
 * SelectValidation} goes through the clauses. Changes of rows are validated as the SELECTs that
 * feed them. One statement's, one thread.
 */
public final class MySqlValidator extends SqlValidatorImpl {
  private static final Config CONFIG =
      Config.DEFAULT
          .withIdentifierExpansion(true)
          .withEmbeddedQuery(true)
          .withCallRewrite(false)
          .withTypeCoercionEnabled(false)
          .withConformance(SqlConformanceEnum.LENIENT);
  private final CatalogReader catalog;
  private final SessionContext session;
  private final List<Class<?>> parameterClasses;
  private final ExpressionTypes types;
  private final Map<SqlNode, FromColumns> columns = new IdentityHashMap<>();
  private final Map<SqlNode, Boolean> feeds = new IdentityHashMap<>();
  private SelectValidation current;

  /** {@code parameterClasses}: as many as are known; {@code Void} for NULL. */
  public MySqlValidator(
      TableLookup tables,
      SessionContext session,
      MySqlTypeFactory types,
      List<Class<?>> parameterClasses) {
    this(new CatalogReader(tables, session, types), session, types, parameterClasses);
  }

  private MySqlValidator(
      CatalogReader catalog,
      SessionContext session,
      MySqlTypeFactory types,
      List<Class<?>> parameterClasses) {
    super(FunctionTable.INSTANCE, catalog, types, CONFIG);
    this.catalog = catalog;
    this.session = session;
    this.parameterClasses = parameterClasses;
    this.types = new ExpressionTypes(this, session);
  }

  // What is validated

  /** A validated copy of a query. */
  public SqlNode query(SqlNode query) {
    return validate(query.accept(new Rewriter()));
  }

  /**
   * A validated SELECT without aggregates, stars and aliases, as it feeds UPDATE and DELETE. {@code
   * order} and {@code limit} may be null.
   */
  public SqlSelect feed(
      List<SqlNode> expressions, SqlNode from, SqlNode where, SqlNodeList order, SqlNode limit) {
    return feed(expressions, from, where, order, limit, false);
  }

  /** The expressions validated over FROM, whose first table's columns need no qualifier. */
  public List<SqlNode> expressions(List<SqlNode> expressions, SqlNode from) {
    SqlSelect select = feed(expressions, from, null, null, null, from != null);
    return select.getSelectList().stream()
        .map(item -> ((SqlCall) item).<SqlNode>operand(0))
        .toList();
  }

  private SqlSelect feed(
      List<SqlNode> expressions,
      SqlNode from,
      SqlNode where,
      SqlNodeList order,
      SqlNode limit,
      boolean preferFirst) {
    SqlParserPos pos = SqlParserPos.ZERO;
    List<SqlNode> items = new ArrayList<>(expressions.size());
    for (SqlNode expression : expressions) {
      items.add(SqlStdOperatorTable.AS.createCall(pos, expression, new SqlIdentifier("$", pos)));
    }
    SqlSelect written = Rewriter.select(pos, new SqlNodeList(items, pos), from);
    written.setWhere(where);
    written.setOrderBy(order == null || order.isEmpty() ? null : order);
    written.setFetch(limit);
    SqlSelect select = (SqlSelect) written.accept(new Rewriter());
    feeds.put(select, preferFirst);
    validate(select);
    return select;
  }

  boolean isFeed(SqlSelect select) {
    return feeds.containsKey(select);
  }

  boolean prefersFirst(SqlSelect select) {
    return feeds.getOrDefault(select, false);
  }

  boolean onlyFullGroupBy() {
    return session.sqlMode("ONLY_FULL_GROUP_BY");
  }

  // What the validated tree means

  /** The tables that were found, in the order of their first use. */
  public List<PolarTable> tables() {
    return catalog.tables();
  }

  public PolarTable table(TableName name) {
    return catalog.getTable(
        name.schema() == null ? List.of(name.name()) : List.of(name.schema(), name.name()));
  }

  /** The table that a name in FROM means, or null for one of WITH. */
  public PolarTable table(SqlIdentifier name) {
    return (PolarTable) getNamespace(name).getTable();
  }

  /** The table of WITH that a name in FROM means. */
  public SqlWithItem commonTable(SqlIdentifier name) {
    return (SqlWithItem) getNamespace(name).resolve().getNode();
  }

  /** The type of a validated expression; of a query, that of its first column. */
  public RelDataType typeOf(SqlNode expression) {
    if (Expressions.isQuery(expression)) {
      RelDataType row = getNamespace(expression).getRowType();
      return typeFactory.createTypeWithNullability(row.getFieldList().get(0).getType(), true);
    }
    RelDataType known = getValidatedNodeTypeIfKnown(expression);
    if (known == null) {
      known =
          switch (expression) {
            case SqlLiteral literal ->
                MySqlTypes.ofConstant(Expressions.constant(literal), typeFactory);
            case SqlDynamicParam parameter -> parameterType(parameter.getIndex());
            case SqlCall call -> types.of(call);
            default -> untyped();
          };
      setValidatedNodeType(expression, known);
    }
    return known;
  }

  public RelDataType parameterType(int index) {
    Class<?> type = index < parameterClasses.size() ? parameterClasses.get(index) : null;
    return type == null || type == Void.class
        ? untyped()
        : MySqlTypes.of(MySqlTypes.ofClass(type), false);
  }

  /** Of a parameter before its value is known, of DEFAULT and VALUES(column). */
  RelDataType untyped() {
    return typeFactory.createTypeWithNullability(typeFactory.createSqlType(SqlTypeName.ANY), true);
  }

  @Override
  public RelDataType deriveType(SqlValidatorScope scope, SqlNode expression) {
    return typeOf(expression);
  }

  /** The types of a set operation's columns. */
  public RelDataType rowType(SqlNode query) {
    return getNamespace(query).getRowType();
  }

  SqlCall resolved(SqlCall function) {
    return FunctionTable.INSTANCE.resolved(function, session.currentSchema());
  }

  void setType(SqlIdentifier column, Column meant) {
    setValidatedNodeType(
        column, meant.item().rowType().getFieldList().get(meant.ordinal()).getType());
  }

  // How Calcite's validator is led

  /** {@link Rewriter} has been over the tree. */
  @Override
  protected SqlNode performUnconditionalRewrites(SqlNode node, boolean underFrom) {
    return node;
  }

  /** Which scopes a query gets; what its aggregates may see is {@link GroupCheck}'s. */
  @Override
  public boolean isAggregate(SqlSelect select) {
    return true;
  }

  @Override
  protected void validateSelect(SqlSelect select, RelDataType targetRowType) {
    SelectValidation enclosing = current;
    current = new SelectValidation(this, select, enclosing);
    try {
      getNamespace(select).unwrap(SelectNamespace.class).setType(current.run());
    } finally {
      current = enclosing;
    }
  }

  void validateFrom(SqlNode item, SqlValidatorScope scope) {
    validateFrom(item, unknownType, scope);
  }

  @Override
  protected void validateJoin(SqlJoin join, SqlValidatorScope scope) {
    SqlValidatorScope joinScope = getJoinScope(join);
    validateFrom(join.getLeft(), unknownType, joinScope);
    validateFrom(join.getRight(), unknownType, joinScope);
    FromColumns left = columns(join.getLeft());
    FromColumns right = columns(join.getRight());
    JoinType type = join.getJoinType();
    List<Column[]> common = new ArrayList<>();
    for (String name : commonNames(join, left, right)) {
      common.add(new Column[] {left.joined(name), right.joined(name)});
    }
    FromColumns both = FromColumns.join(left, right, common, type);
    SqlParserPos pos = join.getParserPosition();
    SqlNode condition =
        join.getConditionType() == JoinConditionType.ON
            ? current.joinCondition(join.getCondition(), joinScope, both)
            : null;
    for (Column[] pair : common) {
      SqlNode equal =
          SqlStdOperatorTable.EQUALS.createCall(pos, typed(pair[0], pos), typed(pair[1], pos));
      condition =
          condition == null ? equal : SqlStdOperatorTable.AND.createCall(pos, condition, equal);
    }
    join.setOperand(1, SqlLiteral.createBoolean(false, pos));
    join.setOperand(
        4, (condition == null ? JoinConditionType.NONE : JoinConditionType.ON).symbol(pos));
    join.setOperand(5, condition);
    List<SqlNode> required = new ArrayList<>();
    if (type != JoinType.RIGHT) {
      required.addAll(left.conditions());
    }
    if (type != JoinType.LEFT && type != JoinType.RIGHT) {
      required.addAll(right.conditions());
      if (condition != null) {
        required.add(condition);
      }
    }
    columns.put(join, both.requiring(required));
  }

  private SqlIdentifier typed(Column column, SqlParserPos pos) {
    SqlIdentifier identifier = column.identifier(pos);
    setType(identifier, column);
    return identifier;
  }

  private static List<String> commonNames(SqlJoin join, FromColumns left, FromColumns right) {
    if (join.isNatural()) {
      return FromColumns.common(left, right);
    }
    return join.getConditionType() == JoinConditionType.USING
        ? TableNames.simple(((SqlNodeList) join.getCondition()).getList())
        : List.of();
  }

  /** The columns of a validated item of FROM. */
  FromColumns columns(SqlNode item) {
    return columns.computeIfAbsent(item, this::namedColumns);
  }

  private FromColumns namedColumns(SqlNode item) {
    SqlCall named = (SqlCall) item;
    SqlValidatorNamespace namespace = getNamespace(item);
    PolarTable table = (PolarTable) namespace.getTable();
    String alias = ((SqlIdentifier) named.operand(1)).getSimple();
    RelDataType rowType = namespace.getRowType();
    if (table == null) {
      requireDistinctNames(rowType);
    }
    String schema = table == null ? "" : table.def().schema();
    return FromColumns.of(new FromColumns.Item(schema, alias, rowType, table));
  }

  private static void requireDistinctNames(RelDataType rowType) {
    Set<String> seen = new HashSet<>();
    for (RelDataTypeField field : rowType.getFieldList()) {
      if (!seen.add(field.getName().toLowerCase(Locale.ROOT))) {
        throw SqlError.DUP_FIELDNAME.with(field.getName());
      }
    }
  }

  @Override
  public void validateWithItem(SqlWithItem item) {
    RelDataType rowType = getNamespace(item.query).getRowType();
    if (item.columnList != null && item.columnList.size() != rowType.getFieldCount()) {
      throw differentColumnCounts();
    }
  }

  private static RuntimeException differentColumnCounts() {
    return SqlError.UNKNOWN.with(
        "In definition of view, derived table or common table expression, SELECT list and column"
            + " names list have different column counts");
  }

  @Override
  protected SetopNamespace createSetopNamespace(SqlCall call, SqlNode enclosingNode) {
    return new SetOperationNamespace(call, enclosingNode);
  }

  /** Whose columns have MySQL's types. */
  private final class SetOperationNamespace extends SetopNamespace {
    private final SqlCall operation;

    SetOperationNamespace(SqlCall operation, SqlNode enclosingNode) {
      super(MySqlValidator.this, operation, enclosingNode);
      this.operation = operation;
    }

    @Override
    public RelDataType validateImpl(RelDataType targetRowType) {
      SqlValidatorScope scope = scopes.get(operation);
      for (SqlNode operand : operation.getOperandList()) {
        validateQuery(operand, scope, targetRowType);
      }
      RelDataType left = getNamespace(operation.operand(0)).getRowType();
      RelDataType right = getNamespace(operation.operand(1)).getRowType();
      if (left.getFieldCount() != right.getFieldCount()) {
        throw SqlError.WRONG_NUMBER_OF_COLUMNS_IN_SELECT.with();
      }
      RelDataTypeFactory.Builder type = typeFactory.builder();
      for (int i = 0; i < left.getFieldCount(); i++) {
        RelDataTypeField field = left.getFieldList().get(i);
        RelDataType other = right.getFieldList().get(i).getType();
        type.add(field.getName(), MySqlTypes.union(List.of(field.getType(), other)));
      }
      return type.build();
    }
  }

  @Override
  public CalciteContextException newValidationError(
      SqlNode node, Resources.ExInst<SqlValidatorException> error) {
    String message = error.ex().getMessage();
    if (node instanceof SqlIdentifier table && message.startsWith("Object '")) {
      catalog.getTable(table.names);
    }
    if (message.startsWith("List of column aliases must have same degree")) {
      throw differentColumnCounts();
    }
    return super.newValidationError(node, error);
  }
}
