package io.polarj.sql.bind;

import io.polarj.engine.schema.ColumnType;
import io.polarj.engine.schema.TypeKind;
import io.polarj.sql.ast.LockClause;
import io.polarj.sql.ast.MySqlDelete;
import io.polarj.sql.ast.MySqlInsert;
import io.polarj.sql.ast.MySqlOperators;
import io.polarj.sql.ast.MySqlUpdate;
import io.polarj.sql.ast.Statement;
import io.polarj.sql.error.SqlError;
import io.polarj.sql.result.ResultColumn;
import io.polarj.sql.session.SessionContext;
import io.polarj.sql.type.MySqlTypes;
import io.polarj.sql.validate.TableLookup;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlOrderBy;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlWith;

/**
 * Has a statement validated, makes relational algebra of it and types its expressions. Any thread;
 * each binding makes a Calcite cluster of its own.
 */
public final class Binder {
  private final TableLookup tables;

  public Binder(TableLookup tables) {
    this.tables = tables;
  }

  /**
   * Binds a query, INSERT, UPDATE or DELETE. {@code parameterClasses}: the class of each
   * parameter's value ({@code Void} for NULL); an empty list when they are not known.
   */
  public BoundStatement bind(
      Statement statement, SessionContext session, List<Class<?>> parameterClasses) {
    BindSession bind = new BindSession(tables, session, parameterClasses);
    QueryBinder queries = new QueryBinder(bind);
    return switch (statement) {
      case Statement.Query query -> query(query.node(), bind, queries);
      case Statement.Dml dml ->
          switch (dml.node()) {
            case MySqlInsert insert -> new DmlBinder(bind, queries).insert(insert);
            case MySqlUpdate update -> new DmlBinder(bind, queries).update(update);
            case MySqlDelete delete -> new DmlBinder(bind, queries).delete(delete);
            default -> throw SqlError.NOT_SUPPORTED_YET.with(dml.node().getKind().name());
          };
      default -> throw SqlError.NOT_SUPPORTED_YET.with(statement.getClass().getSimpleName());
    };
  }

  /** Binds an expression over no table, as in SET and in column defaults. */
  public RexNode bindScalar(SqlNode expression, SessionContext session) {
    BindSession bind = new BindSession(tables, session, List.of());
    RowScope scope = new RowScope(bind, null, null, null, null);
    QueryBinder queries = new QueryBinder(bind);
    SqlNode validated = bind.validator.expressions(List.of(expression), null).get(0);
    return new ExpressionBinder(bind, queries, scope).bind(validated);
  }

  private static BoundQuery query(SqlNode query, BindSession bind, QueryBinder queries) {
    QueryResult result = queries.bind(bind.validator.query(query), null, true);
    List<ResultColumn> columns = new ArrayList<>();
    for (Field field : result.fields()) {
      columns.add(column(field));
    }
    LockClause lock = null;
    SqlNode body = query;
    while (!(body instanceof SqlSelect) && inner(body) != null) {
      if (lock == null
          && body instanceof SqlCall call
          && call.getOperator() == MySqlOperators.LOCKED) {
        lock = LockClause.of(call);
      }
      body = inner(body);
    }
    boolean calcFoundRows =
        body instanceof SqlSelect select
            && select.getHints().stream().anyMatch(MySqlOperators::isCalcFoundRows);
    return new BoundQuery(
        result.rel(),
        List.copyOf(columns),
        lock,
        calcFoundRows,
        bind.parameterCount(),
        bind.tables(),
        bind.cacheable());
  }

  /** The query that an ordering, a lock or WITH is around, or null. */
  private static SqlNode inner(SqlNode query) {
    return switch (query) {
      case SqlOrderBy ordered -> ordered.query;
      case SqlWith with -> with.body;
      case SqlCall call when call.getOperator() == MySqlOperators.LOCKED -> call.operand(0);
      default -> null;
    };
  }

  private static ResultColumn column(Field field) {
    ColumnType type = MySqlTypes.columnType(field.type());
    ResultColumn origin = field.origin();
    int flags = origin.flags() | typeFlags(type);
    if (!field.type().isNullable()) {
      flags |= ResultColumn.NOT_NULL;
    }
    return new ResultColumn(
        origin.schema(),
        origin.table(),
        origin.originalTable(),
        field.name(),
        origin.originalTable().isEmpty() ? "" : origin.originalName(),
        type,
        flags);
  }

  private static int typeFlags(ColumnType type) {
    int flags = type.unsigned() ? ResultColumn.UNSIGNED : 0;
    if (MySqlTypes.isNumeric(type)) {
      flags |= ResultColumn.NUMERIC;
    }
    if (!MySqlTypes.isString(type) || MySqlTypes.isBinary(type)) {
      flags |= ResultColumn.BINARY;
    }
    TypeKind kind = type.kind();
    flags |=
        switch (kind) {
          case TINYTEXT, TEXT, MEDIUMTEXT, LONGTEXT, TINYBLOB, BLOB, MEDIUMBLOB, LONGBLOB, JSON ->
              ResultColumn.BLOB;
          case ENUM -> ResultColumn.ENUM;
          case SET -> ResultColumn.SET;
          case TIMESTAMP -> ResultColumn.TIMESTAMP;
          default -> 0;
        };
    return flags;
  }
}
