package io.polarj.sql.parse;

import io.polarj.engine.api.LockMode;
import io.polarj.engine.api.LockWait;
import io.polarj.sql.ast.Expression;
import io.polarj.sql.ast.FromItem;
import io.polarj.sql.ast.LockClause;
import io.polarj.sql.ast.OrderItem;
import io.polarj.sql.ast.Query;
import io.polarj.sql.ast.SelectItem;
import io.polarj.sql.ast.TableName;
import io.polarj.sql.lex.Token;
import io.polarj.sql.lex.TokenKind;
import java.util.ArrayList;
import java.util.List;

/** Query expressions: WITH, set operations, SELECT, FROM. */
final class QueryParser {
  private final Grammar grammar;
  private final TokenStream in;

  QueryParser(Grammar grammar) {
    this.grammar = grammar;
    this.in = grammar.in;
  }

  Query query() {
    if (!in.accept("WITH")) {
      return setOperation();
    }
    if (in.accept("RECURSIVE")) {
      throw in.unsupported("WITH RECURSIVE");
    }
    List<Query.CommonTable> tables = new ArrayList<>();
    do {
      String name = in.name();
      List<String> columns = columnNames();
      in.expect("AS");
      in.expectOperator("(");
      Query query = query();
      in.expectOperator(")");
      tables.add(new Query.CommonTable(name, columns, query));
    } while (in.acceptOperator(","));
    return new Query.With(tables, setOperation());
  }

  /** (a, b) or nothing. */
  List<String> columnNames() {
    if (!in.acceptOperator("(")) {
      return List.of();
    }
    List<String> names = new ArrayList<>();
    do {
      names.add(in.name());
    } while (in.acceptOperator(","));
    in.expectOperator(")");
    return names;
  }

  private Query setOperation() {
    Query left = intersection(false);
    boolean combined = false;
    while (in.at("UNION") || in.at("EXCEPT")) {
      Query.SetKind kind = in.next().is("UNION") ? Query.SetKind.UNION : Query.SetKind.EXCEPT;
      left = combine(kind, left, true);
      combined = true;
    }
    return combined || isParenthesized(left) ? tail(left) : left;
  }

  private boolean isParenthesized(Query query) {
    return query instanceof Query.Select
        && (in.at("ORDER") || in.at("LIMIT") || in.at("FOR") || in.at("LOCK"));
  }

  private Query intersection(boolean rightOfSetOperation) {
    Query left = term(rightOfSetOperation);
    while (in.accept("INTERSECT")) {
      left = combine(Query.SetKind.INTERSECT, left, false);
    }
    return left;
  }

  private Query combine(Query.SetKind kind, Query left, boolean lowest) {
    boolean all = in.accept("ALL");
    if (!all) {
      in.accept("DISTINCT");
    }
    Query right = lowest ? intersection(true) : term(true);
    return new Query.SetOperation(kind, all, left, right, List.of(), null, null, null);
  }

  /** ORDER BY, LIMIT and locks after a set operation or a parenthesized query. */
  private Query tail(Query query) {
    List<OrderItem> order = orderBy();
    Limit limit = limit();
    LockClause lock = lock();
    if (order.isEmpty() && limit.rows == null && lock == null) {
      return query;
    }
    if (query instanceof Query.SetOperation set) {
      return new Query.SetOperation(
          set.kind(), set.all(), set.left(), set.right(), order, limit.rows, limit.offset, lock);
    }
    if (query instanceof Query.Select select
        && select.limit() == null
        && (order.isEmpty() || select.orderBy().isEmpty())) {
      return new Query.Select(
          select.distinct(),
          select.calcFoundRows(),
          select.items(),
          select.from(),
          select.where(),
          select.groupBy(),
          select.rollup(),
          select.having(),
          order.isEmpty() ? select.orderBy() : order,
          limit.rows,
          limit.offset,
          lock == null ? select.lock() : lock);
    }
    SelectItem all = new SelectItem(null, null, null, "*");
    FromItem from = new FromItem.Derived(query, "derived", List.of());
    return new Query.Select(
        false,
        false,
        List.of(all),
        from,
        null,
        List.of(),
        false,
        null,
        order,
        limit.rows,
        limit.offset,
        lock);
  }

  /** In {@code a UNION b ORDER BY c} the order belongs to the union, not to b. */
  private Query term(boolean rightOfSetOperation) {
    if (in.acceptOperator("(")) {
      Query query = query();
      in.expectOperator(")");
      return query;
    }
    if (in.at("VALUES")) {
      return values();
    }
    return select(rightOfSetOperation);
  }

  private Query values() {
    in.expect("VALUES");
    List<List<Expression>> rows = new ArrayList<>();
    do {
      in.expect("ROW");
      in.expectOperator("(");
      rows.add(grammar.expressions.expressions());
      in.expectOperator(")");
    } while (in.acceptOperator(","));
    List<OrderItem> order = orderBy();
    Limit limit = limit();
    return new Query.Values(rows, order, limit.rows, limit.offset);
  }

