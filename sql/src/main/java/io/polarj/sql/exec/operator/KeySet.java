package io.polarj.sql.exec.operator;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The rows of an IN subquery: whole keys by hash, and those with a NULL part apart. */
final class KeySet {
  private final Set<Object> keys = new HashSet<>();
  private final List<Object[]> withNulls = new ArrayList<>();
  private final List<Object[]> whole = new ArrayList<>();
  private boolean empty = true;

  static KeySet of(RowSource rows, ValueOrder[] orders) {
    KeySet set = new KeySet();
    for (Object[] row = rows.next(); row != null; row = rows.next()) {
      set.add(row, 0, orders);
    }
    return set;
  }

  static Map<Object, KeySet> groups(RowSource rows, ValueOrder[] keyOrders, ValueOrder[] orders) {
    Map<Object, KeySet> groups = new HashMap<>();
    for (Object[] row = rows.next(); row != null; row = rows.next()) {
      Object key = key(row, 0, keyOrders);
      if (key != null) {
        groups.computeIfAbsent(key, k -> new KeySet()).add(row, keyOrders.length, orders);
      }
    }
    return groups;
  }

  /** Null when a part is NULL. */
  static Object key(Object[] values, int from, ValueOrder[] orders) {
    if (orders.length == 1) {
      return orders[0].key(values[from]);
    }
    Object[] parts = new Object[orders.length];
    for (int i = 0; i < parts.length; i++) {
      if (values[from + i] == null) {
        return null;
      }
      parts[i] = orders[i].key(values[from + i]);
    }
    return new HashKey(parts);
  }

  private void add(Object[] row, int from, ValueOrder[] orders) {
    empty = false;
    if (orders.length == 0) {
      return;
    }
    Object key = key(row, from, orders);
    if (key != null) {
      keys.add(key);
    }
    if (orders.length > 1) {
      Object[] part = new Object[orders.length];
      System.arraycopy(row, from, part, 0, part.length);
      (key == null ? withNulls : whole).add(part);
    } else if (key == null && withNulls.isEmpty()) {
      withNulls.add(new Object[1]);
    }
  }

  /** True, false, or null where a NULL leaves it open. */
  Object contains(Object[] values, ValueOrder[] orders) {
    if (empty) {
      return 0L;
    }
    Object key = key(values, 0, orders);
    if (key != null && keys.contains(key)) {
      return 1L;
    }
    if (key == null && orders.length == 1) {
      return null;
    }
    boolean open =
        mayEqual(values, withNulls, orders) || (key == null && mayEqual(values, whole, orders));
    return open ? null : (Object) 0L;
  }

  private static boolean mayEqual(Object[] values, List<Object[]> candidates, ValueOrder[] orders) {
    for (Object[] candidate : candidates) {
      boolean equal = true;
      for (int i = 0; i < orders.length && equal; i++) {
        equal =
            values[i] == null
                || candidate[i] == null
                || orders[i].compare(values[i], candidate[i]) == 0;
      }
      if (equal) {
        return true;
      }
    }
    return false;
  }
}
