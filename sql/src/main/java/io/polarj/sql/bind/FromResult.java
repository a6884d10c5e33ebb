package io.polarj.sql.bind;

import io.polarj.sql.validate.ColumnName;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.rel.RelNode;

/** What FROM makes: a row of all columns of all sources. */
record FromResult(RelNode rel, List<Source> sources) {
  static FromResult of(RelNode rel, Source source) {
    return new FromResult(rel, List.of(source));
  }

  FromResult with(RelNode joined, FromResult right) {
    List<Source> all = new ArrayList<>(sources);
    int shift = rel.getRowType().getFieldCount();
    right.sources.forEach(source -> all.add(source.shifted(shift)));
    return new FromResult(joined, all);
  }

  /** The field of a column's full name, or -1. */
  int find(ColumnName column) {
    for (Source source : sources) {
      if (source.alias().equals(column.table())
          && (column.schema() == null || column.schema().equals(source.schema()))) {
        for (int i = 0; i < source.fields().size(); i++) {
          if (source.fields().get(i).name().equals(column.name())) {
            return source.offset() + i;
          }
        }
      }
    }
    return -1;
  }

  Field field(int index) {
    for (Source source : sources) {
      int local = index - source.offset();
      if (local >= 0 && local < source.fields().size()) {
        return source.fields().get(local);
      }
    }
    throw new IndexOutOfBoundsException(index);
  }
}
