package io.polarj.sql.lex;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Bytes of statements as strings. They are UTF-8, but binary literals may put any byte into a
 * statement: such bytes become the lone surrogates U+DC80 to U+DCFF and turn back into bytes here.
 */
public final class SqlText {
  private static final char ESCAPE = '\udc00';

  private SqlText() {}

  /** A statement's text; every byte survives. */
  public static String decode(byte[] bytes, int from, int to) {
    int i = from;
    while (i < to && bytes[i] >= 0) {
      i++;
    }
    if (i == to) {
      return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
    }
    String text = new String(bytes, from, to - from, StandardCharsets.UTF_8);
    if (text.indexOf('\ufffd') < 0) {
      return text;
    }
    return decodeDirty(bytes, from, to);
  }

  private static String decodeDirty(byte[] bytes, int from, int to) {
    StringBuilder text = new StringBuilder(to - from);
    int i = from;
    while (i < to) {
      int size = sequence(bytes, i, to);
      if (size == 0) {
        text.append((char) (ESCAPE | (bytes[i] & 0xff)));
        i++;
      } else {
        text.append(new String(bytes, i, size, StandardCharsets.UTF_8));
        i += size;
      }
    }
    return text.toString();
  }

  /** The length of the well-formed sequence there, or 0. */
  private static int sequence(byte[] bytes, int at, int to) {
    int first = bytes[at] & 0xff;
    int size =
        first < 0x80
            ? 1
            : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
    if (size == 0 || at + size > to) {
      return 0;
    }
    for (int i = 1; i < size; i++) {
      if ((bytes[at + i] & 0xc0) != 0x80) {
        return 0;
      }
    }
    String text = new String(bytes, at, size, StandardCharsets.UTF_8);
    byte[] back = text.getBytes(StandardCharsets.UTF_8);
    return Arrays.equals(back, 0, back.length, bytes, at, at + size) ? size : 0;
  }

  /** UTF-8, with the bytes of {@link #decode} as they were. */
  public static byte[] encode(String text) {
    boolean clean = true;
    for (int i = 0; i < text.length() && clean; i++) {
      clean = !isEscaped(text, i);
    }
    if (clean) {
      return text.getBytes(StandardCharsets.UTF_8);
    }
    byte[] bytes = new byte[text.length() * 3];
    int size = 0;
    for (int i = 0; i < text.length(); ) {
      if (isEscaped(text, i)) {
        bytes[size++] = (byte) text.charAt(i++);
      } else {
        int count = Character.charCount(text.codePointAt(i));
        byte[] part = text.substring(i, i + count).getBytes(StandardCharsets.UTF_8);
        System.arraycopy(part, 0, bytes, size, part.length);
        size += part.length;
        i += count;
      }
    }
    return Arrays.copyOf(bytes, size);
  }

  private static boolean isEscaped(String text, int at) {
    char c = text.charAt(at);
    return c >= '\udc80'
        && c <= '\udcff'
        && (at == 0 || !Character.isHighSurrogate(text.charAt(at - 1)));
  }
}
