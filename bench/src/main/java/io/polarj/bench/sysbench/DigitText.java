// The strings of sysbench's tables: groups of eleven random digits with dashes between them.
package io.polarj.bench.sysbench;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/** Values of the columns {@code c} (10 groups) and {@code pad} (5 groups). */
final class DigitText {
  private static final int GROUP = 11;

  private DigitText() {}

  static String c(SplittableRandom random) {
    return groups(random, 10);
  }

  static String pad(SplittableRandom random) {
    return groups(random, 5);
  }

  private static String groups(SplittableRandom random, int count) {
    byte[] text = new byte[count * (GROUP + 1) - 1];
    for (int i = 0; i < text.length; i++) {
      text[i] = (byte) ((i + 1) % (GROUP + 1) == 0 ? '-' : '0' + random.nextInt(10));
    }
    return new String(text, StandardCharsets.US_ASCII);
  }
}
