package io.polarj.sql.expr;

import io.polarj.engine.schema.Collation;
import io.polarj.engine.schema.ColumnType;
import io.polarj.engine.schema.TypeKind;
import io.polarj.sql.error.SqlError;
import io.polarj.sql.type.MySqlTypes;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.avatica.util.ByteString;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexCorrelVariable;
import org.apache.calcite.rex.RexDynamicParam;
import org.apache.calcite.rex.RexFieldAccess;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexSubQuery;
import org.apache.calcite.rex.RexVisitorImpl;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.util.NlsString;

/**
 * Makes {@link Expr}s of Calcite's row expressions. Inside an expression values are as {@link
 * Values} describes; at its root they become what the column type holds. Stateless, any thread.
 */
public final class RexCompiler {
  private final SubQueryCompiler subQueries;

  /** {@code subQueries} is asked for each {@code RexSubQuery}; null when there are none. */
  public RexCompiler(SubQueryCompiler subQueries) {
    this.subQueries = subQueries;
  }

  /** The expression with results of the class of its column type. */
  public Expr compile(RexNode node) {
    if (node instanceof RexInputRef reference) {
      int index = reference.getIndex();
      return (row, context) -> row[index];
    }
    if (node instanceof RexFieldAccess access
        && access.getReferenceExpr() instanceof RexCorrelVariable) {
      return outer(access);
    }
    Expr expr = value(node);
    ColumnType type = MySqlTypes.columnType(node.getType());
    if (MySqlTypes.isUnsigned64(type)) {
      return (row, context) -> {
        Object value = expr.eval(row, context);
        return value == null ? null : (Object) Values.toBits(value);
      };
    }
    return switch (type.kind()) {
      case DECIMAL -> decimal(expr, type.scale());
      case FLOAT ->
          (row, context) -> {
            Object value = expr.eval(row, context);
            return value == null ? null : (Object) (float) Values.toDouble(value);
          };
      case TIMESTAMP -> (row, context) -> toUtc(expr.eval(row, context), context);
      default -> expr;
    };
  }

  private static Expr decimal(Expr expr, int scale) {
    return (row, context) -> {
      Object value = expr.eval(row, context);
      if (value == null) {
        return null;
      }
      BigDecimal decimal = Values.toDecimal(value);
      boolean open = scale == 30 && decimal.scale() <= 30;
      return open || decimal.scale() == scale
          ? decimal
          : decimal.setScale(scale, RoundingMode.HALF_UP);
    };
  }

  private static Object toUtc(Object value, EvalContext context) {
    LocalDateTime local = value == null ? null : Temporals.toDateTime(value, null);
    return local == null
        ? null
        : local
            .atZone(context.session().timeZone())
            .withZoneSameInstant(ZoneOffset.UTC)
            .toLocalDateTime();
  }

  /** Whether it reads no row, here or outside; parameters and session values are allowed. */
  public static boolean constantForStatement(RexNode node) {
    boolean[] constant = {true};
    node.accept(
        new RexVisitorImpl<Void>(true) {
          @Override
          public Void visitInputRef(RexInputRef reference) {
            constant[0] = false;
            return null;
          }

          @Override
          public Void visitCorrelVariable(RexCorrelVariable variable) {
            constant[0] = false;
            return null;
          }

          @Override
          public Void visitSubQuery(RexSubQuery subQuery) {
            constant[0] = false;
            return null;
          }

          @Override
          public Void visitCall(RexCall call) {
            String name = call.getOperator().getName();
            if (name.equals("RAND") || name.equals("UUID") || name.equals("SLEEP")) {
              constant[0] = false;
            }
            return super.visitCall(call);
          }
        });
    return constant[0];
  }

  /** With values as they are inside of expressions. */
  Expr value(RexNode node) {
    return switch (node) {
      case RexLiteral literal -> literal(literal);
      case RexInputRef reference -> {
        int index = reference.getIndex();
        yield input((row, context) -> row[index], reference.getType());
      }
      case RexDynamicParam parameter -> {
        int index = parameter.getIndex();
        yield (row, context) -> context.parameter(index);
      }
      case RexFieldAccess access -> input(outer(access), access.getType());
      case RexSubQuery subQuery -> subQuery(subQuery);
      case RexCall call -> call(call);
      default -> throw SqlError.INTERNAL.with("no evaluation for " + node);
    };
  }

  private static Expr outer(RexFieldAccess access) {
    if (!(access.getReferenceExpr() instanceof RexCorrelVariable variable)) {
      throw SqlError.INTERNAL.with("no evaluation for " + access);
    }
    int id = variable.id.getId();
    int index = access.getField().getIndex();
    return (row, context) -> context.outerRow(id)[index];
  }

