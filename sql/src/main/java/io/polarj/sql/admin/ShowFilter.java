package io.polarj.sql.admin;

import io.polarj.sql.error.SqlError;
import io.polarj.sql.lex.TokenKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * LIKE 'pattern' on the first column, or WHERE with comparisons of columns and literals joined by
 * AND and OR, which is what drivers and tools send.
 */
final class ShowFilter {
  private final Words words;
  private final ShowTable table;

  ShowFilter(Words words, ShowTable table) {
    this.words = words;
    this.table = table;
  }

  Predicate<Object[]> parse() {
    Predicate<Object[]> filter = row -> true;
    if (words.accept("LIKE")) {
      Pattern pattern = like(words.nameOrString());
      filter = row -> row[0] != null && pattern.matcher(row[0].toString()).matches();
    } else if (words.accept("WHERE")) {
      filter = or();
    }
    words.expectEnd();
    return filter;
  }

  private Predicate<Object[]> or() {
    Predicate<Object[]> left = and();
    while (words.accept("OR")) {
      left = left.or(and());
    }
    return left;
  }

  private Predicate<Object[]> and() {
    Predicate<Object[]> left = condition();
    while (words.accept("AND")) {
      left = left.and(condition());
    }
    return left;
  }

  private Predicate<Object[]> condition() {
    if (words.acceptSymbol("(")) {
      Predicate<Object[]> inner = or();
      words.expectSymbol(")");
      return inner;
    }
    String name = words.name();
    int column = table.column(name);
    if (column < 0) {
      throw SqlError.BAD_FIELD.with(name, "where clause");
    }
    boolean negated = words.accept("NOT");
    Predicate<Object[]> test;
    if (words.accept("LIKE")) {
      Pattern pattern = like(words.nameOrString());
      test = row -> row[column] != null && pattern.matcher(row[column].toString()).matches();
    } else if (words.accept("IN")) {
      test = in(column);
    } else if (words.acceptSymbol("=")) {
      String value = literal();
      test = row -> row[column] != null && row[column].toString().equalsIgnoreCase(value);
    } else if (words.acceptSymbol("<>") || words.acceptSymbol("!=")) {
      String value = literal();
      test = row -> row[column] != null && !row[column].toString().equalsIgnoreCase(value);
    } else {
      throw words.syntaxError();
    }
    return negated ? row -> row[column] != null && !test.test(row) : test;
  }

  private Predicate<Object[]> in(int column) {
    words.expectSymbol("(");
    List<String> values = new ArrayList<>();
    do {
      values.add(literal().toLowerCase(Locale.ROOT));
    } while (words.acceptSymbol(","));
    words.expectSymbol(")");
    return row ->
        row[column] != null && values.contains(row[column].toString().toLowerCase(Locale.ROOT));
  }

  private String literal() {
    return words.peek().kind() == TokenKind.INTEGER ? words.next().text() : words.nameOrString();
  }

  /** A LIKE pattern as a regular expression, case-insensitive as MySQL's metadata collation is. */
  static Pattern like(String pattern) {
    StringBuilder regex = new StringBuilder();
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      if (c == '\\' && i + 1 < pattern.length()) {
        i++;
        regex.append(Pattern.quote(String.valueOf(pattern.charAt(i))));
      } else if (c == '%') {
        regex.append(".*");
      } else if (c == '_') {
        regex.append('.');
      } else {
        regex.append(Pattern.quote(String.valueOf(c)));
      }
    }
    return Pattern.compile(
        regex.toString(), Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE | Pattern.DOTALL);
  }
}
