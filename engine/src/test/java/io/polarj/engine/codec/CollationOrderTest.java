package io.polarj.engine.codec;

import static io.polarj.engine.schema.Collation.BINARY;
import static io.polarj.engine.schema.Collation.UTF8MB4_0900_AI_CI;
import static io.polarj.engine.schema.Collation.UTF8MB4_BIN;
import static io.polarj.engine.schema.Collation.UTF8MB4_GENERAL_CI;
import static org.assertj.core.api.Assertions.assertThat;

import io.polarj.engine.schema.Collation;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CollationOrderTest {
  private static void equal(Collation collation, String a, String b) {
    assertThat(CollationOrder.equal(collation, a, b)).as("%s: %s = %s", collation, a, b).isTrue();
    assertThat(CollationOrder.hash(collation, a)).isEqualTo(CollationOrder.hash(collation, b));
  }

  private static void ascending(Collation collation, String... values) {
    for (int i = 1; i < values.length; i++) {
      assertThat(CollationOrder.compare(collation, values[i - 1], values[i]))
          .as("%s: %s < %s", collation, values[i - 1], values[i])
          .isNegative();
    }
  }

  @Test
  void defaultCollationIgnoresCaseAndAccentsButNotTrailingSpaces() {
    equal(UTF8MB4_0900_AI_CI, "Résumé", "RESUME");
    equal(UTF8MB4_0900_AI_CI, "Straße", "STRASSE");
    equal(UTF8MB4_0900_AI_CI, "e\u0301", "É");
    equal(UTF8MB4_0900_AI_CI, "ΣΊΣΥΦΟΣ", "σίσυφος");
    equal(UTF8MB4_0900_AI_CI, "カナ", "かな");
    equal(UTF8MB4_0900_AI_CI, "ÆSIR", "aesir");
    ascending(UTF8MB4_0900_AI_CI, "a", "a ", "ab", "b");
    ascending(UTF8MB4_0900_AI_CI, "", " ", "_", "-", "a-b", "a0", "a9", "äa", "ab", "z", "Ж", "日");
    ascending(UTF8MB4_0900_AI_CI, "$", "€", "1", "a");
  }

  @Test
  void paddedCollationsIgnoreTrailingSpaces() {
    for (Collation collation : new Collation[] {UTF8MB4_GENERAL_CI, UTF8MB4_BIN}) {
      equal(collation, "a", "a   ");
      equal(collation, "", " ");
      ascending(collation, "a\t", "a", "a!");
      ascending(collation, "a \t", "a", "a  !", "a !");
    }
    equal(UTF8MB4_GENERAL_CI, "Ä", "a");
    equal(UTF8MB4_GENERAL_CI, "ß", "S");
    ascending(UTF8MB4_BIN, "A", "a", "ä", "日", "😀");
    ascending(BINARY, "a", "a ");
  }

  @Test
  void comparisonsAgreeWithSortKeysAndAreTransitive() {
    for (Collation collation : Collation.values()) {
      for (long seed = 0; seed < 3_000; seed++) {
        Random random = new Random(seed);
        String a = CodecSamples.text(random);
        String b = CodecSamples.text(random);
        int expected =
            Arrays.compareUnsigned(
                CollationOrder.sortKey(collation, a), CollationOrder.sortKey(collation, b));
        assertThat(Integer.signum(CollationOrder.compare(collation, a, b)))
            .as("%s seed %d: '%s' '%s'", collation, seed, a, b)
            .isEqualTo(Integer.signum(expected));
        assertThat(Integer.signum(CollationOrder.compare(collation, b, a)))
            .isEqualTo(-Integer.signum(expected));
        if (expected == 0) {
          equal(collation, a, b);
        }
      }
    }
  }
}
