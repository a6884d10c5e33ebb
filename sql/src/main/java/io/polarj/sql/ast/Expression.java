package io.polarj.sql.ast;

import io.polarj.engine.schema.ColumnType;
import java.util.List;

/** A scalar expression as written. */
public sealed interface Expression {
  /**
   * A constant: null, Long, BigDecimal, Double, String, byte[], Boolean, LocalDate, Duration (TIME)
   * or LocalDateTime.
   */
  record Literal(Object value) implements Expression {}

  /** The parameter with that number from 0. */
  record Parameter(int index) implements Expression {}

  /** {@code schema} and {@code table} are null when not given. */
  record Column(String schema, String table, String name) implements Expression {
    @Override
    public String toString() {
      return (schema == null ? "" : schema + ".") + (table == null ? "" : table + ".") + name;
    }
  }

  /** DEFAULT as a value, or DEFAULT(column). */
  record Default(Column column) implements Expression {}

  /** VALUES(column) in ON DUPLICATE KEY UPDATE. */
  record InsertedValue(Column column) implements Expression {}

  /** {@code @name}. */
  record UserVariable(String name) implements Expression {}

  /** {@code @@scope.name}; {@code scope} is "", "session", "global". */
  record SystemVariable(String scope, String name) implements Expression {}

  /** {@code operator} is upper-case: {@code - ~ ! BINARY}. */
  record Unary(String operator, Expression operand) implements Expression {}

  /**
   * {@code operator}: {@code + - * / DIV MOD = <=> <> < <= > >= AND OR XOR & | ^ << >> REGEXP};
   * also {@code NOT REGEXP}, {@code ||} (concatenation).
   */
  record Binary(String operator, Expression left, Expression right) implements Expression {}

  record Not(Expression operand) implements Expression {}

  record Like(Expression value, Expression pattern, Expression escape, boolean negated)
      implements Expression {}

  record Between(Expression value, Expression low, Expression high, boolean negated)
      implements Expression {}

  record InList(Expression value, List<Expression> list, boolean negated) implements Expression {}

  record InQuery(Expression value, Query query, boolean negated) implements Expression {}

  record Exists(Query query) implements Expression {}

  /** {@code value operator ANY|ALL (query)}. */
  record Quantified(String operator, boolean all, Expression value, Query query)
      implements Expression {}

  record ScalarQuery(Query query) implements Expression {}

  /** {@code what}: NULL, TRUE, FALSE, UNKNOWN. */
  record Is(Expression value, String what, boolean negated) implements Expression {}

  /** {@code value} null for a searched CASE; {@code otherwise} may be null. */
  record Case(Expression value, List<When> whens, Expression otherwise) implements Expression {}

  record When(Expression condition, Expression result) {}

  /** {@code CAST(x AS type)}, {@code CONVERT(x, type)}; CHAR without length has length -1. */
  record Cast(Expression value, ColumnType type) implements Expression {}

  /** {@code x COLLATE name}. */
  record Collate(Expression value, String collation) implements Expression {}

  /** INTERVAL value unit; only as an argument of date arithmetic. */
  record Interval(Expression value, String unit) implements Expression {}

  /** (a, b, ...). */
  record RowValue(List<Expression> items) implements Expression {}

  /** A function; {@code name} is upper-case. COUNT(*) has {@code star}. */
  record Call(
      String name,
      boolean distinct,
      boolean star,
      List<Expression> arguments,
      List<OrderItem> orderBy,
      String separator)
      implements Expression {
    public Call(String name, List<Expression> arguments) {
      this(name, false, false, arguments, List.of(), null);
    }
  }
}