  private Expr subQuery(RexSubQuery subQuery) {
    if (subQueries == null) {
      throw SqlError.NOT_SUPPORTED_YET.with("subquery at this place");
    }
    List<Expr> operands = new ArrayList<>();
    for (RexNode operand : subQuery.getOperands()) {
      operands.add(value(operand));
    }
    return input(subQueries.compile(subQuery, operands), subQuery.getType());
  }

  /** Takes a value out of a row into an expression. */
  private static Expr input(Expr expr, RelDataType relType) {
    ColumnType type = MySqlTypes.columnType(relType);
    if (MySqlTypes.isUnsigned64(type)) {
      return (row, context) ->
          expr.eval(row, context) instanceof Long bits ? Values.unsigned(bits) : null;
    }
    return switch (type.kind()) {
      case FLOAT ->
          (row, context) ->
              expr.eval(row, context) instanceof Number number
                  ? (Object) number.doubleValue()
                  : null;
      case TIMESTAMP ->
          (row, context) ->
              expr.eval(row, context) instanceof LocalDateTime utc
                  ? utc.atOffset(ZoneOffset.UTC)
                      .atZoneSameInstant(context.session().timeZone())
                      .toLocalDateTime()
                  : null;
      default -> expr;
    };
  }

  private static Expr literal(RexLiteral literal) {
    Object value = literalValue(literal);
    return (row, context) -> value;
  }

  private static Object literalValue(RexLiteral literal) {
    return switch (literal.getValue4()) {
      case null -> null;
      case Boolean bool -> Truth.of(bool);
      case NlsString text -> text.getValue();
      case ByteString bytes -> bytes.getBytes();
      case BigDecimal number ->
          MySqlTypes.columnType(literal.getType()).kind() == TypeKind.DECIMAL
              ? number
              : MySqlTypes.columnType(literal.getType()).kind() == TypeKind.DOUBLE
                  ? (Object) number.doubleValue()
                  : Values.integer(number.toBigInteger());
      case Double number -> number;
      default -> throw SqlError.INTERNAL.with("no evaluation for literal " + literal);
    };
  }

  private List<Expr> operands(RexCall call) {
    List<Expr> operands = new ArrayList<>(call.getOperands().size());
    for (RexNode operand : call.getOperands()) {
      operands.add(value(operand));
    }
    return operands;
  }

  private Expr call(RexCall call) {
    List<Expr> operands = operands(call);
    Expr expr = uncached(call, operands);
    boolean foldable =
        call.getOperands().stream().allMatch(RexLiteral.class::isInstance)
            && call.getOperator().isDeterministic()
            && !(call.getOperator() instanceof MySqlFunction f && !f.def().stable());
    return foldable ? folded(expr) : expr;
  }

  /** Literals only: computed once, unless it fails or needs the session. */
  private static Expr folded(Expr expr) {
    try {
      Object value = expr.eval(new Object[0], new EvalContext(null, null));
      return (row, context) -> value;
    } catch (RuntimeException e) {
      // It fails when it is evaluated, as it should, and not when nothing is.
      return expr;
    }
  }

  private Expr uncached(RexCall call, List<Expr> operands) {
    if (call.getOperator() instanceof MySqlFunction function) {
      return function(call, function, operands);
    }
    ColumnType type = MySqlTypes.columnType(call.getType());
    Expr first = operands.isEmpty() ? null : operands.get(0);
    return switch (call.getKind()) {
      case AND -> Logic.and(operands);
      case OR -> Logic.or(operands);
      case NOT -> Logic.not(first);
      case IS_NULL -> (row, context) -> Truth.of(first.eval(row, context) == null);
      case IS_NOT_NULL -> (row, context) -> Truth.of(first.eval(row, context) != null);
      case IS_TRUE -> (row, context) -> Truth.of(first.holds(row, context));
      case IS_NOT_TRUE -> (row, context) -> Truth.of(!first.holds(row, context));
      case IS_FALSE, IS_NOT_FALSE -> {
        boolean wanted = call.getKind() == org.apache.calcite.sql.SqlKind.IS_FALSE;
        yield (row, context) -> {
          Object value = first.eval(row, context);
          return Truth.of((value != null && !Truth.isTrue(value)) == wanted);
        };
      }
      case EQUALS,
          NOT_EQUALS,
          LESS_THAN,
          LESS_THAN_OR_EQUAL,
          GREATER_THAN,
          GREATER_THAN_OR_EQUAL,
          IS_NOT_DISTINCT_FROM,
          IS_DISTINCT_FROM ->
          Logic.comparison(call.getKind(), first, operands.get(1), collation(call));
      case PLUS -> binary(operands, (a, b) -> Numbers.add(a, b, type));
      case MINUS -> binary(operands, (a, b) -> Numbers.subtract(a, b, type));
      case TIMES -> binary(operands, (a, b) -> Numbers.multiply(a, b, type));
      case DIVIDE -> binary(operands, Numbers::divide);
      case MOD -> binary(operands, Numbers::remainder);
      case MINUS_PREFIX ->
          (row, context) -> {
            Object value = first.eval(row, context);
            return value == null ? null : Numbers.negate(value);
          };
      case CAST, SAFE_CAST, REINTERPRET -> cast(first, call.getType());
      case CASE -> Logic.caseOf(operands);
      case COALESCE -> Logic.coalesce(operands);
      case LIKE -> Logic.like(operands, collation(call));
      default -> throw SqlError.INTERNAL.with("no evaluation for " + call.getOperator());
    };
  }

