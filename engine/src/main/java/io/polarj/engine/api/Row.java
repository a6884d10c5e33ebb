package io.polarj.engine.api;

/**
 * One version of a row, with columns decoded when they are asked for. Immutable; valid for as long
 * as it is referenced. Values are of the classes that {@link io.polarj.engine.schema.TypeKind}
 * lists.
 */
public interface Row {
  /**
   * Columns of the table (or, for an index-only scan, still the table's ordinals; others must not
   * be asked for).
   */
  int columns();

  boolean isNull(int column);

  Object get(int column);

  /** A column of an integer kind that is not null. */
  long getLong(int column);

  /** The bytes of a character or binary column as stored (UTF-8 for characters); null for NULL. */
  byte[] getBytes(int column);

  default Object[] toArray() {
    Object[] values = new Object[columns()];
    for (int i = 0; i < values.length; i++) {
      values[i] = get(i);
    }
    return values;
  }
}
