package io.polarj.engine.codec;

/**
 * Primary weights of ASCII in the order of the Unicode default collation: white space, punctuation,
 * symbols, digits, letters. Control characters weigh nothing (0). Weights 0 and 1 are free for key
 * terminators.
 */
final class AsciiWeights {
  /** Leads the UTF-8 bytes of a character outside ASCII that is neither a letter nor a digit. */
  static final int OTHER_SYMBOL = 0x38;

  private static final String SYMBOLS = "\t\n\u000b\f\r _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$";
  private static final byte[] WEIGHTS = build();

  private AsciiWeights() {}

  static int of(int character) {
    return WEIGHTS[character];
  }

  private static byte[] build() {
    byte[] weights = new byte[128];
    for (int i = 0; i < SYMBOLS.length(); i++) {
      weights[SYMBOLS.charAt(i)] = (byte) (2 + i);
    }
    for (int i = 0; i < 10; i++) {
      weights['0' + i] = (byte) (0x40 + i);
    }
    for (int i = 0; i < 26; i++) {
      weights['a' + i] = (byte) (0x50 + i);
      weights['A' + i] = (byte) (0x50 + i);
    }
    return weights;
  }
}
