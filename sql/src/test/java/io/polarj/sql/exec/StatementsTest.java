package io.polarj.sql.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polarj.sql.error.SqlException;
import io.polarj.sql.exec.memory.MemoryEngine;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StatementsTest {
  private MemoryEngine engine;
  private SqlFixture db;

  @BeforeEach
  void open() {
    engine = new MemoryEngine();
    db = new SqlFixture(engine);
  }

  private void fails(String sql, int code, String message) {
    assertThatThrownBy(() -> db.run(sql))
        .isInstanceOfSatisfying(
            SqlException.class, e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code))
        .hasMessageContaining(message);
  }

  @Test
  void rowsAreInsertedReadChangedAndDeleted() {
    db.run("CREATE TABLE t (id INT PRIMARY KEY, name VARCHAR(20) NOT NULL, n BIGINT)");
    assertThat(db.run("INSERT INTO t VALUES (1, 'one', 10), (2, 'two', NULL)").affected)
        .isEqualTo(2);
    assertThat(db.query("SELECT * FROM t")).isEqualTo("1|one|10 2|two|null");
    assertThat(db.query("SELECT name FROM t WHERE id = 2")).isEqualTo("two");
    SqlFixture.Outcome update = db.run("UPDATE t SET n = n + 1, name = 'uno' WHERE id = 1");
    assertThat(update.affected).isEqualTo(1);
    assertThat(update.info).isEqualTo("Rows matched: 1  Changed: 1  Warnings: 0");
    assertThat(db.run("UPDATE t SET name = 'two'").info)
        .isEqualTo("Rows matched: 2  Changed: 1  Warnings: 0");
    assertThat(db.query("SELECT name, n FROM t WHERE id = 1")).isEqualTo("two|11");
    assertThat(db.run("DELETE FROM t WHERE name = 'two' LIMIT 1").affected).isEqualTo(1);
    assertThat(db.query("SELECT COUNT(*) FROM t")).isEqualTo("1");
  }

  @Test
  void pointReadsTouchOneRow() {
    db.run("CREATE TABLE t (id INT PRIMARY KEY, u INT, v INT, UNIQUE KEY (u), KEY (v))");
    for (int i = 0; i < 100; i++) {
      db.run("INSERT INTO t VALUES (" + i + ", " + (1000 - i) + ", " + i % 10 + ")");
    }
    long before = engine.rowsRead("test", "t");
    assertThat(db.query("SELECT v FROM t WHERE id = 42")).isEqualTo("2");
    assertThat(db.query("SELECT id FROM t WHERE u = 990")).isEqualTo("10");
    assertThat(engine.rowsRead("test", "t") - before).isLessThanOrEqualTo(2);
  }

  @Test
  void orderByPrimaryKeyWithLimitStopsEarly() {
    db.run("CREATE TABLE t (id INT PRIMARY KEY, v INT, KEY (v))");
    for (int i = 0; i < 200; i++) {
      db.run("INSERT INTO t VALUES (" + i + ", " + i * 7 % 200 + ")");
    }
    long before = engine.rowsRead("test", "t");
    assertThat(db.query("SELECT id FROM t ORDER BY id DESC LIMIT 3")).isEqualTo("199 198 197");
    assertThat(db.query("SELECT v FROM t ORDER BY v LIMIT 2, 2")).isEqualTo("2 3");
    assertThat(db.query("SELECT MAX(v) FROM t")).isEqualTo("199");
    assertThat(db.query("SELECT MIN(id) FROM t WHERE id > 50")).isEqualTo("51");
    assertThat(engine.rowsRead("test", "t") - before).isLessThan(20);
  }

  @Test
  void conditionsReachTheIndexesOfDerivedTables() {
    db.runAll("CREATE TABLE t (id INT PRIMARY KEY, g INT, v INT, KEY (g))");
    for (int i = 0; i < 200; i++) {
      db.run("INSERT INTO t VALUES (" + i + ", " + i % 50 + ", " + i + ")");
    }
    long before = engine.rowsRead("test", "t");
    assertThat(db.query("SELECT n FROM (SELECT g, COUNT(*) n FROM t GROUP BY g) d WHERE g = 7"))
        .isEqualTo("4");
    assertThat(
            db.query(
                "SELECT v FROM (SELECT id, v FROM t UNION ALL SELECT g, v FROM t) u WHERE id = 3"
                    + " ORDER BY v"))
        .isEqualTo("3 3 53 103 153");
    assertThat(db.query("SELECT b.v FROM t a RIGHT JOIN t b ON a.id = b.g WHERE b.id = 9"))
        .isEqualTo("9");
    assertThat(
            db.query("SELECT x FROM (SELECT id, v + 1 x FROM (SELECT * FROM t) i) o WHERE id = 5"))
        .isEqualTo("6");
    assertThat(
            db.query(
                "SELECT a.v, d.v FROM t a LEFT JOIN (SELECT * FROM t WHERE v < 100) d ON d.id = a.g"
                    + " WHERE a.id = 120"))
        .isEqualTo("120|20");
    assertThat(engine.rowsRead("test", "t") - before).isLessThan(40);
  }

  @Test
  void conditionsStayWhereTheyMeanSomethingElseBelow() {
    db.runAll(
        "CREATE TABLE t (id INT PRIMARY KEY, g INT)",
        "INSERT INTO t VALUES (1, 1), (2, 1), (3, 2)");
    assertThat(db.query("SELECT n FROM (SELECT COUNT(*) n FROM t) d WHERE 1 = 0")).isEmpty();
    assertThat(db.query("SELECT COUNT(*) FROM t HAVING 1 = 0")).isEmpty();
    assertThat(db.query("SELECT id FROM (SELECT id FROM t ORDER BY id LIMIT 2) d WHERE id > 1"))
        .isEqualTo("2");
    assertThat(db.query("SELECT r <= 1 FROM (SELECT RAND() r FROM t) d WHERE r >= 0 AND r < 1"))
        .isEqualTo("1 1 1");
    assertThat(
            db.query(
                "SELECT d.id FROM (SELECT id, g FROM t) d WHERE d.id ="
                    + " (SELECT MAX(s.id) FROM t s WHERE s.g = d.g) AND d.id < 3"))
        .isEqualTo("2");
  }

  @Test
  void joinsOfAllKinds() {
    db.runAll(
        "CREATE TABLE a (id INT PRIMARY KEY, x INT)",
        "CREATE TABLE b (id INT PRIMARY KEY, a_id INT, y INT, KEY (a_id))",
        "INSERT INTO a VALUES (1, 10), (2, 20), (3, 30)",
        "INSERT INTO b VALUES (1, 1, 100), (2, 1, 200), (3, 3, 300), (4, NULL, 400)");
    assertThat(db.query("SELECT a.id, y FROM a JOIN b ON a.id = a_id ORDER BY y"))
        .isEqualTo("1|100 1|200 3|300");
    assertThat(db.query("SELECT a.id, y FROM a LEFT JOIN b ON a.id = a_id ORDER BY a.id, y"))
        .isEqualTo("1|100 1|200 2|null 3|300");
    assertThat(db.query("SELECT b.id, x FROM a RIGHT JOIN b ON a.id = a_id ORDER BY b.id"))
        .isEqualTo("1|10 2|10 3|30 4|null");
    assertThat(db.query("SELECT COUNT(*) FROM a, b")).isEqualTo("12");
    assertThat(
            db.query(
                "SELECT a.id FROM a LEFT JOIN b ON a.id = a_id AND y > 150 WHERE b.id IS NULL"))
        .isEqualTo("2");
    assertThat(db.query("SELECT a.id FROM a JOIN a a2 ON a.x < a2.x ORDER BY a.id, a2.id"))
        .isEqualTo("1 1 2");
  }

  @Test
  void groupsAndHavings() {
    db.runAll(
        "CREATE TABLE t (id INT PRIMARY KEY, g INT, v INT)",
        "INSERT INTO t VALUES (1, 1, 5), (2, 1, 7), (3, 2, 1), (4, NULL, 2), (5, NULL, NULL)");
    assertThat(
            db.query(
                "SELECT g, COUNT(*), COUNT(v), SUM(v), MIN(v), MAX(v) FROM t GROUP BY g ORDER BY g"))
        .isEqualTo("null|2|1|2|2|2 1|2|2|12|5|7 2|1|1|1|1|1");
    assertThat(db.query("SELECT g FROM t GROUP BY g HAVING SUM(v) > 1 ORDER BY 1"))
        .isEqualTo("null 1");
    assertThat(db.query("SELECT DISTINCT g FROM t ORDER BY g DESC")).isEqualTo("2 1 null");
    assertThat(db.query("SELECT COUNT(DISTINCT g) FROM t")).isEqualTo("2");
    assertThat(db.query("SELECT SUM(v) FROM t WHERE id > 99")).isEqualTo("null");
  }

  @Test
  void subqueriesOfAllKinds() {
    db.runAll(
        "CREATE TABLE t (id INT PRIMARY KEY, v INT)",
        "CREATE TABLE s (id INT PRIMARY KEY, t_id INT, w INT)",
        "INSERT INTO t VALUES (1, 10), (2, 20), (3, NULL)",
        "INSERT INTO s VALUES (1, 1, 10), (2, 1, 11), (3, 2, NULL)");
    assertThat(db.query("SELECT id FROM t WHERE v = (SELECT MAX(w) - 1 FROM s)")).isEqualTo("1");
    assertThat(db.query("SELECT id FROM t WHERE id IN (SELECT t_id FROM s) ORDER BY id"))
        .isEqualTo("1 2");
    assertThat(db.query("SELECT id FROM t WHERE id NOT IN (SELECT t_id FROM s)")).isEqualTo("3");
    assertThat(db.query("SELECT id FROM t WHERE v NOT IN (SELECT w FROM s)")).isEqualTo("");
    assertThat(
            db.query(
                "SELECT id FROM t WHERE EXISTS (SELECT 1 FROM s WHERE t_id = t.id) ORDER BY 1"))
        .isEqualTo("1 2");
    assertThat(db.query("SELECT id FROM t WHERE NOT EXISTS (SELECT 1 FROM s WHERE t_id = t.id)"))
        .isEqualTo("3");
    assertThat(db.query("SELECT id, (SELECT COUNT(*) FROM s WHERE t_id = t.id) FROM t ORDER BY id"))
        .isEqualTo("1|2 2|1 3|0");
    assertThat(db.query("SELECT id FROM t WHERE v > ALL (SELECT w FROM s WHERE w IS NOT NULL)"))
        .isEqualTo("2");
    assertThat(db.query("SELECT id FROM t WHERE v >= ANY (SELECT w FROM s) ORDER BY id"))
        .isEqualTo("1 2");
    fails("SELECT (SELECT id FROM t)", 1242, "more than 1 row");
    assertThat(db.query("SELECT d.m FROM (SELECT MAX(v) m FROM t) d")).isEqualTo("20");
    assertThat(db.query("WITH c AS (SELECT id FROM t WHERE id < 3) SELECT COUNT(*) FROM c, c c2"))
        .isEqualTo("4");
  }

  @Test
  void setOperations() {
    assertThat(db.query("SELECT 1 UNION SELECT 2 UNION SELECT 1 ORDER BY 1")).isEqualTo("1 2");
    assertThat(db.query("SELECT 1 UNION ALL SELECT 1")).isEqualTo("1 1");
    assertThat(db.query("(SELECT 3) UNION (SELECT 4) ORDER BY 1 DESC LIMIT 1")).isEqualTo("4");
  }

  @Test
  void autoIncrementValuesAreGenerated() {
    db.run("CREATE TABLE t (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, v INT)");
    SqlFixture.Outcome two = db.run("INSERT INTO t (v) VALUES (1), (2)");
    assertThat(two.insertId).isEqualTo(1);
    assertThat(two.info).isEqualTo("Records: 2  Duplicates: 0  Warnings: 0");
    assertThat(db.run("INSERT INTO t VALUES (10, 3)").insertId).isEqualTo(10);
    assertThat(db.run("INSERT INTO t VALUES (NULL, 4)").insertId).isEqualTo(11);
    assertThat(db.run("INSERT INTO t VALUES (0, 5)").insertId).isEqualTo(12);
    assertThat(db.session.lastInsertId()).isEqualTo(12);
    assertThat(db.query("SELECT id FROM t ORDER BY id")).isEqualTo("1 2 10 11 12");
  }

  @Test
  void duplicateKeysAreMetAsAsked() {
    db.run("CREATE TABLE t (id INT PRIMARY KEY, u INT UNIQUE, v INT)");
    db.run("INSERT INTO t VALUES (1, 1, 1), (2, 2, 2)");
    fails(
        "INSERT INTO t VALUES (3, 3, 3), (1, 9, 9)",
        1062,
        "Duplicate entry '1' for key 't.PRIMARY'");
    assertThat(db.query("SELECT COUNT(*) FROM t")).as("the statement is atomic").isEqualTo("2");
    SqlFixture.Outcome ignored = db.run("INSERT IGNORE INTO t VALUES (1, 5, 5), (3, 3, 3)");
    assertThat(ignored.affected).isEqualTo(1);
    assertThat(ignored.info).isEqualTo("Records: 2  Duplicates: 1  Warnings: 1");
    assertThat(
            db.run("INSERT INTO t VALUES (1, 1, 7) ON DUPLICATE KEY UPDATE v = VALUES(v) + v")
                .affected)
        .isEqualTo(2);
    assertThat(db.query("SELECT v FROM t WHERE id = 1")).isEqualTo("8");
    assertThat(db.run("INSERT INTO t VALUES (1, 1, 7) ON DUPLICATE KEY UPDATE v = 8").affected)
        .isEqualTo(0);
    assertThat(db.run("INSERT INTO t VALUES (9, 9, 9) ON DUPLICATE KEY UPDATE v = 8").affected)
        .isEqualTo(1);
    assertThat(db.run("REPLACE INTO t VALUES (1, 2, 99)").affected).isEqualTo(3);
    assertThat(db.query("SELECT * FROM t ORDER BY id")).isEqualTo("1|2|99 3|3|3 9|9|9");
    fails("UPDATE t SET u = 3 WHERE id = 1", 1062, "for key 't.u'");
  }

  @Test
  void insertFromSelectAndDefaults() {
    db.runAll(
        "CREATE TABLE t (id INT PRIMARY KEY, d VARCHAR(10) DEFAULT 'x', n INT NOT NULL DEFAULT 7)",
        "INSERT INTO t (id) VALUES (1)",
        "INSERT INTO t SELECT id + 1, d, n FROM t",
        "INSERT INTO t SET id = 5, n = DEFAULT");
    assertThat(db.query("SELECT * FROM t ORDER BY id")).isEqualTo("1|x|7 2|x|7 5|x|7");
    db.run("CREATE TABLE strict_one (id INT PRIMARY KEY, n INT NOT NULL)");
    fails("INSERT INTO strict_one (id) VALUES (1)", 1364, "Field 'n' doesn't have a default value");
    fails("INSERT INTO strict_one VALUES (1, NULL)", 1048, "Column 'n' cannot be null");
    fails("INSERT INTO strict_one VALUES (1)", 1136, "row 1");
  }

  @Test
  void updatesDoNotMeetTheirOwnRowsAgain() {
    db.run("CREATE TABLE t (id INT PRIMARY KEY, v INT, KEY (v))");
    for (int i = 1; i <= 20; i++) {
      db.run("INSERT INTO t VALUES (" + i + ", " + i + ")");
    }
    assertThat(db.run("UPDATE t SET v = v + 5 WHERE v > 0").affected).isEqualTo(20);
    assertThat(db.query("SELECT SUM(v) FROM t")).isEqualTo("310");
    assertThat(db.run("UPDATE t SET id = id + 100 WHERE id > 10 ORDER BY id").affected)
        .isEqualTo(10);
    assertThat(db.query("SELECT MIN(id), MAX(id) FROM t")).isEqualTo("1|120");
  }

  @Test
  void definitionsAreChecked() {
    fails("CREATE TABLE t (a INT, A INT)", 1060, "Duplicate column name 'A'");
    fails("CREATE TABLE t (a INT, KEY (b))", 1072, "Key column 'b' doesn't exist");
    fails("CREATE TABLE t (a INT AUTO_INCREMENT, b INT PRIMARY KEY)", 1075, "auto column");
    fails("CREATE TABLE t (a TEXT, KEY (a))", 1170, "without a key length");
    fails("CREATE TABLE t (a VARCHAR(1000), KEY (a))", 1071, "max key length is 3072");
    fails("CREATE TABLE t (a VARCHAR(16383), b VARCHAR(10))", 1118, "Row size too large");
    fails("CREATE TABLE t (a INT DEFAULT 'abc')", 1067, "Invalid default value for 'a'");
    db.run("CREATE TABLE t (a INT, b INT, KEY (a), KEY (a, b), UNIQUE (b))");
    assertThat(engine.table("test", "t").indexes().stream().map(i -> i.name()).toList())
        .containsExactly("GEN_CLUST_INDEX", "b", "a", "a_2");
    fails("CREATE TABLE t (a INT)", 1050, "Table 't' already exists");
    db.run("CREATE TABLE IF NOT EXISTS t (a INT)");
    assertThat(db.session.warnings).containsExactly("Note 1050 Table 't' already exists");
    fails("CREATE INDEX a ON t (b)", 1061, "Duplicate key name 'a'");
    fails("DROP TABLE t, missing", 1051, "Unknown table 'test.missing'");
    fails("ALTER TABLE t DROP INDEX zz", 1091, "Can't DROP 'zz'");
    db.runAll(
        "ALTER TABLE t ADD INDEX ab (a, b), DROP INDEX a",
        "RENAME TABLE t TO t2",
        "TRUNCATE TABLE t2",
        "CREATE TABLE t3 LIKE t2",
        "DROP TABLE t2, t3",
        "CREATE DATABASE other",
        "DROP DATABASE other");
    fails("SELECT * FROM t2", 1146, "Table 'test.t2' doesn't exist");
    fails("CREATE TABLE mysql.x (a INT)", 1044, "Access denied");
  }

  @Test
  void aNodeThatIsNotThePrimaryRefusesWrites() {
    db.run("CREATE TABLE t (id INT PRIMARY KEY)");
    engine.becomeReadOnly();
    fails("INSERT INTO t VALUES (1)", 1290, "--read-only");
    fails("DROP TABLE t", 1290, "--read-only");
    assertThat(db.query("SELECT COUNT(*) FROM t")).isEqualTo("0");
  }

  @Test
  void cachedPlansServeUntilTheCatalogChanges() {
    db.run("CREATE TABLE t (id INT PRIMARY KEY, v INT)");
    db.run("INSERT INTO t VALUES (1, 10), (2, 20)");
    long misses = db.sql.planCacheMisses();
    assertThat(db.query("SELECT v FROM t WHERE id = 1")).isEqualTo("10");
    assertThat(db.query("SELECT v FROM t WHERE id =  2")).isEqualTo("20");
    assertThat(db.sql.planCacheMisses()).isEqualTo(misses + 1);
    PreparedPlan prepared = db.prepare("SELECT v FROM t WHERE id = ?");
    assertThat(db.execute(prepared, 1L).text()).isEqualTo("10");
    db.run("CREATE INDEX v ON t (v)");
    assertThat(db.query("SELECT v FROM t WHERE id = 1")).isEqualTo("10");
    assertThat(db.execute(prepared, 2L).text()).isEqualTo("20");
    db.runAll("DROP TABLE t", "CREATE TABLE t (id INT PRIMARY KEY, z INT, v VARCHAR(9))");
    db.run("INSERT INTO t VALUES (1, 5, 'new')");
    assertThat(db.query("SELECT v FROM t WHERE id = 1")).isEqualTo("new");
    assertThat(db.execute(prepared, 1L).text()).isEqualTo("new");
  }

  @Test
  void comparisonsOfOtherTypesStillUseTheIndexAndStayRight() {
    db.run("CREATE TABLE t (id INT PRIMARY KEY, d DATE, s VARCHAR(10), KEY (d), KEY (s))");
    db.run("INSERT INTO t VALUES (1, '2026-01-01', 'a'), (2, '2026-01-02', 'B'), (3, NULL, 'b ')");
    assertThat(db.query("SELECT id FROM t WHERE id = '2'")).isEqualTo("2");
    assertThat(db.query("SELECT id FROM t WHERE id > 1.5 ORDER BY id")).isEqualTo("2 3");
    assertThat(db.query("SELECT id FROM t WHERE id = 1.5")).isEqualTo("");
    assertThat(db.query("SELECT id FROM t WHERE d = '2026-01-02'")).isEqualTo("2");
    assertThat(db.query("SELECT id FROM t WHERE d < '2026-01-02'")).isEqualTo("1");
    assertThat(db.query("SELECT id FROM t WHERE s = 'b'")).isEqualTo("2");
    assertThat(db.query("SELECT id FROM t WHERE id IN (3, 1, 3, 99) ORDER BY id")).isEqualTo("1 3");
    assertThat(db.query("SELECT id FROM t WHERE id < 9999999999 AND id > -9999999999 ORDER BY id"))
        .isEqualTo("1 2 3");
    assertThat(db.query("SELECT id FROM t WHERE d IS NULL")).isEqualTo("3");
    assertThat(db.query("SELECT id FROM t WHERE d <=> NULL")).isEqualTo("3");
  }

  @Test
  void explainNamesTheAccessPath() {
    db.run("CREATE TABLE t (id INT PRIMARY KEY, v INT, w INT, KEY (v))");
    for (int i = 0; i < 100; i++) {
      db.run("INSERT INTO t VALUES (" + i + ", " + i + ", 0)");
    }
    assertThat(db.query("EXPLAIN SELECT * FROM t WHERE id = 5"))
        .contains("const")
        .contains("PRIMARY");
    assertThat(db.query("EXPLAIN SELECT v FROM t WHERE v BETWEEN 5 AND 7"))
        .contains("range|v|v")
        .contains("Using index");
    assertThat(db.query("EXPLAIN FORMAT=TREE SELECT w FROM t ORDER BY w"))
        .contains("Sort")
        .contains("Table scan on t");
  }

  @Test
  void informationSchemaDescribesTables() {
    db.run("CREATE TABLE t (id INT UNSIGNED PRIMARY KEY, name VARCHAR(20) COMMENT 'the name')");
    assertThat(
            db.query(
                "SELECT COLUMN_NAME, ORDINAL_POSITION, COLUMN_TYPE, COLUMN_KEY, COLUMN_COMMENT FROM"
                    + " information_schema.columns WHERE table_schema = 'test' AND TABLE_NAME = 't'"
                    + " ORDER BY ordinal_position"))
        .isEqualTo("id|1|int unsigned|PRI| name|2|varchar(20)||the name");
    assertThat(
            db.query(
                "SELECT TABLE_TYPE FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_SCHEMA = DATABASE()"))
        .isEqualTo("BASE TABLE");
    assertThat(
            db.query(
                "SELECT INDEX_NAME, COLUMN_NAME FROM INFORMATION_SCHEMA.STATISTICS WHERE TABLE_NAME"
                    + " = 't'"))
        .isEqualTo("PRIMARY|id");
    assertThat(db.query("SELECT COUNT(*) FROM information_schema.SCHEMATA")).isEqualTo("5");
  }
}
