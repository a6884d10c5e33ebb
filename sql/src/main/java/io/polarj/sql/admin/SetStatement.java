package io.polarj.sql.admin;

import io.polarj.engine.api.IsolationLevel;
import io.polarj.sql.error.SqlError;
import io.polarj.sql.lex.Token;
import io.polarj.sql.lex.TokenKind;
import io.polarj.sql.session.Session;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * SET in all its forms. Values that are literals or bare words are taken as they stand; anything
 * else is evaluated as an expression by the executor.
 */
final class SetStatement {
  private static final List<String> SCOPES =
      List.of("GLOBAL", "SESSION", "LOCAL", "PERSIST", "PERSIST_ONLY");

  private final Words words;
  private final Session session;
  private final Function<String, Object> evaluator;

  SetStatement(Words words, Session session, Function<String, Object> evaluator) {
    this.words = words;
    this.session = session;
    this.evaluator = evaluator;
  }

  void run() {
    do {
      assignment();
    } while (words.acceptSymbol(","));
    words.expectEnd();
  }

  private void assignment() {
    if (words.accept("NAMES")) {
      names();
    } else if (words.acceptAll("CHARACTER", "SET") || words.accept("CHARSET")) {
      session.setNames(words.nameOrString(), null);
    } else if (words.peek().is("PASSWORD") || words.peek().is("ROLE")) {
      throw SqlError.NOT_SUPPORTED_YET.with("SET " + words.peek().text());
    } else if (words.peek().kind() == TokenKind.SYSTEM_VARIABLE) {
      systemVariable();
    } else if (words.peek().kind() == TokenKind.USER_VARIABLE) {
      String name = words.next().text();
      equalsSign();
      session.userVariable(name, evaluator.apply(words.expressionText()));
    } else {
      String scope = scope();
      if (words.accept("TRANSACTION")) {
        transaction(scope);
      } else {
        systemVariable(scope, words.name());
      }
    }
  }

  /** GLOBAL, SESSION and the like, unless that is the name of a variable; empty for none. */
  private String scope() {
    for (String word : SCOPES) {
      if (words.peek().is(word) && !words.peek(1).isOperator("=")) {
        words.next();
        return word;
      }
    }
    return "";
  }

  private void names() {
    if (words.accept("DEFAULT")) {
      session.setNames("utf8mb4", null);
      return;
    }
    String characterSet = words.nameOrString();
    session.setNames(characterSet, words.accept("COLLATE") ? words.nameOrString() : null);
  }

  /** {@code @@name}, {@code @@global.name}, {@code @@session.name}. */
  private void systemVariable() {
    String name = words.next().text();
    int point = name.indexOf('.');
    String scope = point < 0 ? "" : name.substring(0, point).toUpperCase(Locale.ROOT);
    if (!scope.isEmpty() && !SCOPES.contains(scope)) {
      throw SqlError.UNKNOWN_SYSTEM_VARIABLE.with(name);
    }
    systemVariable(scope, name.substring(point + 1));
  }

  private void systemVariable(String scope, String name) {
    equalsSign();
    boolean global = scope.equals("GLOBAL");
    if (scope.startsWith("PERSIST")) {
      throw SqlError.NOT_SUPPORTED_YET.with("SET PERSIST");
    }
    if (words.peek().is("DEFAULT") && endsAt(words.peek(1))) {
      words.next();
      if (global) {
        throw SqlError.NOT_SUPPORTED_YET.with("SET GLOBAL ... = DEFAULT");
      }
      session.resetSystemVariable(name);
      return;
    }
    Object value = value();
    if (global) {
      session.setGlobalVariable(name, value);
    } else {
      session.setSystemVariable(name, value);
    }
  }

  private Object value() {
    Token token = words.peek();
    if (endsAt(words.peek(1))) {
      switch (token.kind()) {
        case STRING -> {
          return Words.string(words.next());
        }
        case QUOTED_IDENTIFIER -> {
          return words.next().text();
        }
        case WORD -> {
          String word = words.next().text();
          return word.equalsIgnoreCase("NULL") ? null : word;
        }
        case INTEGER, DECIMAL -> {
          return words.next().value();
        }
        default -> {}
      }
    }
    return evaluator.apply(words.expressionText());
  }

  private void transaction(String scope) {
    IsolationLevel isolation = null;
    String isolationName = null;
    Boolean readOnly = null;
    do {
      if (words.acceptAll("ISOLATION", "LEVEL")) {
        isolationName = isolationName();
        isolation = Session.isolationOf(isolationName);
      } else if (words.acceptAll("READ", "ONLY")) {
        readOnly = true;
      } else if (words.acceptAll("READ", "WRITE")) {
        readOnly = false;
      } else {
        throw words.syntaxError();
      }
    } while (words.acceptSymbol(","));
    switch (scope) {
      case "" -> session.nextTransaction(isolation, readOnly);
      case "GLOBAL" -> {
        if (isolationName != null) {
          session.setGlobalVariable("transaction_isolation", isolationName);
        }
        if (readOnly != null) {
          session.setGlobalVariable("transaction_read_only", readOnly ? 1L : 0L);
        }
      }
      default -> {
        if (isolationName != null) {
          session.setSystemVariable("transaction_isolation", isolationName);
        }
        if (readOnly != null) {
          session.setSystemVariable("transaction_read_only", readOnly ? 1L : 0L);
        }
      }
    }
  }

  private String isolationName() {
    if (words.acceptAll("READ", "COMMITTED")) {
      return "READ-COMMITTED";
    }
    if (words.acceptAll("READ", "UNCOMMITTED")) {
      return "READ-UNCOMMITTED";
    }
    if (words.acceptAll("REPEATABLE", "READ")) {
      return "REPEATABLE-READ";
    }
    if (words.accept("SERIALIZABLE")) {
      return "SERIALIZABLE";
    }
    throw words.syntaxError();
  }

  private void equalsSign() {
    if (!words.acceptSymbol(":=")) {
      words.expectSymbol("=");
    }
  }

  private static boolean endsAt(Token token) {
    return token.kind() == TokenKind.END || token.isOperator(",") || token.isOperator(";");
  }
}
