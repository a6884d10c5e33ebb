package io.polarj.sql.exec;

import static org.assertj.core.api.Assertions.assertThat;

import io.polarj.sql.exec.memory.MemoryEngine;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Random queries over integers give the rows that H2 gives. */
class RandomQueriesTest {
  private static final long SEED = 20261120;
  private static final int QUERIES = 300;
  private static final String[] COLUMNS = {"id", "a", "b"};
  private static final String[] COMPARISONS = {"=", "<", ">", "<=", ">=", "<>"};
  private final Random random = new Random(SEED);

  private String column(int tables) {
    return "t" + random.nextInt(tables) + "." + COLUMNS[random.nextInt(COLUMNS.length)];
  }

  private String operand(int tables) {
    return switch (random.nextInt(5)) {
      case 0 -> column(tables);
      case 1 -> column(tables) + " + " + random.nextInt(4);
      default -> String.valueOf(random.nextInt(12) - 1);
    };
  }

  private String condition(int tables, int depth) {
    return switch (random.nextInt(depth > 0 ? 11 : 6)) {
      case 0 -> column(tables) + " BETWEEN " + random.nextInt(5) + " AND " + random.nextInt(12);
      case 1 -> column(tables) + " IS " + (random.nextBoolean() ? "NOT " : "") + "NULL";
      case 2 -> column(tables) + " IN (" + random.nextInt(9) + ", " + random.nextInt(9) + ", 3)";
      case 6 -> "(" + condition(tables, 0) + " OR " + condition(tables, depth - 1) + ")";
      case 7 -> "NOT (" + condition(tables, depth - 1) + ")";
      case 8 ->
          column(tables)
              + (random.nextBoolean() ? " NOT" : "")
              + " IN (SELECT s.a FROM t s WHERE s.b "
              + COMPARISONS[random.nextInt(6)]
              + " "
              + operand(tables)
              + ")";
      case 9 ->
          (random.nextBoolean() ? "NOT " : "")
              + "EXISTS (SELECT 1 FROM u s WHERE s.a = "
              + column(tables)
              + " AND s.b > "
              + random.nextInt(8)
              + ")";
      case 10 ->
          column(tables)
              + " "
              + COMPARISONS[random.nextInt(6)]
              + " (SELECT MAX(s.b) FROM u s WHERE s.a = "
              + column(tables)
              + ")";
      default -> column(tables) + " " + COMPARISONS[random.nextInt(6)] + " " + operand(tables);
    };
  }

  /** A table, or a derived one through which conditions may or may not go. */
  private String table() {
    return switch (random.nextInt(12)) {
      case 0 -> "(SELECT id, a, b FROM t WHERE b > 2)";
      case 1 -> "(SELECT id, a + 1 AS a, b FROM u)";
      case 2 -> "(SELECT MAX(id) AS id, a, COUNT(*) AS b FROM t GROUP BY a)";
      case 3 -> "(SELECT id, a, b FROM t UNION ALL SELECT id, b, a FROM u)";
      case 4 -> "(SELECT a AS id, a, b FROM t UNION SELECT a, b, id FROM u)";
      case 5 -> "(SELECT id, a, b FROM u ORDER BY id LIMIT 9)";
      case 6, 7, 8 -> "u";
      default -> "t";
    };
  }

  private String from(int tables) {
    StringBuilder from = new StringBuilder();
    for (int i = 0; i < tables; i++) {
      String table = table();
      if (i > 0) {
        int kind = random.nextInt(5);
        from.append(
            kind == 0
                ? " LEFT JOIN "
                : kind == 1 ? " CROSS JOIN " : kind == 2 ? " RIGHT JOIN " : " JOIN ");
        from.append(table).append(" t").append(i);
        if (kind != 1) {
          from.append(" ON t").append(random.nextInt(i)).append('.');
          from.append(COLUMNS[random.nextInt(3)]).append(" = t").append(i).append('.');
          from.append(COLUMNS[random.nextInt(3)]);
          if (random.nextInt(3) == 0) {
            from.append(" AND t").append(i).append(".b > ").append(random.nextInt(6));
          }
        }
      } else {
        from.append(table).append(" t0");
      }
    }
    return from.toString();
  }

  private String query() {
    int tables = 1 + random.nextInt(3);
    String from = from(tables);
    String where = random.nextInt(5) == 0 ? "" : " WHERE " + condition(tables, 2);
    if (random.nextInt(3) > 0) {
      where += where.isEmpty() ? "" : " AND " + condition(tables, 1);
    }
    if (random.nextInt(3) == 0) {
      String group = column(tables);
      String having = random.nextBoolean() ? " HAVING COUNT(*) > 1" : "";
      return "SELECT "
          + group
          + ", COUNT(*), SUM("
          + column(tables)
          + "), MIN("
          + column(tables)
          + "), COUNT(DISTINCT "
          + column(tables)
          + ") FROM "
          + from
          + where
          + " GROUP BY "
          + group
          + having;
    }
    if (random.nextInt(6) == 0) {
      return "SELECT MAX(" + column(tables) + ") FROM " + from + where;
    }
    String distinct = random.nextInt(4) == 0 ? "DISTINCT " : "";
    String list = column(tables) + ", " + column(tables) + " + 1";
    String limit =
        random.nextInt(4) == 0
            ? " ORDER BY 1, 2 LIMIT " + random.nextInt(9) + " OFFSET " + random.nextInt(3)
            : "";
    return "SELECT " + distinct + list + " FROM " + from + where + limit;
  }

  @Test
  void sameRowsAsH2() throws Exception {
    SqlFixture db = new SqlFixture(new MemoryEngine());
    try (Connection h2 = DriverManager.getConnection("jdbc:h2:mem:random;MODE=MySQL");
        Statement statement = h2.createStatement()) {
      load(db, statement);
      for (int i = 0; i < QUERIES; i++) {
        String query = query();
        List<String> expected = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery(query)) {
          int width = rows.getMetaData().getColumnCount();
          while (rows.next()) {
            StringBuilder row = new StringBuilder();
            for (int c = 1; c <= width; c++) {
              row.append(c == 1 ? "" : "|").append(rows.getObject(c));
            }
            expected.add(row.toString());
          }
        }
        List<String> actual = new ArrayList<>();
        try {
          for (List<Object> row : db.run(query).rows) {
            actual.add(String.join("|", row.stream().map(String::valueOf).toList()));
          }
        } catch (RuntimeException e) {
          throw new AssertionError("seed " + SEED + " query " + i + ": " + query, e);
        }
        Collections.sort(expected);
        Collections.sort(actual);
        assertThat(actual).as("seed %d query %d: %s", SEED, i, query).isEqualTo(expected);
      }
    }
  }

  private void load(SqlFixture db, Statement h2) throws Exception {
    List<String> statements = new ArrayList<>();
    statements.add("CREATE TABLE t (id INT PRIMARY KEY, a INT, b INT)");
    statements.add("CREATE TABLE u (id INT PRIMARY KEY, a INT, b INT)");
    for (String table : new String[] {"t", "u"}) {
      for (int i = 0; i < 25; i++) {
        String a = random.nextInt(6) == 0 ? "NULL" : String.valueOf(random.nextInt(10));
        String b = random.nextInt(6) == 0 ? "NULL" : String.valueOf(random.nextInt(10));
        statements.add("INSERT INTO " + table + " VALUES (" + i + ", " + a + ", " + b + ")");
      }
    }
    statements.add("CREATE INDEX t_a ON t (a)");
    statements.add("CREATE INDEX u_ba ON u (b, a)");
    for (String sql : statements) {
      db.run(sql);
      h2.execute(sql);
    }
  }
}
