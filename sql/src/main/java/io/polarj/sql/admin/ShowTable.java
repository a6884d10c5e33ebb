package io.polarj.sql.admin;

import io.polarj.engine.schema.Collation;
import io.polarj.engine.schema.ColumnType;
import io.polarj.engine.schema.TypeKind;
import io.polarj.sql.result.ResultColumn;
import io.polarj.sql.result.ResultSink;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** The rows that a SHOW statement answers with: named columns of text or whole numbers. */
final class ShowTable {
  private final List<ResultColumn> columns = new ArrayList<>();
  private final List<Object[]> rows = new ArrayList<>();

  ShowTable text(String... names) {
    for (String name : names) {
      columns.add(
          ResultColumn.of(
              name,
              new ColumnType(
                  TypeKind.VARCHAR, false, 256, 0, Collation.UTF8MB4_0900_AI_CI, List.of())));
    }
    return this;
  }

  ShowTable longText(String name) {
    columns.add(
        ResultColumn.of(
            name,
            new ColumnType(
                TypeKind.LONGTEXT, false, 0, 0, Collation.UTF8MB4_0900_AI_CI, List.of())));
    return this;
  }

  ShowTable number(String... names) {
    for (String name : names) {
      columns.add(ResultColumn.of(name, ColumnType.of(TypeKind.BIGINT)));
    }
    return this;
  }

  ShowTable row(Object... values) {
    if (values.length != columns.size()) {
      throw new IllegalArgumentException(values.length + " values for " + columns.size());
    }
    rows.add(values);
    return this;
  }

  int column(String name) {
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).name().equalsIgnoreCase(name)) {
        return i;
      }
    }
    return -1;
  }

  List<ResultColumn> columns() {
    return columns;
  }

  void send(ResultSink sink, Predicate<Object[]> filter) {
    sink.columns(columns);
    for (Object[] row : rows) {
      if (filter.test(row)) {
        sink.row(row);
      }
    }
    sink.end();
  }
}
