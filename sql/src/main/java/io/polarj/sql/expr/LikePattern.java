package io.polarj.sql.expr;

import io.polarj.engine.codec.CollationOrder;
import io.polarj.engine.schema.Collation;

/** LIKE: {@code %} any characters, {@code _} one, each other one by the collation. */
final class LikePattern {
  private LikePattern() {}

  static boolean matches(String value, String pattern, int escape, Collation collation) {
    int[] text = value.codePoints().toArray();
    int[] wild = pattern.codePoints().toArray();
    int t = 0;
    int p = 0;
    int starText = -1;
    int starPattern = -1;
    while (t < text.length) {
      if (p < wild.length && wild[p] == '%' && wild[p] != escape) {
        starPattern = ++p;
        starText = t;
        continue;
      }
      boolean escaped = p + 1 < wild.length && wild[p] == escape;
      int at = escaped ? p + 1 : p;
      boolean one = p < wild.length && !escaped && wild[p] == '_';
      if (p < wild.length && (one || same(text[t], wild[at], collation))) {
        p = at + 1;
        t++;
      } else if (starPattern >= 0) {
        p = starPattern;
        t = ++starText;
      } else {
        return false;
      }
    }
    while (p < wild.length && wild[p] == '%' && wild[p] != escape) {
      p++;
    }
    return p == wild.length;
  }

  private static boolean same(int a, int b, Collation collation) {
    if (a == b) {
      return true;
    }
    if (collation == Collation.BINARY || collation == Collation.UTF8MB4_BIN) {
      return false;
    }
    if (a < 128 && b < 128) {
      return Character.toLowerCase(a) == Character.toLowerCase(b);
    }
    return CollationOrder.equal(collation, Character.toString(a), Character.toString(b));
  }
}
