package io.polarj.sql.expr;

import io.polarj.engine.codec.CollationOrder;
import io.polarj.engine.schema.Collation;
import io.polarj.engine.schema.ColumnType;
import io.polarj.engine.schema.TypeKind;
import io.polarj.sql.error.SqlError;
import io.polarj.sql.type.MySqlTypes;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.calcite.rel.RelFieldCollation;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.AggregateCall;

/** Accumulators for the aggregate calls of bound queries; DISTINCT is handled inside. */
public final class Aggregates {
  private Aggregates() {}

  /**
   * A maker of accumulators for the call. {@code add} is given the values of the call's {@code
   * argList} in order (none for COUNT(*)), and after them those of its collation's fields.
   */
  public static Supplier<Accumulator> accumulator(AggregateCall call, RelNode input) {
    List<ColumnType> types = new ArrayList<>();
    for (int field : call.getArgList()) {
      types.add(MySqlTypes.columnType(input.getRowType().getFieldList().get(field).getType()));
    }
    Supplier<Accumulator> plain = plain(call, types, input);
    int arguments = types.size();
    return call.isDistinct() ? () -> new Distinct(plain.get(), types, arguments) : plain;
  }

  private static Supplier<Accumulator> plain(
      AggregateCall call, List<ColumnType> types, RelNode input) {
    ColumnType first = types.isEmpty() ? MySqlTypes.NULL : types.get(0);
    ColumnType result = MySqlTypes.columnType(call.getType());
    return switch (call.getAggregation().getName()) {
      case "COUNT" -> () -> new Count(types.size());
      case "SUM", "$SUM0" -> () -> new Sum(first, result, false);
      case "AVG" -> () -> new Sum(first, result, true);
      case "MIN" -> () -> new Extreme(first, -1);
      case "MAX" -> () -> new Extreme(first, 1);
      case "ANY_VALUE", "SINGLE_VALUE" ->
          () -> new First(call.getAggregation().getName().equals("SINGLE_VALUE"));
      case "GROUP_CONCAT" -> () -> new Concat(call, types, input);
      case "BIT_AND" -> () -> new Bits(first, '&');
      case "BIT_OR" -> () -> new Bits(first, '|');
      case "BIT_XOR" -> () -> new Bits(first, '^');
      case "STDDEV_POP" -> () -> new Variance(false, true);
      case "STDDEV_SAMP" -> () -> new Variance(true, true);
      case "VAR_POP" -> () -> new Variance(false, false);
      case "VAR_SAMP" -> () -> new Variance(true, false);
      default -> throw SqlError.NOT_SUPPORTED_YET.with(call.getAggregation().getName());
    };
  }

  /** A value of a row as expressions take it. */
  private static Object operand(Object value, ColumnType type) {
    return value instanceof Long bits && MySqlTypes.isUnsigned64(type)
        ? Values.unsigned(bits)
        : value instanceof Float number ? (Object) number.doubleValue() : value;
  }

  private static final class Count implements Accumulator {
    private final int arguments;
    private long count;

    Count(int arguments) {
      this.arguments = arguments;
    }

    @Override
    public void add(Object[] values, EvalContext context) {
      for (int i = 0; i < arguments; i++) {
        if (values[i] == null) {
          return;
        }
      }
      count++;
    }

    @Override
    public Object result(EvalContext context) {
      return count;
    }
  }

  /** SUM and AVG. Integers are added in a long until it overflows. */
  private static final class Sum implements Accumulator {
    private final ColumnType argument;
    private final ColumnType result;
    private final boolean average;
    private long count;
    private long whole;
    private BigDecimal exact = BigDecimal.ZERO;
    private double real;

    Sum(ColumnType argument, ColumnType result, boolean average) {
      this.argument = argument;
      this.result = result;
      this.average = average;
    }

