package io.polarj.sql.expr;

import io.polarj.engine.schema.ColumnType;
import java.util.List;

/**
 * A scalar function. {@code maxArguments} -1: any number. {@code strict}: any NULL argument makes
 * the result NULL without a call. {@code stable}: the same arguments give the same result, always.
 */
public record FunctionDef(
    String name,
    int minArguments,
    int maxArguments,
    TypeRule type,
    boolean strict,
    boolean stable,
    Implementation implementation) {

  /** The result's type from those of the arguments. */
  @FunctionalInterface
  public interface TypeRule {
    ColumnType infer(List<ColumnType> arguments);
  }

  /** Computes the result; values are as {@link Values} describes. */
  @FunctionalInterface
  public interface Implementation {
    Object apply(Object[] arguments, EvalContext context);
  }
}
