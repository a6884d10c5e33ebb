package io.polarj.sql.catalog;

import io.polarj.engine.schema.ColumnDef;
import io.polarj.engine.schema.ColumnType;
import io.polarj.engine.schema.TableDef;
import io.polarj.engine.schema.TypeKind;
import io.polarj.sql.session.SessionContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** A table whose rows are computed when it is read. */
record VirtualTable(TableDef def, Function<SessionContext, List<Object[]>> rows) {

  static Builder named(String name) {
    return new Builder(name);
  }

  /** Collects the columns. */
  static final class Builder {
    private final String name;
    private final List<ColumnDef> columns = new ArrayList<>();

    private Builder(String name) {
      this.name = name;
    }

    /** Character columns. */
    Builder text(String... names) {
      for (String column : names) {
        columns.add(ColumnDef.of(column, text(), true));
      }
      return this;
    }

    /** A character column too long for VARCHAR. */
    Builder longText(String column) {
      ColumnType type = text();
      columns.add(
          ColumnDef.of(
              column,
              new ColumnType(TypeKind.LONGTEXT, false, 0, 0, type.collation(), List.of()),
              true));
      return this;
    }

    /** BIGINT columns. */
    Builder number(String... names) {
      for (String column : names) {
        columns.add(
            ColumnDef.of(
                column,
                new ColumnType(
                    TypeKind.BIGINT,
                    false,
                    20,
                    0,
                    io.polarj.engine.schema.Collation.BINARY,
                    List.of()),
                true));
      }
      return this;
    }

    Builder time(String... names) {
      for (String column : names) {
        columns.add(ColumnDef.of(column, ColumnType.of(TypeKind.DATETIME), true));
      }
      return this;
    }

    VirtualTable rows(Function<SessionContext, List<Object[]>> rows) {
      return new VirtualTable(
          new TableDef(0, 0, SystemSchemas.INFORMATION_SCHEMA, name, columns, List.of(), Map.of()),
          rows);
    }

    VirtualTable empty() {
      return rows(session -> List.of());
    }

    private static ColumnType text() {
      return new ColumnType(
          TypeKind.VARCHAR,
          false,
          512,
          0,
          io.polarj.engine.schema.Collation.UTF8MB4_GENERAL_CI,
          List.of());
    }
  }
}
