package io.polarj.sql.exec;

import static org.assertj.core.api.Assertions.assertThat;

import io.polarj.engine.api.Engine;
import io.polarj.engine.instance.EngineConfig;
import io.polarj.engine.instance.PrimaryEngine;
import io.polarj.pfs.local.LocalFileSystem;
import io.polarj.sql.exec.memory.MemoryEngine;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What sysbench's oltp_* send, prepared and as text. */
class SysbenchStatementsTest {
  private static final int ROWS = 300;
  @TempDir Path directory;

  private Engine engine(String kind) throws Exception {
    return kind.equals("memory")
        ? new MemoryEngine()
        : PrimaryEngine.create(new LocalFileSystem(directory, false), EngineConfig.small());
  }

  private static void load(SqlFixture db) {
    db.run(
        "CREATE TABLE sbtest1(\n  id INTEGER NOT NULL AUTO_INCREMENT,\n  k INTEGER DEFAULT '0' NOT"
            + " NULL,\n  c CHAR(120) DEFAULT '' NOT NULL,\n  pad CHAR(60) DEFAULT '' NOT NULL,\n "
            + " PRIMARY KEY (id)\n) /*! ENGINE = innodb */");
    StringBuilder insert = new StringBuilder("INSERT INTO sbtest1(k, c, pad) VALUES");
    for (int i = 1; i <= ROWS; i++) {
      insert.append(i == 1 ? "" : ",").append("(").append(i % 50).append(", 'c-").append(i % 7);
      insert.append("', 'pad-").append(i).append("')");
    }
    assertThat(db.run(insert.toString()).affected).isEqualTo(ROWS);
    db.run("CREATE INDEX k_1 ON sbtest1(k)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"memory", "primary"})
  void preparedStatementsOfReadWrite(String kind) throws Exception {
    try (Engine engine = engine(kind)) {
      SqlFixture db = new SqlFixture(engine);
      load(db);
      PreparedPlan point = db.prepare("SELECT c FROM sbtest1 WHERE id=?");
      assertThat(point.parameterCount()).isEqualTo(1);
      assertThat(point.columns()).hasSize(1);
      assertThat(db.execute(point, 8L).text()).isEqualTo("c-1");
      assertThat(db.execute(point, 9999L).text()).isEmpty();
      PreparedPlan range = db.prepare("SELECT c FROM sbtest1 WHERE id BETWEEN ? AND ?");
      assertThat(db.execute(range, 5L, 7L).text()).isEqualTo("c-5 c-6 c-0");
      PreparedPlan sum = db.prepare("SELECT SUM(k) FROM sbtest1 WHERE id BETWEEN ? AND ?");
      assertThat(db.execute(sum, 1L, 10L).text()).isEqualTo("55");
      PreparedPlan ordered =
          db.prepare("SELECT c FROM sbtest1 WHERE id BETWEEN ? AND ? ORDER BY c");
      assertThat(db.execute(ordered, 5L, 9L).text()).isEqualTo("c-0 c-1 c-2 c-5 c-6");
      PreparedPlan distinct =
          db.prepare("SELECT DISTINCT c FROM sbtest1 WHERE id BETWEEN ? AND ? ORDER BY c");
      assertThat(db.execute(distinct, 5L, 13L).text()).isEqualTo("c-0 c-1 c-2 c-3 c-4 c-5 c-6");
      db.session.begin();
      PreparedPlan indexUpdate = db.prepare("UPDATE sbtest1 SET k=k+1 WHERE id=?");
      assertThat(db.execute(indexUpdate, 3L).affected).isEqualTo(1);
      PreparedPlan update = db.prepare("UPDATE sbtest1 SET c=? WHERE id=?");
      assertThat(db.execute(update, "changed", 3L).affected).isEqualTo(1);
      PreparedPlan delete = db.prepare("DELETE FROM sbtest1 WHERE id=?");
      assertThat(db.execute(delete, 4L).affected).isEqualTo(1);
      PreparedPlan insert = db.prepare("INSERT INTO sbtest1 (id, k, c, pad) VALUES (?, ?, ?, ?)");
      assertThat(db.execute(insert, 4L, 77L, "c", "p").affected).isEqualTo(1);
      db.session.end(true);
      assertThat(db.query("SELECT id, k, c FROM sbtest1 WHERE id IN (3, 4) ORDER BY id"))
          .isEqualTo("3|4|changed 4|77|c");
      assertThat(db.query("SELECT COUNT(k) FROM sbtest1 WHERE k BETWEEN 1 AND 2 OR k = 77"))
          .isEqualTo("13");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"memory", "primary"})
  void transactionsRollBack(String kind) throws Exception {
    try (Engine engine = engine(kind)) {
      SqlFixture db = new SqlFixture(engine);
      load(db);
      db.session.begin();
      db.run("UPDATE sbtest1 SET k = 1000 WHERE id BETWEEN 10 AND 20");
      db.run("DELETE FROM sbtest1 WHERE id > 200");
      assertThat(db.query("SELECT COUNT(*) FROM sbtest1 WHERE k = 1000")).isEqualTo("11");
      assertThat(db.query("SELECT COUNT(*) FROM sbtest1")).isEqualTo("200");
      db.session.end(false);
      assertThat(db.query("SELECT COUNT(*) FROM sbtest1 WHERE k = 1000")).isEqualTo("0");
      assertThat(db.query("SELECT COUNT(*) FROM sbtest1")).isEqualTo(String.valueOf(ROWS));
    }
  }

  @Test
  void aFailedStatementInsideATransactionChangesNothing() throws Exception {
    try (Engine engine = engine("primary")) {
      SqlFixture db = new SqlFixture(engine);
      load(db);
      db.session.begin();
      db.run("INSERT INTO sbtest1 (id, k) VALUES (1001, 5)");
      org.assertj.core.api.Assertions.assertThatThrownBy(
              () -> db.run("INSERT INTO sbtest1 (id, k) VALUES (1002, 5), (1, 5)"))
          .hasMessage("Duplicate entry '1' for key 'sbtest1.PRIMARY'");
      db.session.end(true);
      assertThat(db.query("SELECT id FROM sbtest1 WHERE id > 1000")).isEqualTo("1001");
    }
  }
}
