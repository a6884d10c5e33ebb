package io.polarj.bench.sysbench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Random values of the tests: ids within the table, the hot rows of the special distribution, digit
 * groups.
 */
class SysbenchValuesTest {
  private static final long SEED = 42;

  @ParameterizedTest
  @EnumSource(Distribution.class)
  void everyIdIsInTheTable(Distribution distribution) {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int size : new int[] {1, 2, 99, 100, 20_000, 1_000_000_000}) {
      for (int i = 0; i < 5_000; i++) {
        assertThat(distribution.draw(random, size)).as("seed %d", SEED).isBetween(1, size);
      }
    }
  }

  @Test
  void threeQuartersOfSpecialDrawsAndMoreFallOnTheMiddlePercent() {
    SplittableRandom random = new SplittableRandom(SEED);
    int hot = 0;
    for (int i = 0; i < 100_000; i++) {
      int id = Distribution.SPECIAL.draw(random, 10_000);
      if (id > 4_950 && id <= 5_050) {
        hot++;
      }
    }
    assertThat(hot).as("seed %d", SEED).isBetween(74_000, 79_000);
  }

  @Test
  void textsAreDigitGroupsWithDashes() {
    SplittableRandom random = new SplittableRandom(SEED);
    assertThat(DigitText.c(random)).matches("(\\d{11}-){9}\\d{11}").hasSize(119);
    assertThat(DigitText.pad(random)).matches("(\\d{11}-){4}\\d{11}").hasSize(59);
  }
}
