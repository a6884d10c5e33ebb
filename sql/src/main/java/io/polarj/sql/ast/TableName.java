package io.polarj.sql.ast;

/** A table's name; {@code schema} null when it was not given. */
public record TableName(String schema, String name) {
  @Override
  public String toString() {
    return schema == null ? name : schema + "." + name;
  }
}
