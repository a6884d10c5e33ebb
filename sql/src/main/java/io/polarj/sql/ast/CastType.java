package io.polarj.sql.ast;

import io.polarj.engine.schema.ColumnType;
import io.polarj.sql.type.MySqlTypes;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.SqlDataTypeSpec;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlTypeNameSpec;
import org.apache.calcite.sql.SqlWriter;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.validate.SqlValidator;
import org.apache.calcite.util.Litmus;

/**
 * The type of {@code CAST(x AS type)} and {@code CONVERT(x, type)}; CHAR and BINARY without a
 * length have length -1.
 */
public final class CastType extends SqlTypeNameSpec {
  private final ColumnType type;

  private CastType(ColumnType type, SqlParserPos pos) {
    super(new SqlIdentifier(type.kind().name(), pos), pos);
    this.type = type;
  }

  public static SqlDataTypeSpec spec(ColumnType type, SqlParserPos pos) {
    return new SqlDataTypeSpec(new CastType(type, pos), pos);
  }

  public ColumnType type() {
    return type;
  }

  @Override
  public RelDataType deriveType(SqlValidator validator) {
    return MySqlTypes.of(longest(), true);
  }

  /** Without a length a string may have any. */
  private ColumnType longest() {
    if (type.length() >= 0 || !MySqlTypes.isString(type)) {
      return type;
    }
    return MySqlTypes.isBinary(type)
        ? MySqlTypes.binary(Integer.MAX_VALUE)
        : MySqlTypes.string(Integer.MAX_VALUE, type.collation());
  }

  @Override
  public void unparse(SqlWriter writer, int leftPrec, int rightPrec) {
    writer.keyword(type.kind().name());
  }

  @Override
  public boolean equalsDeep(SqlTypeNameSpec other, Litmus litmus) {
    return other instanceof CastType that && type.equals(that.type)
        ? litmus.succeed()
        : litmus.fail("{} != {}", this, other);
  }
}
