package io.polarj.sql.parse;

import io.polarj.sql.ast.Expression;
import io.polarj.sql.ast.FromItem;
import io.polarj.sql.ast.OrderItem;
import io.polarj.sql.ast.Query;
import io.polarj.sql.ast.Statement;
import io.polarj.sql.ast.TableName;
import java.util.ArrayList;
import java.util.List;

/** INSERT, REPLACE, UPDATE, DELETE. */
final class DmlParser {
  private final Grammar grammar;
  private final TokenStream in;

  DmlParser(Grammar grammar) {
    this.grammar = grammar;
    this.in = grammar.in;
  }

  Statement insert() {
    boolean replace = in.next().is("REPLACE");
    in.acceptAny("LOW_PRIORITY", "DELAYED", "HIGH_PRIORITY");
    boolean ignore = !replace && in.accept("IGNORE");
    in.accept("INTO");
    TableName table = grammar.tableName();
    Statement.InsertMode mode =
        replace
            ? Statement.InsertMode.REPLACE
            : ignore ? Statement.InsertMode.IGNORE : Statement.InsertMode.INSERT;
    List<String> columns = List.of();
    List<List<Expression>> rows = null;
    Query source = null;
    if (in.accept("SET")) {
      List<Statement.Assignment> assignments = assignments();
      columns = assignments.stream().map(a -> a.target().name()).toList();
      rows = List.of(assignments.stream().map(Statement.Assignment::value).toList());
    } else {
      columns = columns();
      if (in.at("VALUE") || (in.at("VALUES") && !in.peek(1).is("ROW"))) {
        in.next();
        rows = rows();
      } else {
        source = grammar.queries.query();
      }
    }
    String alias = rowAlias();
    List<Statement.Assignment> onDuplicate = List.of();
    if (in.accept("ON", "DUPLICATE")) {
      in.expect("KEY");
      in.expect("UPDATE");
      if (replace) {
        throw in.error();
      }
      onDuplicate = assignments();
    }
    return new Statement.Insert(mode, table, columns, rows, source, alias, onDuplicate);
  }

  private List<String> columns() {
    if (!in.atOperator("(")
        || in.peek(1).is("SELECT")
        || in.peek(1).is("WITH")
        || in.peek(1).isOperator("(")) {
      return List.of();
    }
    in.next();
    List<String> names = new ArrayList<>();
    while (!in.acceptOperator(")")) {
      names.add(grammar.expressions.column().name());
      if (!in.atOperator(")")) {
        in.expectOperator(",");
      }
    }
    return names;
  }

  private String rowAlias() {
    if (!in.accept("AS")) {
      return null;
    }
    String alias = in.name();
    if (in.atOperator("(")) {
      throw in.unsupported("column aliases of the inserted row");
    }
    return alias;
  }

  private List<List<Expression>> rows() {
    List<List<Expression>> rows = new ArrayList<>();
    do {
      in.accept("ROW");
      in.expectOperator("(");
      rows.add(in.atOperator(")") ? List.of() : grammar.expressions.expressions());
      in.expectOperator(")");
    } while (in.acceptOperator(","));
    return rows;
  }

  private List<Statement.Assignment> assignments() {
    List<Statement.Assignment> assignments = new ArrayList<>();
    do {
      Expression.Column target = grammar.expressions.column();
      if (!in.acceptOperator("=") && !in.acceptOperator(":=")) {
        throw in.error();
      }
      assignments.add(new Statement.Assignment(target, grammar.expressions.expression()));
    } while (in.acceptOperator(","));
    return assignments;
  }

  Statement update() {
    in.next();
    in.accept("LOW_PRIORITY");
    boolean ignore = in.accept("IGNORE");
    FromItem table = grammar.queries.from();
    in.expect("SET");
    List<Statement.Assignment> assignments = assignments();
    Expression where = in.accept("WHERE") ? grammar.expressions.expression() : null;
    List<OrderItem> order = grammar.queries.orderBy();
    Expression limit = in.accept("LIMIT") ? grammar.queries.limitValue() : null;
    return new Statement.Update(ignore, table, assignments, where, order, limit);
  }

  Statement delete() {
    in.next();
    in.accept("LOW_PRIORITY");
    in.accept("QUICK");
    boolean ignore = in.accept("IGNORE");
    List<TableName> targets = new ArrayList<>();
    FromItem from;
    if (in.accept("FROM")) {
      int mark = in.mark();
      targets.addAll(targets());
      if (in.accept("USING")) {
        from = grammar.queries.from();
      } else {
        in.reset(mark);
        from = grammar.queries.from();
        targets.clear();
        if (from instanceof FromItem.Table table) {
          targets.add(table.name());
        }
      }
    } else {
      targets.addAll(targets());
      in.expect("FROM");
      from = grammar.queries.from();
    }
    Expression where = in.accept("WHERE") ? grammar.expressions.expression() : null;
    List<OrderItem> order = grammar.queries.orderBy();
    Expression limit = in.accept("LIMIT") ? grammar.queries.limitValue() : null;
    return new Statement.Delete(ignore, targets, from, where, order, limit);
  }

  private List<TableName> targets() {
    List<TableName> targets = new ArrayList<>();
    do {
      targets.add(grammar.tableName());
      if (in.acceptOperator(".")) {
        in.expectOperator("*");
      }
    } while (in.acceptOperator(","));
    return targets;
  }
}
