package io.polarj.engine.schema;

import java.util.List;

/**
 * A column's type. {@code length}: characters for character types, bytes for binary ones, digits
 * for DECIMAL, bits for BIT, display width (or 0) for integers. {@code scale}: digits after the
 * point for DECIMAL, fraction digits (0 to 6) for TIME, DATETIME and TIMESTAMP. {@code members}: of
 * ENUM and SET, else empty.
 */
public record ColumnType(
    TypeKind kind,
    boolean unsigned,
    int length,
    int scale,
    Collation collation,
    List<String> members) {
  public ColumnType {
    members = List.copyOf(members);
  }

  public static ColumnType of(TypeKind kind) {
    return new ColumnType(kind, false, 0, 0, Collation.BINARY, List.of());
  }

  public static ColumnType varchar(int length) {
    return new ColumnType(
        TypeKind.VARCHAR, false, length, 0, Collation.UTF8MB4_0900_AI_CI, List.of());
  }
}
