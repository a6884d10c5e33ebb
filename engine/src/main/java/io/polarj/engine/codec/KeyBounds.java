package io.polarj.engine.codec;

import java.util.Arrays;

/**
 * A range of encoded keys: {@code low} belongs to it, {@code high} does not; null means no bound.
 */
public record KeyBounds(byte[] low, byte[] high) {
  public static final KeyBounds ALL = new KeyBounds(null, null);

  /** All keys that begin with these bytes. */
  public static KeyBounds prefix(byte[] prefix) {
    return new KeyBounds(prefix, after(prefix));
  }

  public boolean contains(byte[] key) {
    return (low == null || Arrays.compareUnsigned(key, low) >= 0)
        && (high == null || Arrays.compareUnsigned(key, high) < 0);
  }

  /** Whether no key at all is in the range. */
  public boolean empty() {
    return low != null && high != null && Arrays.compareUnsigned(low, high) >= 0;
  }

  /** The lowest bytes above everything that begins with {@code prefix}; null if there are none. */
  public static byte[] after(byte[] prefix) {
    int length = prefix.length;
    while (length > 0 && prefix[length - 1] == (byte) 0xff) {
      length--;
    }
    if (length == 0) {
      return null;
    }
    byte[] next = Arrays.copyOf(prefix, length);
    next[length - 1]++;
    return next;
  }
}
