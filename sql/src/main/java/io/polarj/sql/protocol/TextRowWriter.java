package io.polarj.sql.protocol;

import io.polarj.engine.schema.ColumnType;
import io.polarj.engine.schema.TypeKind;
import io.polarj.sql.result.ResultColumn;
import java.util.List;

/** Rows of COM_QUERY: every value as text. */
final class TextRowWriter implements RowWriter {
  private static final int NULL_MARK = 0xfb;

  @Override
  public void write(PacketWriter out, List<ResultColumn> columns, Object[] values) {
    out.begin();
    for (int i = 0; i < values.length; i++) {
      Object value = values[i];
      ColumnType type = columns.get(i).type();
      switch (value) {
        case null -> out.writeByte(NULL_MARK);
        case byte[] bytes -> out.writeLengthEncoded(bytes);
        case String text -> out.writeLengthEncoded(text);
        case Boolean truth -> out.writeLengthEncoded(truth ? "1" : "0");
        case Long bits when type.kind() == TypeKind.BIT ->
            out.writeLengthEncoded(BinaryRowWriter.bitBytes(bits, type.length()));
        case Long number when type.kind() != TypeKind.YEAR && (number >= 0 || !type.unsigned()) ->
            out.writeLengthEncodedDecimal(number);
        default -> out.writeLengthEncoded(ValueText.of(value, type));
      }
    }
    out.end();
  }
}
