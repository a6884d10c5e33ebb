package io.polarj.sql.front;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polarj.sql.ast.Statement;
import io.polarj.sql.bind.Binder;
import io.polarj.sql.bind.BoundQuery;
import io.polarj.sql.bind.BoundUpdate;
import io.polarj.sql.error.SqlException;
import io.polarj.sql.parse.MySqlParser;
import io.polarj.sql.result.ResultColumn;
import java.util.List;
import org.apache.calcite.plan.RelOptUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What names, stars, aliases and ordinals mean, and where MySQL refuses them. */
class ValidateTest {
  private static BoundQuery query(String sql) {
    return (BoundQuery) BindTest.bind(sql);
  }

  private static List<String> columns(String sql) {
    return query(sql).columns().stream().map(ResultColumn::name).toList();
  }

  private static String plan(String sql) {
    return RelOptUtil.toString(query(sql).rel());
  }

  @Test
  void starHasMergedColumnsOnceAndFirst() {
    assertThat(columns("SELECT * FROM sbtest1 a JOIN (SELECT k, id FROM sbtest1) b USING (id)"))
        .containsExactly("id", "k", "c", "pad", "k");
    assertThat(columns("SELECT * FROM sbtest1 a NATURAL JOIN (SELECT pad, k x FROM sbtest1) b"))
        .containsExactly("pad", "id", "k", "c", "x");
    assertThat(columns("SELECT b.*, a.id FROM sbtest1 a JOIN (SELECT id FROM orders) b"))
        .containsExactly("id", "id");
  }

  @Test
  void mergedColumnOfARightJoinIsThatOfTheRight() {
    assertThat(plan("SELECT id FROM sbtest1 a RIGHT JOIN orders b USING (id)"))
        .startsWith("LogicalProject(id=[$4])");
    assertThat(plan("SELECT id FROM sbtest1 a JOIN sbtest1 b USING (id) JOIN sbtest1 c USING (id)"))
        .startsWith("LogicalProject(id=[$0])");
  }

  @Test
  void subQueriesNameMergedColumnsOfTheQueriesAround() {
    String around = "SELECT 1 FROM sbtest1 a JOIN sbtest1 b USING (k) WHERE EXISTS ";
    assertThat(plan(around + "(SELECT 1 FROM orders WHERE customer = k)"))
        .contains("=($1, $cor0.k)");
  }

  @Test
  void aliasInsideHidesTheSameAliasAroundOnlyForItsOwnColumns() {
    assertThat(plan("SELECT 1 FROM sbtest1 s WHERE EXISTS (SELECT 1 FROM orders s WHERE id = k)"))
        .contains("=($0, $cor0.k)");
  }

  @Test
  void tablesOfTwoDatabasesMayHaveTheSameName() {
    assertThat(plan("SELECT extra, k, other.sbtest1.id FROM sbtest1, other.sbtest1"))
        .startsWith("LogicalProject(extra=[$5], k=[$1], id=[$4])");
    assertThatThrownBy(() -> query("SELECT sbtest1.id FROM sbtest1, other.sbtest1"))
        .hasMessage("Column 'sbtest1.id' in field list is ambiguous");
  }

  @Test
  void groupByPrefersColumnsAndHavingAndOrderByPreferAliases() {
    assertThat(plan("SELECT k c, COUNT(*) FROM sbtest1 GROUP BY k HAVING c > 5 ORDER BY c + 1"))
        .contains("LogicalFilter(condition=[>($0, 5:");
    assertThatThrownBy(() -> query("SELECT k c, COUNT(*) FROM sbtest1 GROUP BY c"))
        .hasMessageContaining("Expression #1 of SELECT list is not in GROUP BY");
    assertThat(plan("SELECT k x FROM sbtest1 HAVING x > 3")).contains("condition=[>($1, 3:");
  }

  @Test
  void orderByNamesColumnsByTheirTextToo() {
    assertThat(plan("SELECT k+1 FROM sbtest1 ORDER BY `k+1`")).contains("sort0=[$0]");
  }

  @Test
  void stringsNameTheirColumnsWithoutQuotes() {
    assertThat(columns("SELECT 'x', k + 1, 'y' AS z FROM sbtest1"))
        .containsExactly("x", "k + 1", "z");
  }

  @Test
  void withHidesTablesOfThatName() {
    assertThat(
            columns(
                "WITH orders (a, b) AS (SELECT id, k FROM sbtest1) SELECT * FROM orders, orders o"))
        .containsExactly("a", "b", "a", "b");
    assertThat(columns("WITH orders AS (SELECT id x FROM orders) SELECT * FROM orders"))
        .containsExactly("x");
  }

  @Test
  void unionIsOrderedByItsOwnColumns() {
    assertThat(plan("SELECT id, id FROM sbtest1 UNION SELECT k, 1 FROM sbtest1 ORDER BY 2 LIMIT 1"))
        .startsWith("LogicalSort(sort0=[$1]");
  }

  @Test
  void statementIsNotChangedByItsValidation() {
    Statement statement =
        MySqlParser.parse(
            "SELECT k x, COUNT(*) FROM (VALUES ROW(1)) v, sbtest1 GROUP BY x ORDER BY x LIMIT 3");
    String before = statement.toString();
    Binder binder = new Binder(BindTest.TABLES);
    binder.bind(statement, new FrontSession(), List.of());
    assertThat(statement).hasToString(before);
    assertThat(binder.bind(statement, new FrontSession(), List.of())).isNotNull();
  }

