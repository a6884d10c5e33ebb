package io.polarj.sql.front;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polarj.engine.schema.TypeKind;
import io.polarj.sql.ast.CastType;
import io.polarj.sql.bind.BoundQuery;
import io.polarj.sql.bind.BoundStatement;
import io.polarj.sql.parse.MySqlParser;
import io.polarj.sql.type.MySqlTypes;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlDataTypeSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What MySQL's grammar has beside or against Calcite's. */
class ParserTest {
  private static String plan(String sql) {
    return RelOptUtil.toString(((BoundQuery) BindTest.bind(sql)).rel());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT date, time, value, year, user, count, position, start, level FROM (SELECT 1 date,"
            + " 2 time, 3 value, 4 year, 5 user, 6 count, 7 position, 8 start, 9 level) d",
        "SELECT end, any, some, offset, share, mode, escape FROM (SELECT 1 AS end, 2 any, 3 some,"
            + " 4 offset, 5 share, 6 mode, 7 escape) d WHERE CASE WHEN end THEN end END = 1",
        "SELECT `left`, left(c, 1) FROM (SELECT c, 1 `left` FROM sbtest1) d",
        "SELECT k nowait FROM sbtest1 skip",
      })
  void wordsThatMySqlDoesNotReserveAreNames(String sql) {
    assertThat(plan(sql)).isNotBlank();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      value = {
        "1 OR 1 XOR 1 ~ 1 OR (1 XOR 1)",
        "1 XOR 1 AND 0 ~ 1 XOR (1 AND 0)",
        "NOT 2 = 0 ~ NOT (2 = 0)",
        "! 2 = 0 ~ (! 2) = 0",
        "3 = 2 IS NULL ~ (3 = 2) IS NULL",
        "1 = 2 LIKE 0 ~ (1 = 2) LIKE 0",
        "2 BETWEEN 1 AND 3 = 1 ~ (2 BETWEEN 1 AND 3) = 1",
        "1 IN (1, 2) = 1 ~ (1 IN (1, 2)) = 1",
        "1 | 2 & 3 << 1 + 2 * 3 ^ 1 ~ 1 | (2 & (3 << (1 + (2 * (3 ^ 1)))))",
        "-2 ^ 3 ~ (-2) ^ 3",
        "7 DIV 2 * 2 MOD 4 ~ ((7 DIV 2) * 2) MOD 4",
        "7 MOD (2 + 1) ~ MOD(7, 3)",
        "5--1 ~ 5 - (-1)",
      })
  void operatorsBindAsMySqlSays(String written, String meant) {
    assertThat(ExpressionTest.eval(written)).isEqualTo(ExpressionTest.eval(meant));
  }

  @Test
  void joinMayBeAnOperandOfTheJoinBeforeIt() {
    assertThat(
            plan(
                "SELECT 1 FROM sbtest1 a LEFT JOIN sbtest1 b JOIN orders o ON o.id = b.id"
                    + " ON a.id = b.id"))
        .isEqualTo(
            plan(
                "SELECT 1 FROM sbtest1 a LEFT JOIN (sbtest1 b JOIN orders o ON o.id = b.id)"
                    + " ON a.id = b.id"));
  }

  @Test
  void parenthesizedQueriesKeepTheirOrderAndLimit() {
    assertThat(plan("(SELECT id FROM sbtest1 ORDER BY id LIMIT 3) ORDER BY id DESC"))
        .containsSubsequence("LogicalSort", "DESC", "LogicalSort", "fetch=[3");
    assertThat(plan("SELECT 1 a UNION SELECT 2 ORDER BY a")).startsWith("LogicalSort");
  }

  @Test
  void locksAndHintsOfAQueryAreFoundAroundIt() {
    BoundQuery query =
        (BoundQuery)
            BindTest.bind("SELECT SQL_CALC_FOUND_ROWS k FROM sbtest1 LIMIT 1 FOR UPDATE NOWAIT");
    assertThat(query.calcFoundRows()).isTrue();
    assertThat(query.lock().onConflict().name()).isEqualTo("NOWAIT");
  }

  @Test
  void duplicateClauseIsNoJoinCondition() {
    BoundStatement insert =
        BindTest.bind(
            "INSERT INTO sbtest1 (id, k) SELECT a.id, a.k FROM sbtest1 a JOIN sbtest1 b"
                + " ON DUPLICATE KEY UPDATE k = VALUES(k)");
    assertThat(insert.tables()).isNotEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      value = {
        "SELECT id FROM sbtest1 WHERE ~ near '' at line 1",
        "SELECT k IS FROM sbtest1 ~ near 'FROM sbtest1' at line 1",
        "SELECT CAST(k AS NOPE) FROM sbtest1 ~ near ') FROM sbtest1' at line 1",
        "SELECT k COLLATE FROM sbtest1 ~ near 'FROM sbtest1' at line 1",
        "SELECT id FROM sbtest1 LIMIT 1.5 ~ near '1.5' at line 1",
        "SELECT c FROM sbtest1 WHERE c = 'it''s \\' x' y ~ near 'y' at line 1",
        "UPDATE sbtest1 k = 1 ~ near '= 1' at line 1",
      })
  void errorsQuoteTheTextThatTheyAreNear(String sql, String near) {
    assertThatThrownBy(() -> MySqlParser.parse(sql)).hasMessageEndingWith(near);
  }

  @Test
  void deepNestingIsRefusedBeforeTheStackIsFull() {
    String deep = "SELECT " + "(".repeat(5000) + "1" + ")".repeat(5000);
    assertThatThrownBy(() -> MySqlParser.parse(deep)).hasMessageContaining("nested deeper");
    String nested = "SELECT " + "(".repeat(100) + "1" + ")".repeat(100);
    assertThat(MySqlParser.parse(nested)).isNotNull();
  }

  @Test
  void longListsOfRowsAreRead() {
    String rows = "INSERT INTO sbtest1 VALUES " + "(1,2,'a','b'),".repeat(20_000) + "(1,2,'a','b')";
    assertThat(MySqlParser.parse(rows)).isNotNull();
  }

  @ParameterizedTest
  @CsvSource({
    "SIGNED,BIGINT",
    "'DECIMAL(5, 2)','DECIMAL'",
    "CHAR,LONGTEXT",
    "CHAR(3),VARCHAR",
    "BINARY,LONGBLOB"
  })
  void typeOfACastIsKnownToCalcite(String written, TypeKind kind) {
    SqlCall cast = (SqlCall) MySqlParser.parseExpression("CAST(1 AS " + written + ")");
    SqlDataTypeSpec spec = cast.operand(1);
    RelDataType type = ((CastType) spec.getTypeNameSpec()).deriveType(null);
    assertThat(MySqlTypes.columnType(type).kind()).isEqualTo(kind);
  }
}
