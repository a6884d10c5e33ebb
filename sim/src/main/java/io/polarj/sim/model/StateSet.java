package io.polarj.sim.model;

import java.util.Arrays;

/**
 * The states seen so far, in the order they were found, each with the number of the state it was
 * found from: a growing list of longs and an open-addressing table of positions in it.
 */
final class StateSet {
  private static final int CHUNK_BITS = 16;
  private static final int CHUNK = 1 << CHUNK_BITS;
  private static final int WORDS = ModelState.REPLICAS;

  private long[][] words = new long[16][];
  private int[][] parents = new int[16][];
  private int[] table = new int[1 << 16];
  private int size;

  int size() {
    return size;
  }

  /** Whether it is new. */
  boolean add(ModelState state, int parent) {
    if (size * 3L > table.length * 2L) {
      grow();
    }
    int at = find(state.words[0], state.words[1], state.words[2]);
    if (table[at] != 0) {
      return false;
    }
    int chunk = size >> CHUNK_BITS;
    if (chunk == words.length) {
      words = Arrays.copyOf(words, chunk * 2);
      parents = Arrays.copyOf(parents, chunk * 2);
    }
    if (words[chunk] == null) {
      words[chunk] = new long[CHUNK * WORDS];
      parents[chunk] = new int[CHUNK];
    }
    int place = size & CHUNK - 1;
    System.arraycopy(state.words, 0, words[chunk], place * WORDS, WORDS);
    parents[chunk][place] = parent;
    size++;
    table[at] = size;
    return true;
  }

  void load(int number, ModelState into) {
    System.arraycopy(
        words[number >> CHUNK_BITS], (number & CHUNK - 1) * WORDS, into.words, 0, WORDS);
  }

  int parent(int number) {
    return parents[number >> CHUNK_BITS][number & CHUNK - 1];
  }

  private int find(long a, long b, long c) {
    int mask = table.length - 1;
    int at = hash(a, b, c) & mask;
    while (table[at] != 0) {
      long[] chunk = words[table[at] - 1 >> CHUNK_BITS];
      int place = (table[at] - 1 & CHUNK - 1) * WORDS;
      if (chunk[place] == a && chunk[place + 1] == b && chunk[place + 2] == c) {
        return at;
      }
      at = at + 1 & mask;
    }
    return at;
  }

  private void grow() {
    table = new int[Math.multiplyExact(table.length, 2)];
    ModelState state = new ModelState();
    for (int number = 0; number < size; number++) {
      load(number, state);
      table[find(state.words[0], state.words[1], state.words[2])] = number + 1;
    }
  }

  private static int hash(long a, long b, long c) {
    long mixed = (a * 0x9E3779B97F4A7C15L ^ b) * 0xBF58476D1CE4E5B9L ^ c;
    mixed = (mixed ^ mixed >>> 31) * 0x94D049BB133111EBL;
    return (int) (mixed ^ mixed >>> 29);
  }
}
