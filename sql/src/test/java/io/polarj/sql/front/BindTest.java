package io.polarj.sql.front;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polarj.engine.schema.TableDef;
import io.polarj.engine.schema.TypeKind;
import io.polarj.sql.ast.Statement;
import io.polarj.sql.bind.Binder;
import io.polarj.sql.bind.BoundInsert;
import io.polarj.sql.bind.BoundQuery;
import io.polarj.sql.bind.BoundStatement;
import io.polarj.sql.bind.BoundUpdate;
import io.polarj.sql.bind.TableDefinitions;
import io.polarj.sql.error.SqlException;
import io.polarj.sql.lex.Digest;
import io.polarj.sql.lex.DigestedStatement;
import io.polarj.sql.lex.LexerOptions;
import io.polarj.sql.parse.MySqlParser;
import io.polarj.sql.parse.ParserOptions;
import io.polarj.sql.result.ResultColumn;
import io.polarj.sql.validate.TableLookup;
import java.util.List;
import org.apache.calcite.plan.RelOptUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Statements from digest to bound tree. */
class BindTest {
  private static final TableDef SBTEST =
      define(
          "CREATE TABLE sbtest1(id INTEGER NOT NULL AUTO_INCREMENT, k INTEGER DEFAULT '0' NOT NULL,"
              + " c CHAR(120) DEFAULT '' NOT NULL, pad CHAR(60) DEFAULT '' NOT NULL,"
              + " PRIMARY KEY (id)) /*! ENGINE = innodb */ ");
  private static final TableDef ORDERS =
      define(
          "CREATE TABLE `orders` (`id` bigint(20) unsigned NOT NULL PRIMARY KEY, customer int,"
              + " amount decimal(12,2), note text, created datetime(3) default current_timestamp(3)"
              + " on update current_timestamp(3), kind enum('a','b'), flags bit(5), KEY k1 (customer),"
              + " UNIQUE KEY u (note(10))) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='x'");

  private static final TableDef NAMESAKE =
      TableDefinitions.define(
          (Statement.CreateTable)
              MySqlParser.parse("CREATE TABLE sbtest1 (id INT PRIMARY KEY, extra INT)"),
          "other");

  static final TableLookup TABLES =
      new TableLookup() {
        @Override
        public boolean schemaExists(String schema) {
          return schema.equals("test") || schema.equals("other");
        }

        @Override
        public TableDef table(String schema, String name) {
          return !schema.equals("test")
              ? schema.equals("other") && name.equals("sbtest1") ? NAMESAKE : null
              : name.equals("sbtest1") ? SBTEST : name.equals("orders") ? ORDERS : null;
        }

        @Override
        public boolean virtual(String schema) {
          return false;
        }
      };

  private static TableDef define(String sql) {
    return TableDefinitions.define((Statement.CreateTable) MySqlParser.parse(sql), "test");
  }

  static BoundStatement bind(String sql) {
    DigestedStatement digest = Digest.of(sql, LexerOptions.DEFAULT);
    MySqlParser.Parsed parsed = MySqlParser.parse(digest, sql, ParserOptions.DEFAULT);
    return new Binder(TABLES)
        .bind(
            parsed.statement(), new FrontSession(), DigestedStatement.classes(digest.parameters()));
  }

  private static String plan(String sql) {
    return RelOptUtil.toString(((BoundQuery) bind(sql)).rel());
  }

  @Test
  void createTableBecomesADefinition() {
    assertThat(SBTEST.primary().columns()).hasSize(1);
    assertThat(SBTEST.columns().get(0).autoIncrement()).isTrue();
    assertThat(SBTEST.columns().get(1).defaultSql()).isEqualTo("'0'");
    assertThat(SBTEST.options()).containsEntry("ENGINE", "InnoDB");
    assertThat(ORDERS.columns().get(0).type().unsigned()).isTrue();
    assertThat(ORDERS.columns().get(4).onUpdateNow()).isTrue();
    assertThat(ORDERS.indexes()).extracting("name").containsExactly("PRIMARY", "k1", "u");
    assertThat(ORDERS.indexes().get(2).columns().get(0).prefixLength()).isEqualTo(10);
  }

