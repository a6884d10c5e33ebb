package io.polarj.sql.expr;

import io.polarj.engine.schema.ColumnType;
import io.polarj.sql.type.MySqlTypes;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlOperatorBinding;
import org.apache.calcite.sql.type.OperandTypes;
import org.apache.calcite.sql.type.SqlOperandCountRanges;

/** A function of the library as Calcite's operator. */
public final class MySqlFunction extends SqlFunction {
  private static final Map<String, MySqlFunction> ALL = new ConcurrentHashMap<>();

  /** {@code x IN (a, b, ...)}: the operands are x, a, b, ... */
  public static final MySqlFunction IN_LIST = internal("$IN");

  /** Makes a truth value of a number or string: whether it is not zero. */
  public static final MySqlFunction TRUTH = internal("$TRUTH");

  /** The same value with another collation, which the call's type tells. */
  public static final MySqlFunction COLLATE = internal("$COLLATE");

  private final FunctionDef def;

  private MySqlFunction(FunctionDef def) {
    super(
        def.name(),
        SqlKind.OTHER_FUNCTION,
        binding -> MySqlTypes.of(def.type().infer(columnTypes(binding)), true),
        null,
        OperandTypes.variadic(
            SqlOperandCountRanges.between(def.minArguments(), def.maxArguments())),
        SqlFunctionCategory.USER_DEFINED_FUNCTION);
    this.def = def;
  }

  private static List<ColumnType> columnTypes(SqlOperatorBinding binding) {
    return binding.collectOperandTypes().stream().map(MySqlTypes::columnType).toList();
  }

  private static MySqlFunction internal(String name) {
    return of(new FunctionDef(name, 1, -1, arguments -> arguments.get(0), false, true, null));
  }

  static MySqlFunction of(FunctionDef def) {
    return ALL.computeIfAbsent(def.name(), name -> new MySqlFunction(def));
  }

  /** The function of that upper-case name, or null. */
  public static MySqlFunction find(String name) {
    FunctionDef def = FunctionLibrary.find(name);
    return def == null ? null : of(def);
  }

  public FunctionDef def() {
    return def;
  }

  @Override
  public boolean isDeterministic() {
    return def.stable();
  }

  @Override
  public boolean isDynamicFunction() {
    return !def.stable();
  }
}
