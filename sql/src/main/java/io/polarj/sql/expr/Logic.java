package io.polarj.sql.expr;

import io.polarj.engine.schema.Collation;
import java.util.List;
import org.apache.calcite.sql.SqlKind;

/** Three-valued logic, comparisons and conditional expressions. */
final class Logic {
  private Logic() {}

  static Expr and(List<Expr> operands) {
    Expr[] all = operands.toArray(new Expr[0]);
    return (row, context) -> {
      boolean unknown = false;
      for (Expr expr : all) {
        Object value = expr.eval(row, context);
        if (value == null) {
          unknown = true;
        } else if (!Truth.isTrue(value)) {
          return Truth.FALSE;
        }
      }
      return unknown ? null : Truth.TRUE;
    };
  }

  static Expr or(List<Expr> operands) {
    Expr[] all = operands.toArray(new Expr[0]);
    return (row, context) -> {
      boolean unknown = false;
      for (Expr expr : all) {
        Object value = expr.eval(row, context);
        if (value == null) {
          unknown = true;
        } else if (Truth.isTrue(value)) {
          return Truth.TRUE;
        }
      }
      return unknown ? null : Truth.FALSE;
    };
  }

  static Expr not(Expr operand) {
    return (row, context) -> {
      Object value = operand.eval(row, context);
      return value == null ? null : Truth.of(!Truth.isTrue(value));
    };
  }

  static Expr comparison(SqlKind kind, Expr left, Expr right, Collation collation) {
    if (kind == SqlKind.IS_NOT_DISTINCT_FROM || kind == SqlKind.IS_DISTINCT_FROM) {
      boolean wanted = kind == SqlKind.IS_NOT_DISTINCT_FROM;
      return (row, context) -> {
        Object a = left.eval(row, context);
        Object b = right.eval(row, context);
        boolean same =
            a == null || b == null ? a == b : Comparison.compare(a, b, collation, context) == 0;
        return Truth.of(same == wanted);
      };
    }
    return (row, context) -> {
      Object a = left.eval(row, context);
      if (a == null) {
        return null;
      }
      Object b = right.eval(row, context);
      if (b == null) {
        return null;
      }
      int order = Comparison.compare(a, b, collation, context);
      return Truth.of(
          switch (kind) {
            case EQUALS -> order == 0;
            case NOT_EQUALS -> order != 0;
            case LESS_THAN -> order < 0;
            case LESS_THAN_OR_EQUAL -> order <= 0;
            case GREATER_THAN -> order > 0;
            default -> order >= 0;
          });
    };
  }

  /** The operands are the value and the list. */
  static Expr in(List<Expr> operands, Collation collation) {
    Expr value = operands.get(0);
    Expr[] list = operands.subList(1, operands.size()).toArray(new Expr[0]);
    return (row, context) -> {
      Object wanted = value.eval(row, context);
      if (wanted == null) {
        return null;
      }
      boolean unknown = false;
      for (Expr expr : list) {
        Object item = expr.eval(row, context);
        if (item == null) {
          unknown = true;
        } else if (Comparison.compare(wanted, item, collation, context) == 0) {
          return Truth.TRUE;
        }
      }
      return unknown ? null : Truth.FALSE;
    };
  }

  /** The operands are conditions and results by turns, and the result of ELSE. */
  static Expr caseOf(List<Expr> operands) {
    Expr[] all = operands.toArray(new Expr[0]);
    return (row, context) -> {
      for (int i = 0; i + 1 < all.length; i += 2) {
        if (all[i].holds(row, context)) {
          return all[i + 1].eval(row, context);
        }
      }
      return all[all.length - 1].eval(row, context);
    };
  }

  static Expr coalesce(List<Expr> operands) {
    Expr[] all = operands.toArray(new Expr[0]);
    return (row, context) -> {
      for (Expr expr : all) {
        Object value = expr.eval(row, context);
        if (value != null) {
          return value;
        }
      }
      return null;
    };
  }

  static Expr like(List<Expr> operands, Collation collation) {
    Expr value = operands.get(0);
    Expr pattern = operands.get(1);
    Expr escape = operands.size() > 2 ? operands.get(2) : null;
    return (row, context) -> {
      Object text = value.eval(row, context);
      Object like = pattern.eval(row, context);
      if (text == null || like == null) {
        return null;
      }
      int escapeCharacter = '\\';
      if (escape != null) {
        Object given = escape.eval(row, context);
        String character = given == null ? "\\" : Values.toText(given);
        escapeCharacter = character.isEmpty() ? -1 : character.codePointAt(0);
      }
      return Truth.of(
          LikePattern.matches(
              Values.toText(text), Values.toText(like), escapeCharacter, collation));
    };
  }
}
