package io.polarj.sql.parse;

import io.polarj.engine.schema.Collation;

/** Collations and character sets by the names that statements give them. */
public final class Collations {
  private Collations() {}

  /** Throws UNKNOWN_COLLATION. */
  public static Collation byName(String name) {
    return TypeParser.collation(name);
  }

  /** A character set's default collation; throws UNKNOWN_CHARACTER_SET. */
  public static Collation ofCharset(String name) {
    return TypeParser.charset(name);
  }
}