    @Override
    public void add(Object[] values, EvalContext context) {
      if (values[0] == null) {
        return;
      }
      count++;
      Number number = Values.toNumber(operand(values[0], argument));
      if (result.kind() == TypeKind.DOUBLE) {
        real += number.doubleValue();
      } else if (number instanceof Long value) {
        long sum = whole + value;
        if (((whole ^ sum) & (value ^ sum)) < 0) {
          exact = exact.add(BigDecimal.valueOf(whole));
          whole = value;
        } else {
          whole = sum;
        }
      } else {
        exact = exact.add(Values.decimal(number));
      }
    }

    @Override
    public Object result(EvalContext context) {
      if (count == 0) {
        return null;
      }
      if (result.kind() == TypeKind.DOUBLE) {
        return average ? real / count : real;
      }
      BigDecimal sum = exact.add(BigDecimal.valueOf(whole));
      if (average) {
        int scale = result.scale() == 30 ? Math.min(30, sum.scale() + 4) : result.scale();
        return sum.divide(BigDecimal.valueOf(count), scale, RoundingMode.HALF_UP);
      }
      if (MySqlTypes.isInteger(result)) {
        return sum.longValue();
      }
      return result.scale() == 30 ? sum : sum.setScale(result.scale(), RoundingMode.HALF_UP);
    }
  }

  private static final class Extreme implements Accumulator {
    private final ColumnType type;
    private final Collation collation;
    private final int sign;
    private Object best;

    Extreme(ColumnType type, int sign) {
      this.type = type;
      this.collation = type.collation();
      this.sign = sign;
    }

    @Override
    public void add(Object[] values, EvalContext context) {
      Object value = values[0];
      if (value != null
          && (best == null
              || Comparison.compare(operand(value, type), operand(best, type), collation, context)
                      * sign
                  > 0)) {
        best = value;
      }
    }

    @Override
    public Object result(EvalContext context) {
      return best;
    }
  }

  /** ANY_VALUE; or SINGLE_VALUE, which refuses a second row. */
  private static final class First implements Accumulator {
    private final boolean single;
    private boolean seen;
    private Object value;

    First(boolean single) {
      this.single = single;
    }

    @Override
    public void add(Object[] values, EvalContext context) {
      if (seen && single) {
        throw SqlError.SUBQUERY_NO_1_ROW.with();
      }
      if (!seen) {
        seen = true;
        value = values[0];
      }
    }

    @Override
    public Object result(EvalContext context) {
      return value;
    }
  }

  private static final class Bits implements Accumulator {
    private final ColumnType type;
    private final char operator;
    private long bits;

    Bits(ColumnType type, char operator) {
      this.type = type;
      this.operator = operator;
      this.bits = operator == '&' ? -1 : 0;
    }

    @Override
    public void add(Object[] values, EvalContext context) {
      if (values[0] == null) {
        return;
      }
      long value = Values.toBits(operand(values[0], type));
      switch (operator) {
        case '&' -> bits &= value;
        case '|' -> bits |= value;
        default -> bits ^= value;
      }
    }

    @Override
    public Object result(EvalContext context) {
      return bits;
    }
  }

  /** By Welford's recurrence. */
  private static final class Variance implements Accumulator {
    private final boolean sample;
    private final boolean root;
    private long count;
    private double mean;
    private double squares;

    Variance(boolean sample, boolean root) {
      this.sample = sample;
      this.root = root;
    }

    @Override
    public void add(Object[] values, EvalContext context) {
      if (values[0] == null) {
        return;
      }
      double value = Values.toDouble(values[0]);
      count++;
      double delta = value - mean;
      mean += delta / count;
      squares += delta * (value - mean);
    }

    @Override
    public Object result(EvalContext context) {
      if (count == 0 || (sample && count == 1)) {
        return null;
      }
      double variance = squares / (sample ? count - 1 : count);
      return root ? Math.sqrt(variance) : variance;
    }
  }

