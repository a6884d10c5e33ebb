package io.polarj.sql.parse;

import io.polarj.sql.ast.Expression;
import io.polarj.sql.ast.Query;
import io.polarj.sql.lex.Token;
import io.polarj.sql.lex.TokenKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Expressions, from the loosest operator to the tightest, in MySQL's order. */
final class ExpressionParser {
  private static final int MAX_DEPTH = 300;
  private final Grammar grammar;
  private final TokenStream in;
  private int depth;

  ExpressionParser(Grammar grammar) {
    this.grammar = grammar;
    this.in = grammar.in;
  }

  Expression expression() {
    if (++depth > MAX_DEPTH) {
      throw in.unsupported("expressions nested deeper than " + MAX_DEPTH);
    }
    Expression left = xor();
    while (in.at("OR") || (in.atOperator("||") && !grammar.options.pipesAsConcat())) {
      in.next();
      left = new Expression.Binary("OR", left, xor());
    }
    depth--;
    return left;
  }

  List<Expression> expressions() {
    List<Expression> list = new ArrayList<>();
    do {
      list.add(expression());
    } while (in.acceptOperator(","));
    return list;
  }

  private Expression xor() {
    Expression left = and();
    while (in.accept("XOR")) {
      left = new Expression.Binary("XOR", left, and());
    }
    return left;
  }

  private Expression and() {
    Expression left = not();
    while (in.accept("AND") || in.acceptOperator("&&")) {
      left = new Expression.Binary("AND", left, not());
    }
    return left;
  }

  private Expression not() {
    int count = 0;
    while (in.accept("NOT")) {
      count++;
    }
    Expression operand = predicate();
    for (int i = 0; i < count; i++) {
      operand = new Expression.Not(operand);
    }
    return operand;
  }

  private Expression predicate() {
    Expression left = bitOr();
    while (true) {
      Expression next = continuation(left);
      if (next == null) {
        return left;
      }
      left = next;
    }
  }

  private Expression continuation(Expression left) {
    Token token = in.peek();
    if (token.kind() == TokenKind.OPERATOR) {
      return switch (token.text()) {
        case "=", "<=>", "<", "<=", ">", ">=", "<>" -> comparison(left, in.next().text());
        case "!=" -> {
          in.next();
          yield comparison(left, "<>");
        }
        default -> null;
      };
    }
    if (token.kind() != TokenKind.WORD) {
      return null;
    }
    boolean negated = token.is("NOT");
    return switch (negated ? in.peek(1).upper() : token.upper()) {
      case "IS" -> negated ? null : is(left);
      case "IN" -> inPredicate(left, negated);
      case "LIKE" -> like(left, negated);
      case "BETWEEN" -> between(left, negated);
      case "REGEXP", "RLIKE" -> {
        skip(negated);
        yield new Expression.Binary(negated ? "NOT REGEXP" : "REGEXP", left, bitOr());
      }
      case "MEMBER", "SOUNDS" -> {
        if (!negated
            && in.peek(1).kind() == TokenKind.WORD
            && (in.peek(1).is("OF") || in.peek(1).is("LIKE"))) {
          throw in.unsupported(token.upper());
        }
        yield null;
      }
      default -> null;
    };
  }

  private void skip(boolean negated) {
    in.next();
    if (negated) {
      in.next();
    }
  }

  private Expression comparison(Expression left, String operator) {
    String quantifier = null;
    if (in.peek(1).isOperator("(") && isQueryStart(2)) {
      quantifier = in.acceptAny("ANY", "SOME", "ALL");
    }
    if (quantifier == null) {
      return new Expression.Binary(operator, left, bitOr());
    }
    return new Expression.Quantified(
        operator, quantifier.equals("ALL"), left, parenthesizedQuery());
  }

  private Expression is(Expression left) {
    in.next();
    boolean negated = in.accept("NOT");
    String what = in.acceptAny("NULL", "TRUE", "FALSE", "UNKNOWN");
    if (what == null) {
      throw in.error();
    }
    return new Expression.Is(left, what, negated);
  }

  private Expression inPredicate(Expression left, boolean negated) {
    skip(negated);
    if (in.atOperator("(") && isQueryStart(1)) {
      return new Expression.InQuery(left, parenthesizedQuery(), negated);
    }
    in.expectOperator("(");
    List<Expression> list = expressions();
    in.expectOperator(")");
    return new Expression.InList(left, list, negated);
  }

  private Expression like(Expression left, boolean negated) {
    skip(negated);
    Expression pattern = bitOr();
    Expression escape = in.accept("ESCAPE") ? unary() : null;
    return new Expression.Like(left, pattern, escape, negated);
  }

  private Expression between(Expression left, boolean negated) {
    skip(negated);
    Expression low = bitOr();
    in.expect("AND");
    return new Expression.Between(left, low, bitOr(), negated);
  }

  Expression bitOr() {
    Expression left = bitAnd();
    while (in.acceptOperator("|")) {
      left = new Expression.Binary("|", left, bitAnd());
    }
    return left;
  }