  @Test
  void valuesOfUpdateSeeItsTableUnderItsAlias() {
    BoundUpdate update =
        (BoundUpdate) BindTest.bind("UPDATE sbtest1 s SET s.k = s.id + k WHERE s.id = 1");
    assertThat(update.assignments().get(0).value()).hasToString("+($0, $1)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '§',
      value = {
        "SELECT nope FROM sbtest1 ~ 1054 ~ Unknown column 'nope' in 'field list'",
        "SELECT 1 FROM sbtest1 WHERE s.k = 1 ~ 1054 ~ Unknown column 's.k' in 'where clause'",
        "SELECT k x FROM sbtest1 WHERE x = 1 ~ 1054 ~ Unknown column 'x' in 'where clause'",
        "SELECT 1 FROM sbtest1 GROUP BY nope ~ 1054 ~ Unknown column 'nope' in 'group statement'",
        "SELECT 1 FROM sbtest1 GROUP BY 2 ~ 1054 ~ Unknown column '2' in 'group statement'",
        "SELECT 1 FROM sbtest1 HAVING nope ~ 1054 ~ Unknown column 'nope' in 'having clause'",
        "SELECT 1 FROM sbtest1 ORDER BY nope ~ 1054 ~ Unknown column 'nope' in 'order clause'",
        "SELECT 1 FROM sbtest1 a JOIN orders b ON c.id = 1 ~ 1054 ~ Unknown column 'c.id' in 'on clause'",
        "SELECT 1 FROM sbtest1 a JOIN orders b USING (k) ~ 1054 ~ Unknown column 'k' in 'from clause'",
        "SELECT id FROM sbtest1 a JOIN orders b ~ 1052 ~ Column 'id' in field list is ambiguous",
        "SELECT 1 FROM sbtest1 a, orders b WHERE id = 1 ~ 1052 ~ Column 'id' in where clause is ambiguous",
        "SELECT A.id FROM sbtest1 a ~ 1054 ~ Unknown column 'A.id' in 'field list'",
        "SELECT sbtest1.id FROM sbtest1 a ~ 1054 ~ Unknown column 'sbtest1.id' in 'field list'",
        "SELECT b.* FROM sbtest1 a ~ 1051 ~ Unknown table 'b'",
        "SELECT * ~ 1096 ~ No tables used",
        "SELECT 1 FROM nope ~ 1146 ~ Table 'test.nope' doesn't exist",
        "SELECT 1 FROM (SELECT id FROM nodb.t) d ~ 1049 ~ Unknown database 'nodb'",
        "SELECT 1 FROM sbtest1 a, orders a ~ 1066 ~ Not unique table/alias: 'a'",
        "SELECT 1 FROM (SELECT id, k ID FROM sbtest1) d ~ 1060 ~ Duplicate column name 'ID'",
        "SELECT 1 FROM sbtest1 GROUP BY SUM(k) ~ 1111 ~ Invalid use of group function",
        "SELECT SUM(MAX(k)) FROM sbtest1 ~ 1111 ~ Invalid use of group function",
        "UPDATE sbtest1 SET k = MAX(id) ~ 1111 ~ Invalid use of group function",
        "UPDATE sbtest1 SET nope = 1 ~ 1054 ~ Unknown column 'nope' in 'field list'",
        "DELETE FROM sbtest1 ORDER BY nope ~ 1054 ~ Unknown column 'nope' in 'order clause'",
        "INSERT INTO sbtest1 (id) VALUES (k + 1) ~ 1054 ~ Unknown column 'k' in 'field list'",
        "INSERT INTO sbtest1 (id) VALUES (1) ON DUPLICATE KEY UPDATE k = nope ~ 1054 ~ Unknown column 'nope' in 'field list'",
        "SELECT id, k FROM sbtest1 UNION SELECT 1 ~ 1222 ~ The used SELECT statements have a different number of columns",
        "SELECT id FROM sbtest1 UNION SELECT 1 ORDER BY k ~ 1054 ~ Unknown column 'k' in 'order clause'",
        "VALUES ROW(1), ROW(1, 2) ~ 1136 ~ Column count doesn't match value count at row 2",
      })
  void errorsNameWhatTheyAreAbout(String sql, int code, String message) {
    assertThatThrownBy(() -> BindTest.bind(sql))
        .isInstanceOfSatisfying(SqlException.class, e -> assertThat(e.code()).isEqualTo(code))
        .hasMessage(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      value = {
        "SELECT k, (SELECT MAX(amount) FROM orders WHERE customer = sbtest1.id) FROM sbtest1 GROUP BY k ~ #2 of SELECT list",
        "SELECT k FROM sbtest1 GROUP BY k HAVING c > 1 ~ #1 of HAVING",
        "SELECT k FROM sbtest1 GROUP BY k ORDER BY k, c ~ #2 of ORDER BY",
        "SELECT pad, c FROM sbtest1 GROUP BY pad, k ~ #2 of SELECT list",
      })
  void onlyFullGroupByTellsWhere(String sql, String where) {
    assertThatThrownBy(() -> BindTest.bind(sql))
        .isInstanceOfSatisfying(SqlException.class, e -> assertThat(e.code()).isEqualTo(1055))
        .hasMessageContaining(where);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      value = {
        "SELECT c, COUNT(*) FROM sbtest1 GROUP BY id",
        "SELECT c, k FROM sbtest1 WHERE id = 5 GROUP BY k",
        "SELECT o.note, s.c FROM orders o JOIN sbtest1 s ON o.id = s.id GROUP BY s.id",
        "SELECT k + 1, COUNT(*) FROM sbtest1 WHERE k = 7 HAVING COUNT(*) > 1",
        "SELECT k * 2, MAX(c) FROM sbtest1 GROUP BY k",
      })
  void onlyFullGroupByLetsPassWhatGroupsDetermine(String sql) {
    assertThat(query(sql).columns()).isNotEmpty();
  }
}
