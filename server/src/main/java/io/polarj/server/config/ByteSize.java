package io.polarj.server.config;

import java.util.Locale;

/** Sizes as people write them: {@code 64M}, {@code 1G}, {@code 4096}. */
public final class ByteSize {
  private static final String UNITS = "KMGT";

  private ByteSize() {}

  public static long parse(String text) {
    String upper = text.strip().toUpperCase(Locale.ROOT);
    if (upper.endsWith("B")) {
      upper = upper.substring(0, upper.length() - 1);
    }
    if (upper.endsWith("I")) {
      upper = upper.substring(0, upper.length() - 1);
    }
    int unit = upper.isEmpty() ? -1 : UNITS.indexOf(upper.charAt(upper.length() - 1));
    String digits = unit < 0 ? upper : upper.substring(0, upper.length() - 1);
    try {
      return Math.multiplyExact(Long.parseLong(digits.strip()), 1L << (10 * (unit + 1)));
    } catch (NumberFormatException | ArithmeticException e) {
      throw new IllegalArgumentException("'" + text + "' is not a size such as 512M or 4G");
    }
  }

  public static String format(long bytes) {
    if (bytes >= 10L << 30) {
      return (bytes >> 30) + " GiB";
    }
    if (bytes >= 10L << 20) {
      return (bytes >> 20) + " MiB";
    }
    return bytes >= 10 << 10 ? (bytes >> 10) + " KiB" : bytes + " B";
  }
}
