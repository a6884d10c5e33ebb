package io.polarj.sql.lex;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import org.junit.jupiter.api.Test;

/** What the digest takes out of statements and what it leaves. */
class DigestTest {
  private static DigestedStatement digest(String sql) {
    return Digest.of(sql, LexerOptions.DEFAULT);
  }

  @Test
  void literalsOfConditionsBecomeTypedParameters() {
    DigestedStatement digest =
        digest("SELECT c FROM sbtest1 WHERE id=4711 AND a='it''s\\n' AND b = -1.50 AND d=1e3");
    assertThat(digest.text())
        .isEqualTo("SELECT c FROM sbtest1 WHERE id=? AND a=? AND b = ? AND d=?");
    assertThat(digest.parameters())
        .containsExactly(4711L, "it's\n", new BigDecimal("-1.50"), 1000.0);
  }

  @Test
  void literalsThatNameOrShapeTheResultStay() {
    String sql = "SELECT 1, a + 2 FROM t GROUP BY a + 2 HAVING COUNT(*) > 3 ORDER BY 1 LIMIT 5, 10";
    assertThat(digest(sql).text()).isEqualTo(sql);
    assertThat(digest("SELECT a FROM t WHERE b = CAST('7' AS DECIMAL(10,2))").text())
        .isEqualTo("SELECT a FROM t WHERE b = CAST(? AS DECIMAL(10,2))");
    assertThat(digest("SELECT a FROM t WHERE d > DATE '2020-01-01'").text())
        .isEqualTo("SELECT a FROM t WHERE d > DATE '2020-01-01'");
  }

  @Test
  void subtractionKeepsItsSign() {
    DigestedStatement digest = digest("UPDATE t SET a=a-1, b=-2 WHERE c IN (-3, 4)");
    assertThat(digest.text()).isEqualTo("UPDATE t SET a=a-?, b=? WHERE c IN (?, ?)");
    assertThat(digest.parameters()).containsExactly(1L, -2L, -3L, 4L);
  }

  @Test
  void commentsVanishAndVersionCommentsOpen() {
    DigestedStatement digest =
        digest("INSERT /* x */ INTO t VALUES (1, NULL, x'4142') -- end\n # more");
    assertThat(digest.text()).isEqualTo("INSERT INTO t VALUES (?, NULL, ?)");
    assertThat((byte[]) digest.parameters()[1]).containsExactly(0x41, 0x42);
    assertThat(digest("SELECT /*!40001 SQL_NO_CACHE */ a FROM t WHERE 5--1=6").parameters())
        .hasSize(3);
  }

  @Test
  void otherStatementsComeBackAsTheyAre() {
    DigestedStatement digest = digest("SET autocommit=1");
    assertThat(digest.kind()).isEqualTo(StatementKind.SET);
    assertThat(digest.text()).isEqualTo("SET autocommit=1");
    assertThat(digest.parameters()).isEmpty();
  }

  @Test
  void statementsSplitAtSemicolonsOutsideOfQuotes() {
    assertThat(StatementSplitter.split("select ';'; -- a;b\n select `;` ;;", LexerOptions.DEFAULT))
        .hasSize(2);
  }

  @Test
  void bytesOfBinaryLiteralsSurvive() {
    byte[] raw = {'x', (byte) 0xff, (byte) 0xc3, (byte) 0xa4, (byte) 0x80};
    assertThat(SqlText.encode(SqlText.decode(raw, 0, raw.length))).containsExactly(raw);
  }
}
