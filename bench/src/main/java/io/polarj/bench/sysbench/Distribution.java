// How row numbers are drawn. Stateless; the caller brings the generator, one per thread.
package io.polarj.bench.sysbench;

import java.util.SplittableRandom;

/** The distributions of row ids that sysbench offers and this program knows. */
enum Distribution {
  UNIFORM {
    @Override
    int draw(SplittableRandom random, int count) {
      return 1 + random.nextInt(count);
    }
  },

  /**
   * Three quarters of the draws fall evenly on the 1 % of rows in the middle of the table, the
   * others are the mean of twelve even draws: sysbench 1.0's default.
   */
  SPECIAL {
    @Override
    int draw(SplittableRandom random, int count) {
      if (random.nextInt(100) >= HOT_DRAWS_PERCENT) {
        double sum = 0;
        for (int i = 0; i < MEAN_OF; i++) {
          sum += random.nextDouble();
        }
        return 1 + Math.min(count - 1, (int) (sum * count / MEAN_OF));
      }
      int hot = Math.max(1, (int) ((long) count * HOT_ROWS_PERCENT / 100));
      return 1 + (count - hot) / 2 + random.nextInt(hot);
    }
  };

  private static final int HOT_DRAWS_PERCENT = 75;
  private static final int HOT_ROWS_PERCENT = 1;
  private static final int MEAN_OF = 12;

  /** A row id from 1 to {@code count}. */
  abstract int draw(SplittableRandom random, int count);
}
