package io.polarj.platform.random;

/**
 * A seeded stream of random numbers (SplitMix64). Streams for different purposes are split off by
 * name, so that a draw added in one place does not shift the draws of another. Not thread-safe.
 */
public final class RandomStream {
  private static final long GAMMA = 0x9E3779B97F4A7C15L;
  private final long origin;
  private long state;

  public RandomStream(long seed) {
    this.origin = seed;
    this.state = mix(seed);
  }

  /**
   * The stream of that name: the same for the same seed and name, whatever was drawn from this one.
   */
  public RandomStream split(String name) {
    long hash = mix(origin ^ 0x632BE59BD9B4E019L);
    for (int i = 0; i < name.length(); i++) {
      hash = mix(hash ^ name.charAt(i));
    }
    return new RandomStream(hash);
  }

  public long nextLong() {
    state += GAMMA;
    return mix(state);
  }

  /** Uniform in [0, bound). */
  public int nextInt(int bound) {
    if (bound <= 0) {
      throw new IllegalArgumentException("bound " + bound);
    }
    return (int) nextLong(bound);
  }

  /** Uniform in [0, bound), but for a bias below 2^-32 for bounds below 2^31. */
  public long nextLong(long bound) {
    if (bound <= 0) {
      throw new IllegalArgumentException("bound " + bound);
    }
    return Math.unsignedMultiplyHigh(nextLong(), bound);
  }

  /** Uniform in [0, 1). */
  public double nextDouble() {
    return (nextLong() >>> 11) * 0x1.0p-53;
  }

  public boolean chance(double probability) {
    return nextDouble() < probability;
  }

  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
