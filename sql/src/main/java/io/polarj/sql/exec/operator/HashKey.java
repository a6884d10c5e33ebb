package io.polarj.sql.exec.operator;

import java.util.Arrays;

/** Several values as one key of a hash table. */
final class HashKey {
  private final Object[] parts;
  private final int hash;

  HashKey(Object[] parts) {
    this.parts = parts;
    this.hash = Arrays.hashCode(parts);
  }

  /** The key of a row's fields; with one field the field's own key. NULLs are equal. */
  static Object of(Object[] row, int[] fields, ValueOrder[] orders) {
    if (fields.length == 1) {
      return orders[0].key(row[fields[0]]);
    }
    Object[] parts = new Object[fields.length];
    for (int i = 0; i < parts.length; i++) {
      parts[i] = orders[i].key(row[fields[i]]);
    }
    return new HashKey(parts);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof HashKey that && hash == that.hash && Arrays.equals(parts, that.parts);
  }

  @Override
  public int hashCode() {
    return hash;
  }
}
