package io.polarj.sql.exec.operator;

import java.util.Comparator;

/** ORDER BY: fields, the order of each, and which of them descend. */
public record RowOrder(int[] fields, ValueOrder[] orders, boolean[] descending)
    implements Comparator<Object[]> {
  @Override
  public int compare(Object[] a, Object[] b) {
    for (int i = 0; i < fields.length; i++) {
      int c = orders[i].compare(a[fields[i]], b[fields[i]]);
      if (c != 0) {
        return descending[i] ? -c : c;
      }
    }
    return 0;
  }
}
