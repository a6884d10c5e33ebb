package io.polarj.engine.schema;

/**
 * A column. {@code defaultSql} is the SQL text of the DEFAULT clause ({@code CURRENT_TIMESTAMP(3)},
 * {@code 'abc'}, {@code 0}), null when there is none; {@code onUpdateNow} for ON UPDATE
 * CURRENT_TIMESTAMP.
 */
public record ColumnDef(
    String name,
    ColumnType type,
    boolean nullable,
    String defaultSql,
    boolean autoIncrement,
    boolean onUpdateNow,
    String comment) {
  public static ColumnDef of(String name, ColumnType type, boolean nullable) {
    return new ColumnDef(name, type, nullable, null, false, false, "");
  }
}