  private Query select(boolean rightOfSetOperation) {
    in.expect("SELECT");
    boolean distinct = false;
    boolean calcFoundRows = false;
    while (true) {
      String option =
          in.acceptAny(
              "ALL",
              "DISTINCT",
              "DISTINCTROW",
              "HIGH_PRIORITY",
              "STRAIGHT_JOIN",
              "SQL_SMALL_RESULT",
              "SQL_BIG_RESULT",
              "SQL_BUFFER_RESULT",
              "SQL_NO_CACHE",
              "SQL_CACHE",
              "SQL_CALC_FOUND_ROWS");
      if (option == null) {
        break;
      }
      distinct |= option.startsWith("DISTINCT");
      calcFoundRows |= option.equals("SQL_CALC_FOUND_ROWS");
    }
    List<SelectItem> items = new ArrayList<>();
    do {
      items.add(item());
    } while (in.acceptOperator(","));
    if (in.at("INTO")) {
      throw in.unsupported("SELECT ... INTO");
    }
    FromItem from = null;
    if (in.accept("FROM")) {
      from = in.accept("DUAL") ? null : from();
    }
    Expression where = in.accept("WHERE") ? grammar.expressions.expression() : null;
    List<Expression> groupBy = List.of();
    boolean rollup = false;
    if (in.accept("GROUP")) {
      in.expect("BY");
      groupBy = groupBy();
      rollup = in.accept("WITH", "ROLLUP");
    }
    Expression having = in.accept("HAVING") ? grammar.expressions.expression() : null;
    if (in.at("WINDOW")) {
      throw in.unsupported("window functions");
    }
    if (!rightOfSetOperation) {
      List<OrderItem> order = orderBy();
      Limit limit = limit();
      LockClause lock = lock();
      return new Query.Select(
          distinct,
          calcFoundRows,
          items,
          from,
          where,
          groupBy,
          rollup,
          having,
          order,
          limit.rows,
          limit.offset,
          lock);
    }
    return new Query.Select(
        distinct,
        calcFoundRows,
        items,
        from,
        where,
        groupBy,
        rollup,
        having,
        List.of(),
        null,
        null,
        null);
  }

  private List<Expression> groupBy() {
    List<Expression> list = new ArrayList<>();
    do {
      list.add(grammar.expressions.expression());
      in.acceptAny("ASC", "DESC");
    } while (in.acceptOperator(","));
    return list;
  }

  private SelectItem item() {
    if (in.acceptOperator("*")) {
      return new SelectItem(null, null, null, "*");
    }
    int mark = in.mark();
    if (in.atName() && in.peek(1).isOperator(".")) {
      TableName qualifier = starQualifier();
      if (qualifier != null) {
        return new SelectItem(null, null, qualifier, "*");
      }
      in.reset(mark);
    }
    Expression expression = grammar.expressions.expression();
    String text = in.textFrom(mark);
    return new SelectItem(expression, alias(true), null, text);
  }

  private TableName starQualifier() {
    String first = in.name();
    in.expectOperator(".");
    if (in.acceptOperator("*")) {
      return new TableName(null, first);
    }
    Token second = in.peek();
    boolean name = second.kind() == TokenKind.WORD || second.kind() == TokenKind.QUOTED_IDENTIFIER;
    if (name && in.peek(1).isOperator(".") && in.peek(2).isOperator("*")) {
      in.next();
      in.next();
      in.next();
      return new TableName(first, second.text());
    }
    return null;
  }

  /** An alias with or without AS, or null. */
  private String alias(boolean stringAllowed) {
    boolean as = in.accept("AS");
    if (stringAllowed && in.peek().kind() == TokenKind.STRING) {
      return in.string();
    }
    if (as) {
      return in.name();
    }
    return in.atName() ? in.next().text() : null;
  }

  FromItem from() {
    FromItem left = join();
    while (in.acceptOperator(",")) {
      left = new FromItem.Join(FromItem.JoinKind.INNER, false, left, join(), null, null);
    }
    return left;
  }

  private FromItem join() {
    FromItem left = factor();
    while (true) {
      boolean natural = in.accept("NATURAL");
      FromItem.JoinKind kind = joinKind();
      if (kind == null) {
        if (natural) {
          throw in.error();
        }
        return left;
      }
      FromItem right = factorOrNestedJoin();
      Expression on = null;
      List<String> using = null;
      if (in.accept("ON")) {
        on = grammar.expressions.expression();
      } else if (in.accept("USING")) {
        using = columnNames();
      } else if (kind != FromItem.JoinKind.INNER && !natural) {
        throw in.error();
      }
      left = new FromItem.Join(kind, natural, left, right, on, using);
    }
  }

  private FromItem.JoinKind joinKind() {
    if (in.accept("STRAIGHT_JOIN") || in.accept("JOIN")) {
      return FromItem.JoinKind.INNER;
    }
    if (in.at("INNER") || in.at("CROSS")) {
      in.next();
      in.expect("JOIN");
      return FromItem.JoinKind.INNER;
    }
    if (in.at("LEFT") || in.at("RIGHT")) {
      FromItem.JoinKind kind =
          in.next().is("LEFT") ? FromItem.JoinKind.LEFT : FromItem.JoinKind.RIGHT;
      in.accept("OUTER");
      in.expect("JOIN");
      return kind;
    }
    return null;
  }