  private static final class Concat implements Accumulator {
    private static final int DEFAULT_LIMIT = 1024;
    private final String separator;
    private final int arguments;
    private final List<RelFieldCollation> order;
    private final List<ColumnType> orderTypes = new ArrayList<>();
    private final boolean binary;
    private final List<Object[]> rows = new ArrayList<>();

    Concat(AggregateCall call, List<ColumnType> types, RelNode input) {
      String given =
          call.getAggregation() instanceof MySqlAggregate aggregate ? aggregate.separator() : null;
      this.separator = given == null ? "," : given;
      this.arguments = types.size();
      this.order = call.getCollation().getFieldCollations();
      for (RelFieldCollation field : order) {
        orderTypes.add(
            MySqlTypes.columnType(
                input.getRowType().getFieldList().get(field.getFieldIndex()).getType()));
      }
      this.binary = MySqlTypes.isBinary(MySqlTypes.columnType(call.getType()));
    }

    @Override
    public void add(Object[] values, EvalContext context) {
      for (int i = 0; i < arguments; i++) {
        if (values[i] == null) {
          return;
        }
      }
      rows.add(values.clone());
    }

    @Override
    public Object result(EvalContext context) {
      if (rows.isEmpty()) {
        return null;
      }
      if (!order.isEmpty()) {
        rows.sort((a, b) -> compare(a, b, context));
      }
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < rows.size(); i++) {
        text.append(i == 0 ? "" : separator);
        for (int k = 0; k < arguments; k++) {
          text.append(Values.toText(rows.get(i)[k]));
        }
      }
      int limit = limit(context);
      if (text.length() > limit) {
        text.setLength(limit);
      }
      return binary ? (Object) Values.toBytes(text.toString()) : text.toString();
    }

    private static int limit(EvalContext context) {
      Object limit = context.session().systemVariable("group_concat_max_len");
      return limit == null
          ? DEFAULT_LIMIT
          : (int) Math.max(4, Math.min(Integer.MAX_VALUE, Values.toLong(limit)));
    }

    private int compare(Object[] a, Object[] b, EvalContext context) {
      for (int i = 0; i < order.size(); i++) {
        Object x = a[arguments + i];
        Object y = b[arguments + i];
        int result =
            x == null || y == null
                ? (x == null ? 0 : 1) - (y == null ? 0 : 1)
                : Comparison.compare(
                    operand(x, orderTypes.get(i)),
                    operand(y, orderTypes.get(i)),
                    orderTypes.get(i).collation(),
                    context);
        if (result != 0) {
          return order.get(i).getDirection().isDescending() ? -result : result;
        }
      }
      return 0;
    }
  }

  /** Lets each combination of values through once. */
  private static final class Distinct implements Accumulator {
    private final Accumulator target;
    private final List<ColumnType> types;
    private final int arguments;
    private final Set<List<Object>> seen = new HashSet<>();

    Distinct(Accumulator target, List<ColumnType> types, int arguments) {
      this.target = target;
      this.types = types;
      this.arguments = arguments;
    }

    @Override
    public void add(Object[] values, EvalContext context) {
      List<Object> key = new ArrayList<>(arguments);
      for (int i = 0; i < arguments; i++) {
        key.add(values[i] == null ? null : key(values[i], types.get(i)));
      }
      if (!key.contains(null) && seen.add(key)) {
        target.add(values, context);
      }
    }

    @Override
    public Object result(EvalContext context) {
      return target.result(context);
    }
  }

  /** An object that equals those of equal values. */
  public static Object key(Object value, ColumnType type) {
    return switch (value) {
      case String text -> ByteBuffer.wrap(CollationOrder.sortKey(type.collation(), text));
      case byte[] bytes -> ByteBuffer.wrap(Arrays.copyOf(bytes, bytes.length));
      case BigDecimal number ->
          number.signum() == 0 ? BigDecimal.ZERO : number.stripTrailingZeros();
      case Double number -> number == 0 ? (Object) 0.0 : number;
      default -> value;
    };
  }
}
