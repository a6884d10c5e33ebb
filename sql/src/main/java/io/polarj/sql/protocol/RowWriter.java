package io.polarj.sql.protocol;

import io.polarj.sql.result.ResultColumn;
import java.util.List;

/** Writes rows in one of the protocol's two forms. */
sealed interface RowWriter permits TextRowWriter, BinaryRowWriter {
  /** One row as one packet. */
  void write(PacketWriter out, List<ResultColumn> columns, Object[] values);
}