  @Test
  void pointQueryIsFilterAndProject() {
    assertThat(plan("SELECT c FROM sbtest1 WHERE id=4711"))
        .isEqualTo(
            """
            LogicalProject(c=[$2])
              LogicalFilter(condition=[=($0, ?0)])
                LogicalTableScan(table=[[test, sbtest1]])
            """);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT c FROM sbtest1 WHERE id BETWEEN 1 AND 100",
        "SELECT SUM(k) FROM sbtest1 WHERE id BETWEEN 1 AND 100",
        "SELECT c FROM sbtest1 WHERE id BETWEEN 1 AND 100 ORDER BY c",
        "SELECT DISTINCT c FROM sbtest1 WHERE id BETWEEN 1 AND 100 ORDER BY c",
        "UPDATE sbtest1 SET k=k+1 WHERE id=5",
        "UPDATE sbtest1 SET c='x' WHERE id=5 ORDER BY k DESC LIMIT 3",
        "DELETE FROM sbtest1 WHERE id=5",
        "INSERT INTO sbtest1 (id, k, c, pad) VALUES (5, 6, 'a', 'b'), (7, DEFAULT, 'c', 'd')",
        "INSERT INTO sbtest1 SET id=1, k=2 ON DUPLICATE KEY UPDATE k=k+VALUES(k), c=DEFAULT",
        "INSERT INTO orders (id, customer) SELECT id, k FROM sbtest1 WHERE k > 3",
        "REPLACE INTO orders VALUES (1, 2, 3.5, 'n', NOW(), 'a', b'101')",
        "SELECT COUNT(*), COUNT(DISTINCT k), AVG(k) FROM sbtest1",
        "SELECT k, GROUP_CONCAT(c ORDER BY id DESC SEPARATOR '-') g FROM sbtest1 GROUP BY k HAVING g <> ''",
        "SELECT k+1 AS x, MAX(id) FROM sbtest1 GROUP BY x ORDER BY MAX(id) DESC LIMIT 5",
        "SELECT * FROM sbtest1 s JOIN orders o ON s.id = o.customer LEFT JOIN orders p USING (customer)",
        "SELECT s.*, o.amount FROM sbtest1 s, orders o WHERE s.id = o.customer FOR UPDATE",
        "SELECT * FROM sbtest1 WHERE k IN (SELECT customer FROM orders WHERE orders.id = sbtest1.id)",
        "SELECT (SELECT MAX(amount) FROM orders WHERE customer = s.id) m FROM sbtest1 s",
        "SELECT * FROM sbtest1 WHERE EXISTS (SELECT 1 FROM orders) LOCK IN SHARE MODE",
        "SELECT * FROM sbtest1 WHERE k > ALL (SELECT customer FROM orders)",
        "SELECT id, k FROM sbtest1 UNION ALL SELECT id, amount FROM orders ORDER BY 1 LIMIT 3",
        "(SELECT id FROM sbtest1) UNION (SELECT k FROM sbtest1 ORDER BY k LIMIT 1)",
        "WITH a AS (SELECT k, COUNT(*) n FROM sbtest1 GROUP BY k), b AS (SELECT * FROM a) SELECT * FROM b WHERE n > 1",
        "SELECT d.x FROM (SELECT k x FROM sbtest1 LIMIT 3) AS d",
        "SELECT STRAIGHT_JOIN SQL_NO_CACHE c FROM sbtest1 FORCE INDEX (PRIMARY) WHERE id MOD 2 = 1",
        "SELECT id FROM orders WHERE created > NOW() - INTERVAL 1 DAY AND note LIKE 'a%'",
        "SELECT @@session.autocommit AS autocommit, DATABASE(), VERSION() LIMIT 1",
        "SELECT CASE WHEN kind = 'a' THEN 1 ELSE 'b' END FROM orders",
        "SELECT 1 WHERE 1 = 1",
        "SELECT id, k, COUNT(*) FROM sbtest1 GROUP BY id",
        "SELECT k, COUNT(*) FROM sbtest1 GROUP BY k WITH ROLLUP",
        "VALUES ROW(1, 'a'), ROW(2, 'b')",
      })
  void statementsOfClientsBind(String sql) {
    BoundStatement bound = bind(sql);
    if (bound instanceof BoundQuery query) {
      assertThat(RelOptUtil.toString(query.rel())).isNotBlank();
      assertThat(query.rel().getRowType().getFieldCount())
          .isGreaterThanOrEqualTo(query.columns().size());
    } else {
      assertThat(bound.tables()).isNotEmpty();
    }
  }

  @Test
  void columnsTellTheirOrigin() {
    ResultColumn id = ((BoundQuery) bind("SELECT id AS x FROM orders o")).columns().get(0);
    assertThat(id.table()).isEqualTo("o");
    assertThat(id.originalTable()).isEqualTo("orders");
    assertThat(id.originalName()).isEqualTo("id");
    assertThat(id.name()).isEqualTo("x");
    assertThat(id.flags() & ResultColumn.PRIMARY_KEY).isNotZero();
    assertThat(id.flags() & ResultColumn.UNSIGNED).isNotZero();
    assertThat(id.type().kind()).isEqualTo(TypeKind.BIGINT);
  }

  @Test
  void typesFollowMySql() {
    List<ResultColumn> columns =
        ((BoundQuery)
                bind(
                    "SELECT k/2, SUM(k), AVG(amount), MAX(o.id), COUNT(*), k+1.5, 1 = 1"
                        + " FROM sbtest1 s, orders o GROUP BY k"))
            .columns();
    assertThat(columns.get(0).type().kind()).isEqualTo(TypeKind.DECIMAL);
    assertThat(columns.get(0).type().scale()).isEqualTo(4);
    assertThat(columns.get(1).type().kind()).isEqualTo(TypeKind.DECIMAL);
    assertThat(columns.get(1).type().scale()).isZero();
    assertThat(columns.get(2).type().scale()).isEqualTo(6);
    assertThat(columns.get(3).type().unsigned()).isTrue();
    assertThat(columns.get(4).type().kind()).isEqualTo(TypeKind.BIGINT);
    assertThat(columns.get(0).name()).isEqualTo("k/2");
  }

  @Test
  void insertKeepsDefaultsAndTargets() {
    BoundInsert insert = (BoundInsert) bind("INSERT INTO sbtest1 (k, id) VALUES (1, DEFAULT)");
    assertThat(insert.targetColumns()).containsExactly(1, 0);
    assertThat(insert.rows().get(0).get(1)).isNull();
    assertThat(insert.defaults().get(1)).isNotNull();
    assertThat(insert.defaults().get(0)).isNull();
    BoundUpdate update = (BoundUpdate) bind("UPDATE sbtest1 SET k=k+1, c=k WHERE id=1");
    assertThat(update.assignments()).extracting("column").containsExactly(1, 2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      value = {
        "SELECT nope FROM sbtest1 ~ 1054",
        "SELECT id FROM nope ~ 1146",
        "SELECT id FROM sbtest1, orders ~ 1052",
        "SELECT id FROM nodb.t ~ 1049",
        "SELECT 1 FROM sbtest1, sbtest1 ~ 1066",
        "SELECT c, COUNT(*) FROM sbtest1 GROUP BY k ~ 1055",
        "SELECT c, COUNT(*) FROM sbtest1 ~ 1140",
        "SELECT id FROM sbtest1 WHERE SUM(k) > 1 ~ 1111",
        "SELECT 1 UNION SELECT 1, 2 ~ 1222",
        "SELECT (SELECT 1, 2) ~ 1241",
        "INSERT INTO sbtest1 (id) VALUES (1, 2) ~ 1136",
        "INSERT INTO sbtest1 (id, id) VALUES (1, 2) ~ 1110",
        "SELECT ABS(1, 2) ~ 1582",
        "SELEC 1 ~ 1064",
        "SELECT 1 FROM WHERE ~ 1064",
        "SELECT id FROM sbtest1 ORDER BY 9 ~ 1054",
      })
  void errorsAreThoseOfMySql(String sql, int code) {
    assertThatThrownBy(() -> bind(sql))
        .isInstanceOfSatisfying(SqlException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  @Test
  void syntaxErrorsQuoteTheStatementAsItWasWritten() {
    assertThatThrownBy(() -> bind("SELECT c FROM sbtest1\nWHERE id = 5 FROM x"))
        .hasMessageEndingWith("near 'FROM x' at line 2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CREATE DATABASE IF NOT EXISTS d DEFAULT CHARACTER SET utf8mb4",
        "DROP SCHEMA IF EXISTS d",
        "CREATE TABLE t LIKE sbtest1",
        "DROP TABLE IF EXISTS a, b.c",
        "TRUNCATE t",
        "CREATE UNIQUE INDEX i ON t (a, b(10)) USING BTREE",
        "CREATE INDEX k_1 ON sbtest1(k)",
        "DROP INDEX i ON t",
        "ALTER TABLE t ADD INDEX i (a), DROP KEY j, ADD UNIQUE (b)",
        "ALTER TABLE t /*!40000 DISABLE KEYS */",
        "RENAME TABLE a TO b, c TO d",
        "EXPLAIN SELECT 1",
        "EXPLAIN FORMAT=TREE UPDATE t SET a=1",
        "CREATE TABLE t (a SERIAL, b TINYINT(1) UNSIGNED ZEROFILL, c DOUBLE PRECISION, d YEAR,"
            + " e VARBINARY(10), f TIME(3), g JSON, h SET('x','y'), i FLOAT(7,4),"
            + " j VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT '' COMMENT 'q')",
      })
  void definitionsParse(String sql) {
    assertThat(MySqlParser.parse(sql)).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CREATE TABLE t (a INT, FOREIGN KEY (a) REFERENCES b (a))",
        "CREATE TABLE t (a INT CHECK (a > 1))",
        "ALTER TABLE t ADD COLUMN a INT",
        "SELECT ROW_NUMBER() OVER (ORDER BY a) FROM t",
        "WITH RECURSIVE a AS (SELECT 1) SELECT * FROM a",
      })
  void whatIsNotBuiltSaysSo(String sql) {
    assertThatThrownBy(() -> MySqlParser.parse(sql)).hasMessageContaining("doesn't yet support");
  }
}