  /** {@code a JOIN b JOIN c ON x ON y} nests to the right. */
  private FromItem factorOrNestedJoin() {
    FromItem right = factor();
    int mark = in.mark();
    FromItem.JoinKind kind = joinKind();
    if (kind != null) {
      FromItem nested = factorOrNestedJoin();
      if (in.accept("ON")) {
        Expression on = grammar.expressions.expression();
        if (in.at("ON") || in.at("USING")) {
          return new FromItem.Join(kind, false, right, nested, on, null);
        }
      }
      in.reset(mark);
    }
    return right;
  }

  private FromItem factor() {
    if (in.at("LATERAL")) {
      throw in.unsupported("LATERAL");
    }
    if (in.atOperator("(")) {
      int ahead = 0;
      while (in.peek(ahead).isOperator("(")) {
        ahead++;
      }
      Token first = in.peek(ahead);
      if (first.is("SELECT") || first.is("WITH") || first.is("VALUES")) {
        int mark = in.mark();
        FromItem derived = derived();
        if (derived != null) {
          return derived;
        }
        in.reset(mark);
      }
      in.next();
      FromItem inner = from();
      in.expectOperator(")");
      return inner;
    }
    TableName name = grammar.tableName();
    if (in.accept("PARTITION")) {
      throw in.unsupported("partitions");
    }
    String alias = alias(false);
    indexHints();
    return new FromItem.Table(name, alias);
  }

  /** {@code (query) AS name}; null when the parenthesis was one around a join. */
  private FromItem derived() {
    in.expectOperator("(");
    Query query = query();
    if (!in.acceptOperator(")")) {
      return null;
    }
    String alias = alias(false);
    if (alias == null) {
      if (in.at("JOIN")
          || in.at("LEFT")
          || in.atOperator(",")
          || in.atOperator(")")
          || in.atEnd()) {
        throw io.polarj.sql.error.SqlError.UNKNOWN.with(
            "Every derived table must have its own alias");
      }
      return null;
    }
    return new FromItem.Derived(query, alias, columnNames());
  }

  private void indexHints() {
    while (in.at("USE") || in.at("FORCE") || in.at("IGNORE")) {
      if (!in.peek(1).is("INDEX") && !in.peek(1).is("KEY")) {
        return;
      }
      in.next();
      in.next();
      if (in.accept("FOR")) {
        if (in.acceptAny("JOIN", "ORDER", "GROUP") == null) {
          throw in.error();
        }
        in.accept("BY");
      }
      in.expectOperator("(");
      while (!in.acceptOperator(")")) {
        in.nameAfterPoint();
        in.acceptOperator(",");
      }
      in.acceptOperator(",");
    }
  }

  List<OrderItem> orderBy() {
    if (!in.accept("ORDER")) {
      return List.of();
    }
    in.expect("BY");
    List<OrderItem> items = new ArrayList<>();
    do {
      Expression expression = grammar.expressions.expression();
      boolean descending = in.accept("DESC");
      if (!descending) {
        in.accept("ASC");
      }
      items.add(new OrderItem(expression, descending));
    } while (in.acceptOperator(","));
    return items;
  }

  private record Limit(Expression rows, Expression offset) {}

  private Limit limit() {
    if (!in.accept("LIMIT")) {
      return new Limit(null, null);
    }
    Expression first = limitValue();
    if (in.acceptOperator(",")) {
      return new Limit(limitValue(), first);
    }
    return new Limit(first, in.accept("OFFSET") ? limitValue() : null);
  }

  /** A number of rows: a literal or a parameter. */
  Expression limitValue() {
    Token token = in.peek();
    if (token.kind() == TokenKind.PARAMETER) {
      in.next();
      return new Expression.Parameter(in.nextParameter());
    }
    if (token.kind() != TokenKind.INTEGER) {
      throw in.error();
    }
    Object value = in.next().value();
    return new Expression.Literal(value instanceof Long ? value : (Object) Long.MAX_VALUE);
  }

  private LockClause lock() {
    LockMode mode;
    if (in.accept("LOCK", "IN")) {
      in.expect("SHARE");
      in.expect("MODE");
      return new LockClause(LockMode.SHARED, LockWait.WAIT);
    }
    if (in.accept("FOR", "UPDATE")) {
      mode = LockMode.EXCLUSIVE;
    } else if (in.accept("FOR", "SHARE")) {
      mode = LockMode.SHARED;
    } else {
      return null;
    }
    if (in.accept("OF")) {
      do {
        grammar.tableName();
      } while (in.acceptOperator(","));
    }
    LockWait wait = LockWait.WAIT;
    if (in.accept("NOWAIT")) {
      wait = LockWait.NOWAIT;
    } else if (in.accept("SKIP", "LOCKED")) {
      wait = LockWait.SKIP_LOCKED;
    }
    return new LockClause(mode, wait);
  }
}