  private Expression bitAnd() {
    Expression left = shift();
    while (in.acceptOperator("&")) {
      left = new Expression.Binary("&", left, shift());
    }
    return left;
  }

  private Expression shift() {
    Expression left = additive();
    while (in.atOperator("<<") || in.atOperator(">>")) {
      left = new Expression.Binary(in.next().text(), left, additive());
    }
    return left;
  }

  private Expression additive() {
    Expression left = multiplicative();
    while (in.atOperator("+") || in.atOperator("-")) {
      String operator = in.next().text();
      Expression right = multiplicative();
      if (right instanceof Expression.Interval) {
        left = dateArithmetic(operator.equals("+") ? "DATE_ADD" : "DATE_SUB", left, right);
      } else if (left instanceof Expression.Interval) {
        left = dateArithmetic("DATE_ADD", right, left);
      } else {
        left = new Expression.Binary(operator, left, right);
      }
    }
    if (left instanceof Expression.Interval && !grammar.functions.intervalAllowed()) {
      throw in.error();
    }
    return left;
  }

  private static Expression dateArithmetic(String name, Expression date, Expression interval) {
    return new Expression.Call(name, List.of(date, interval));
  }

  private Expression multiplicative() {
    Expression left = bitXor();
    while (true) {
      Token token = in.peek();
      String operator =
          token.isOperator("*") || token.isOperator("/")
              ? token.text()
              : token.isOperator("%") || token.is("MOD") ? "MOD" : token.is("DIV") ? "DIV" : null;
      if (operator == null) {
        return left;
      }
      in.next();
      left = new Expression.Binary(operator, left, bitXor());
    }
  }

  private Expression bitXor() {
    Expression left = unary();
    while (in.acceptOperator("^")) {
      left = new Expression.Binary("^", left, unary());
    }
    return left;
  }

  Expression unary() {
    if (++depth > MAX_DEPTH) {
      throw in.unsupported("expressions nested deeper than " + MAX_DEPTH);
    }
    try {
      if (in.acceptOperator("-")) {
        return negate(unary());
      }
      if (in.acceptOperator("+")) {
        return unary();
      }
      if (in.acceptOperator("~")) {
        return new Expression.Unary("~", unary());
      }
      if (in.acceptOperator("!")) {
        return new Expression.Not(unary());
      }
      if (in.accept("BINARY")) {
        return new Expression.Unary("BINARY", unary());
      }
      return postfix(primary());
    } finally {
      depth--;
    }
  }

  private static Expression negate(Expression operand) {
    if (operand instanceof Expression.Literal literal) {
      if (literal.value() instanceof Long number && number != Long.MIN_VALUE) {
        return new Expression.Literal(-number);
      }
      if (literal.value() instanceof java.math.BigDecimal number) {
        java.math.BigDecimal negative = number.negate();
        boolean fits = negative.scale() == 0 && negative.toBigInteger().bitLength() < 64;
        return new Expression.Literal(fits ? (Object) negative.longValue() : negative);
      }
      if (literal.value() instanceof Double number) {
        return new Expression.Literal(-number);
      }
    }
    return new Expression.Unary("-", operand);
  }

  private Expression postfix(Expression primary) {
    Expression result = primary;
    while (true) {
      if (in.accept("COLLATE")) {
        String collation = in.peek().kind() == TokenKind.STRING ? in.string() : collationName();
        result = new Expression.Collate(result, collation);
      } else if (in.acceptOperator("->")) {
        result = jsonExtract(result);
      } else if (in.acceptOperator("->>")) {
        result = new Expression.Call("JSON_UNQUOTE", List.of(jsonExtract(result)));
      } else if (grammar.options.pipesAsConcat() && in.acceptOperator("||")) {
        result = new Expression.Call("CONCAT", List.of(result, postfix(primary())));
      } else {
        return result;
      }
    }
  }

  private String collationName() {
    return in.at("BINARY") ? in.next().text() : in.name();
  }

  private Expression jsonExtract(Expression document) {
    return new Expression.Call("JSON_EXTRACT", List.of(document, primary()));
  }

  Expression primary() {
    Token token = in.peek();
    switch (token.kind()) {
      case STRING, INTEGER, DECIMAL, DOUBLE, BYTES -> {
        in.next();
        return new Expression.Literal(token.value());
      }
      case PARAMETER -> {
        in.next();
        return new Expression.Parameter(in.nextParameter());
      }
      case USER_VARIABLE -> {
        in.next();
        if (in.atOperator(":=")) {
          throw in.unsupported("assignment to a user variable in an expression");
        }
        return new Expression.UserVariable(token.text());
      }
      case SYSTEM_VARIABLE -> {
        in.next();
        return systemVariable(token.text());
      }
      case OPERATOR -> {
        if (token.text().equals("(")) {
          return parenthesized();
        }
        throw in.error();
      }
      case QUOTED_IDENTIFIER -> {
        return column();
      }
      case WORD -> {
        return word(token);
      }
      default -> throw in.error();
    }
  }

