package io.polarj.sql.parse;

import io.polarj.engine.schema.ColumnType;
import io.polarj.sql.ast.Expression;
import io.polarj.sql.ast.OrderItem;
import io.polarj.sql.lex.Token;
import io.polarj.sql.lex.TokenKind;
import java.util.ArrayList;
import java.util.List;

/** Calls of functions, those with a syntax of their own included. */
final class FunctionParser {
  private final Grammar grammar;
  private final TokenStream in;
  private int intervalPlaces;

  FunctionParser(Grammar grammar) {
    this.grammar = grammar;
    this.in = grammar.in;
  }

  /** Whether an INTERVAL may stand alone here, as an argument of date arithmetic. */
  boolean intervalAllowed() {
    return intervalPlaces > 0;
  }

  /** CURRENT_TIMESTAMP and its like, which need no parentheses. */
  boolean withoutParentheses(Token token) {
    return switch (token.upper()) {
      case "CURRENT_DATE",
          "CURRENT_TIME",
          "CURRENT_TIMESTAMP",
          "LOCALTIME",
          "LOCALTIMESTAMP",
          "UTC_DATE",
          "UTC_TIME",
          "UTC_TIMESTAMP",
          "CURRENT_USER" ->
          token.kind() == TokenKind.WORD;
      default -> false;
    };
  }

  Expression call() {
    Token nameToken = in.next();
    String name = nameToken.upper();
    if (!in.acceptOperator("(")) {
      return new Expression.Call(name, List.of());
    }
    Expression result = arguments(name);
    in.expectOperator(")");
    if (in.at("OVER") && (in.peek(1).isOperator("(") || in.peek(1).kind() == TokenKind.WORD)) {
      throw in.unsupported("window functions");
    }
    return result;
  }

  private Expression arguments(String name) {
    return switch (name) {
      case "CAST" -> cast();
      case "CONVERT" -> convert();
      case "EXTRACT" -> extract();
      case "TRIM" -> trim();
      case "SUBSTRING", "SUBSTR", "MID" -> substring();
      case "POSITION" -> position();
      case "VALUES" -> new Expression.InsertedValue(grammar.expressions.column());
      case "TIMESTAMPDIFF", "TIMESTAMPADD" -> unitFirst(name);
      case "DATE_ADD", "DATE_SUB", "ADDDATE", "SUBDATE" -> dateArithmetic(name);
      case "GROUP_CONCAT" -> groupConcat();
      case "CHAR" -> charFunction();
      case "COUNT",
          "SUM",
          "AVG",
          "MIN",
          "MAX",
          "BIT_AND",
          "BIT_OR",
          "BIT_XOR",
          "STD",
          "STDDEV",
          "STDDEV_POP",
          "STDDEV_SAMP",
          "VARIANCE",
          "VAR_POP",
          "VAR_SAMP" ->
          aggregate(name);
      default -> new Expression.Call(name, list());
    };
  }

  private List<Expression> list() {
    return in.atOperator(")") ? List.of() : grammar.expressions.expressions();
  }

  private Expression aggregate(String name) {
    if (in.acceptOperator("*")) {
      if (!name.equals("COUNT")) {
        throw in.error();
      }
      return new Expression.Call(name, false, true, List.of(), List.of(), null);
    }
    boolean distinct = in.accept("DISTINCT");
    if (!distinct) {
      in.accept("ALL");
    }
    return new Expression.Call(
        name, distinct, false, grammar.expressions.expressions(), List.of(), null);
  }

  private Expression groupConcat() {
    boolean distinct = in.accept("DISTINCT");
    List<Expression> values = grammar.expressions.expressions();
    List<OrderItem> order = grammar.queries.orderBy();
    String separator = in.accept("SEPARATOR") ? in.string() : ",";
    return new Expression.Call("GROUP_CONCAT", distinct, false, values, order, separator);
  }

  private Expression cast() {
    Expression value = grammar.expressions.expression();
    in.expect("AS");
    ColumnType type = grammar.types.castType();
    return new Expression.Cast(value, type);
  }

  private Expression convert() {
    Expression value = grammar.expressions.expression();
    if (in.accept("USING")) {
      String charset = in.at("BINARY") ? in.next().text() : in.name();
      return new Expression.Cast(value, TypeParser.characterType(charset));
    }
    in.expectOperator(",");
    return new Expression.Cast(value, grammar.types.castType());
  }

  private Expression extract() {
    String unit = grammar.expressions.unit();
    in.expect("FROM");
    return new Expression.Call(
        "EXTRACT", List.of(new Expression.Literal(unit), grammar.expressions.expression()));
  }

  private Expression trim() {
    String side = in.acceptAny("BOTH", "LEADING", "TRAILING");
    Expression what = new Expression.Literal(" ");
    Expression value;
    if (side != null && in.accept("FROM")) {
      value = grammar.expressions.expression();
    } else {
      value = grammar.expressions.expression();
      if (in.accept("FROM")) {
        what = value;
        value = grammar.expressions.expression();
      }
    }
    Expression where = new Expression.Literal(side == null ? "BOTH" : side);
    return new Expression.Call("TRIM", List.of(where, what, value));
  }

  private Expression substring() {
    List<Expression> arguments = new ArrayList<>();
    arguments.add(grammar.expressions.expression());
    if (in.accept("FROM")) {
      arguments.add(grammar.expressions.expression());
      if (in.accept("FOR")) {
        arguments.add(grammar.expressions.expression());
      }
    } else if (in.acceptOperator(",")) {
      arguments.addAll(grammar.expressions.expressions());
    }
    return new Expression.Call("SUBSTRING", arguments);
  }

  private Expression position() {
    Expression what = grammar.expressions.bitOr();
    in.expect("IN");
    return new Expression.Call("LOCATE", List.of(what, grammar.expressions.expression()));
  }

  private Expression unitFirst(String name) {
    List<Expression> arguments = new ArrayList<>();
    arguments.add(new Expression.Literal(grammar.expressions.unit()));
    in.expectOperator(",");
    arguments.addAll(grammar.expressions.expressions());
    return new Expression.Call(name, arguments);
  }

  private Expression dateArithmetic(String name) {
    Expression date = grammar.expressions.expression();
    in.expectOperator(",");
    intervalPlaces++;
    Expression interval = grammar.expressions.expression();
    intervalPlaces--;
    if (!(interval instanceof Expression.Interval)) {
      if (name.startsWith("DATE_")) {
        throw in.error();
      }
      interval = new Expression.Interval(interval, "DAY");
    }
    String plain = name.equals("ADDDATE") ? "DATE_ADD" : name.equals("SUBDATE") ? "DATE_SUB" : name;
    return new Expression.Call(plain, List.of(date, interval));
  }

  private Expression charFunction() {
    List<Expression> codes = grammar.expressions.expressions();
    Expression call = new Expression.Call("CHAR", codes);
    if (in.accept("USING")) {
      String charset = in.at("BINARY") ? in.next().text() : in.name();
      return new Expression.Cast(call, TypeParser.characterType(charset));
    }
    return call;
  }
}