  private interface Binary {
    Object apply(Object a, Object b);
  }

  private static Expr binary(List<Expr> operands, Binary operation) {
    Expr left = operands.get(0);
    Expr right = operands.get(1);
    return (row, context) -> {
      Object a = left.eval(row, context);
      if (a == null) {
        return null;
      }
      Object b = right.eval(row, context);
      return b == null ? null : operation.apply(a, b);
    };
  }

  private static Expr cast(Expr expr, RelDataType relType) {
    if (relType.getSqlTypeName() == SqlTypeName.BOOLEAN) {
      return (row, context) -> {
        Object value = expr.eval(row, context);
        return value == null ? null : Truth.of(Truth.isTrue(value));
      };
    }
    ColumnType type = MySqlTypes.columnType(relType);
    return (row, context) -> {
      Object value = expr.eval(row, context);
      return value == null ? null : Casts.cast(value, type, context);
    };
  }

  static Collation collation(RexCall call) {
    List<RexNode> operands = call.getOperands();
    ColumnType type = MySqlTypes.columnType(operands.get(0).getType());
    Collation explicit = explicit(operands.get(0));
    for (int i = 1; i < operands.size(); i++) {
      ColumnType other = MySqlTypes.columnType(operands.get(i).getType());
      explicit = explicit == null ? explicit(operands.get(i)) : explicit;
      if (MySqlTypes.isString(other)
          && !MySqlTypes.isNull(operands.get(i).getType())
          && !(operands.get(i) instanceof RexLiteral)
          && !(operands.get(i) instanceof RexDynamicParam)) {
        Collation common = MySqlTypes.collation(type, other);
        type = MySqlTypes.string(10, common);
      }
    }
    return explicit != null
        ? explicit
        : MySqlTypes.isString(type) && !MySqlTypes.isNull(operands.get(0).getType())
            ? literalFirst(operands, type)
            : Collation.UTF8MB4_0900_AI_CI;
  }

  /** A literal on the left takes the collation of what is on the right. */
  private static Collation literalFirst(List<RexNode> operands, ColumnType type) {
    return type.kind() == TypeKind.VARBINARY || MySqlTypes.isBinary(type)
        ? Collation.BINARY
        : type.collation();
  }

  private static Collation explicit(RexNode node) {
    return node instanceof RexCall call && call.getOperator() == MySqlFunction.COLLATE
        ? MySqlTypes.columnType(call.getType()).collation()
        : null;
  }

  private static Expr function(RexCall call, MySqlFunction function, List<Expr> operands) {
    if (function == MySqlFunction.IN_LIST) {
      return Logic.in(operands, collation(call));
    }
    Expr first = operands.isEmpty() ? null : operands.get(0);
    if (function == MySqlFunction.TRUTH) {
      return (row, context) -> {
        Object value = first.eval(row, context);
        return value == null ? null : Truth.of(Truth.isTrue(value));
      };
    }
    if (function == MySqlFunction.COLLATE) {
      return (row, context) -> {
        Object value = first.eval(row, context);
        return value == null ? null : Values.toText(value);
      };
    }
    FunctionDef.Implementation implementation = function.def().implementation();
    boolean strict = function.def().strict();
    Expr[] arguments = operands.toArray(new Expr[0]);
    return (row, context) -> {
      Object[] values = new Object[arguments.length];
      for (int i = 0; i < values.length; i++) {
        values[i] = arguments[i].eval(row, context);
        if (strict && values[i] == null) {
          return null;
        }
      }
      return implementation.apply(values, context);
    };
  }
}