  private static Expression systemVariable(String text) {
    String name = text.toLowerCase(Locale.ROOT);
    for (String scope : new String[] {"session", "global", "local", "persist"}) {
      if (name.startsWith(scope + ".")) {
        String which = scope.equals("local") ? "session" : scope;
        return new Expression.SystemVariable(which, name.substring(scope.length() + 1));
      }
    }
    return new Expression.SystemVariable("", name);
  }

  private Expression parenthesized() {
    if (isQueryStart(1)) {
      return new Expression.ScalarQuery(parenthesizedQuery());
    }
    in.next();
    Expression first = expression();
    if (in.atOperator(",")) {
      List<Expression> items = new ArrayList<>();
      items.add(first);
      while (in.acceptOperator(",")) {
        items.add(expression());
      }
      in.expectOperator(")");
      return new Expression.RowValue(items);
    }
    in.expectOperator(")");
    return first;
  }

  /** Whether a query begins {@code ahead} tokens further, perhaps in more parentheses. */
  private boolean isQueryStart(int ahead) {
    int i = ahead;
    while (in.peek(i).isOperator("(")) {
      i++;
    }
    Token token = in.peek(i);
    return token.is("SELECT")
        || token.is("WITH")
        || (token.is("VALUES") && in.peek(i + 1).is("ROW"));
  }

  Query parenthesizedQuery() {
    in.expectOperator("(");
    Query query = grammar.queries.query();
    in.expectOperator(")");
    return query;
  }

  private Expression word(Token token) {
    boolean call = in.peek(1).isOperator("(");
    switch (token.upper()) {
      case "NULL", "TRUE", "FALSE" -> {
        in.next();
        return new Expression.Literal(
            token.is("NULL") ? null : (Object) Boolean.valueOf(token.is("TRUE")));
      }
      case "CASE" -> {
        return caseExpression();
      }
      case "EXISTS" -> {
        in.next();
        return new Expression.Exists(parenthesizedQuery());
      }
      case "INTERVAL" -> {
        return interval();
      }
      case "DEFAULT" -> {
        return defaultValue();
      }
      case "DATE", "TIME", "TIMESTAMP" -> {
        if (in.peek(1).kind() == TokenKind.STRING) {
          in.next();
          return temporalLiteral(token.upper(), in.string());
        }
      }
      case "ROW" -> {
        if (call) {
          in.next();
          in.next();
          List<Expression> items = expressions();
          in.expectOperator(")");
          return items.size() == 1 ? items.get(0) : new Expression.RowValue(items);
        }
      }
      case "MATCH" -> throw in.unsupported("MATCH ... AGAINST");
      default -> {}
    }
    if (call || grammar.functions.withoutParentheses(token)) {
      return grammar.functions.call();
    }
    return column();
  }

  private Expression temporalLiteral(String kind, String text) {
    return new Expression.Cast(
        new Expression.Literal(text), TypeParser.temporalLiteralType(kind, text));
  }

  private Expression defaultValue() {
    in.next();
    if (in.acceptOperator("(")) {
      Expression.Column column = column();
      in.expectOperator(")");
      return new Expression.Default(column);
    }
    return new Expression.Default(null);
  }

  private Expression interval() {
    in.next();
    Expression value = expression();
    return new Expression.Interval(value, unit());
  }

  /** A unit of time such as DAY or HOUR_MINUTE. */
  String unit() {
    String unit = in.next().upper();
    unit = unit.startsWith("SQL_TSI_") ? unit.substring(8) : unit;
    return switch (unit) {
      case "MICROSECOND",
          "SECOND",
          "MINUTE",
          "HOUR",
          "DAY",
          "WEEK",
          "MONTH",
          "QUARTER",
          "YEAR",
          "SECOND_MICROSECOND",
          "MINUTE_MICROSECOND",
          "MINUTE_SECOND",
          "HOUR_MICROSECOND",
          "HOUR_SECOND",
          "HOUR_MINUTE",
          "DAY_MICROSECOND",
          "DAY_SECOND",
          "DAY_MINUTE",
          "DAY_HOUR",
          "YEAR_MONTH" ->
          unit;
      default -> throw in.error();
    };
  }

  private Expression caseExpression() {
    in.next();
    Expression value = in.at("WHEN") ? null : expression();
    List<Expression.When> whens = new ArrayList<>();
    while (in.accept("WHEN")) {
      Expression condition = expression();
      in.expect("THEN");
      whens.add(new Expression.When(condition, expression()));
    }
    if (whens.isEmpty()) {
      throw in.error();
    }
    Expression otherwise = in.accept("ELSE") ? expression() : null;
    in.expect("END");
    return new Expression.Case(value, whens, otherwise);
  }

  Expression.Column column() {
    String first = in.acceptOperator(".") ? in.nameAfterPoint() : in.name();
    if (!in.acceptOperator(".")) {
      return new Expression.Column(null, null, first);
    }
    String second = in.nameAfterPoint();
    if (!in.acceptOperator(".")) {
      return new Expression.Column(null, first, second);
    }
    return new Expression.Column(first, second, in.nameAfterPoint());
  }
}
