package io.polarj.sql.front;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polarj.engine.schema.TableDef;
import io.polarj.sql.bind.Binder;
import io.polarj.sql.expr.EvalContext;
import io.polarj.sql.expr.RexCompiler;
import io.polarj.sql.parse.MySqlParser;
import io.polarj.sql.validate.TableLookup;
import org.apache.calcite.rex.RexNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Expressions against results that MySQL documents. */
class ExpressionTest {
  static final TableLookup NO_TABLES =
      new TableLookup() {
        @Override
        public boolean schemaExists(String schema) {
          return false;
        }

        @Override
        public TableDef table(String schema, String name) {
          return null;
        }

        @Override
        public boolean virtual(String schema) {
          return false;
        }
      };

  static Object eval(String sql) {
    FrontSession session = new FrontSession();
    RexNode node = new Binder(NO_TABLES).bindScalar(MySqlParser.parseExpression(sql), session);
    return new RexCompiler(null)
        .compile(node)
        .eval(new Object[0], new EvalContext(new Object[0], session));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '→',
      quoteCharacter = '§',
      value = {
        "1 + 1 → 2",
        "7 / 2 → 3.5000",
        "7 DIV 2 → 3",
        "-7 MOD 3 → -1",
        "1 / 0 → NULL",
        "'3 apples' + 4 → 7",
        "'abc' = 'ABC' → 1",
        "'abc' = BINARY 'ABC' → 0",
        "'a' = 'a ' → 0",
        "'a' = 'a ' COLLATE utf8mb4_general_ci → 1",
        "NULL = NULL → NULL",
        "NULL <=> NULL → 1",
        "NULL AND 0 → 0",
        "NULL OR 1 → 1",
        "1 XOR 1 → 0",
        "! 5 → 0",
        "NOT NULL → NULL",
        "1 IN (2, NULL) → NULL",
        "2 BETWEEN 1 AND 3 → 1",
        "'David_' LIKE 'David|_' ESCAPE '|' → 1",
        "'David!' LIKE '%D%v%' → 1",
        "'Michael!' REGEXP '.*' → 1",
        "18446744073709551615 + 0 → 18446744073709551615",
        "~0 → 18446744073709551615",
        "1 << 2 | 3 → 7",
        "5 & ~1 → 4",
        "0.1 + 0.2 → 0.3",
        "1.5 * 2.25 → 3.375",
        "2 - 3 → -1",
        "IF(1 < 2, 'yes', 'no') → yes",
        "IFNULL(NULL, 10) → 10",
        "NULLIF(1, 1) → NULL",
        "COALESCE(NULL, NULL, 'x') → x",
        "CASE 1 WHEN 1 THEN 'one' ELSE 'more' END → one",
        "CONCAT('My', 'S', 'QL') → MySQL",
        "CONCAT('My', NULL, 'QL') → NULL",
        "CONCAT_WS(',', 'First', NULL, 'Last') → First,Last",
        "LENGTH('ä') → 2",
        "CHAR_LENGTH('ä') → 1",
        "SUBSTRING('Quadratically', 5, 6) → ratica",
        "SUBSTRING('Sakila' FROM -4 FOR 2) → ki",
        "SUBSTRING_INDEX('www.mysql.com', '.', 2) → www.mysql",
        "SUBSTRING_INDEX('www.mysql.com', '.', -2) → mysql.com",
        "LEFT('foobarbar', 5) → fooba",
        "RIGHT('foobarbar', 4) → rbar",
        "LOCATE('bar', 'foobarbar', 5) → 7",
        "INSTR('foobarbar', 'bar') → 4",
        "POSITION('bar' IN 'foobarbar') → 4",
        "LPAD('hi', 4, '??') → ??hi",
        "LPAD('hi', 1, '??') → h",
        "TRIM(LEADING 'x' FROM 'xxxbarxxx') → barxxx",
        "TRIM('  bar  ') → bar",
        "REPLACE('www.mysql.com', 'w', 'Ww') → WwWwWw.mysql.com",
        "REVERSE('abc') → cba",
        "HEX('abc') → 616263",
        "HEX(255) → FF",
        "FIELD('Bb', 'Aa', 'Bb', 'Cc') → 2",
        "ELT(2, 'Aa', 'Bb') → Bb",
        "FIND_IN_SET('b', 'a,b,c,d') → 2",
        "FORMAT(12332.123456, 4) → 12,332.1235",
        "STRCMP('text', 'text2') → -1",
        "ABS(-32) → 32",
        "CEIL(1.23) → 2",
        "FLOOR(-1.23) → -2",
        "ROUND(-1.58) → -2",
        "ROUND(1.298, 1) → 1.3",
        "ROUND(23.298, -1) → 20",
        "TRUNCATE(1.999, 1) → 1.9",
        "POW(2, 3) → 8.0",
        "SQRT(-16) → NULL",
        "SIGN(-32) → -1",
        "GREATEST(2, 0) → 2",
        "LEAST('B', 'A', 'C') → A",
        "CONV('a', 16, 2) → 1010",
        "BIN(12) → 1100",
        "CRC32('MySQL') → 3259397556",
        "MD5('testing') → ae2b1fca515949e5d54fb22b8ed95575",
        "SHA1('abc') → a9993e364706816aba3e25717850c26c9cd0d89d",
        "INET_ATON('10.0.5.9') → 167773449",
        "CAST('12abc' AS SIGNED) → 12",
        "CAST(-1 AS UNSIGNED) → -1",
        "CAST(1.567 AS DECIMAL(5,2)) → 1.57",
        "CAST(123 AS CHAR) → 123",
        "CONVERT('2024-01-31', DATE) → 2024-01-31",
        "DATE_ADD('2018-05-01', INTERVAL 1 DAY) → 2018-05-02",
        "DATE '2024-01-31' + INTERVAL 1 MONTH → 2024-02-29",
        "DATE_SUB('1998-01-02 00:00:00', INTERVAL '1 1:1:1' DAY_SECOND) → 1997-12-31 22:58:59",
        "DATEDIFF('2007-12-31 23:59:59', '2007-12-30') → 1",
        "TIMESTAMPDIFF(MONTH, '2003-02-01', '2003-05-01') → 3",
        "DATE_FORMAT('2009-10-04 22:23:00', '%W %M %Y') → Sunday October 2009",
        "DATE_FORMAT('1999-01-01', '%X %V') → 1998 52",
        "STR_TO_DATE('01,5,2013', '%d,%m,%Y') → 2013-05-01T00:00",
        "WEEK('2008-02-20') → 7",
        "WEEK('2008-02-20', 1) → 8",
        "YEARWEEK('1987-01-01') → 198652",
        "DAYOFWEEK('2007-02-03') → 7",
        "LAST_DAY('2003-02-05') → 2003-02-28",
        "EXTRACT(YEAR_MONTH FROM '2019-07-02 01:02:03') → 201907",
        "HOUR('10:05:03') → 10",
        "UNIX_TIMESTAMP('2015-11-13 10:20:19') → 1447410019",
        "FROM_UNIXTIME(1447430881) → 2015-11-13T16:08:01",
        "NOW() → 2024-02-29T12:34:56",
        "NOW(3) → 2024-02-29T12:34:56.789",
        "NOW() + 0 → 20240229123456",
        "DATABASE() → test",
        "CONNECTION_ID() → 7",
        "LAST_INSERT_ID(5) → 5",
        "@@session.autocommit → 1",
        "@nothing → NULL",
        "(1, 2) = (1, 2) → 1",
        "(1, 2) < (1, 3) → 1",
        "TRUE + TRUE → 2",
        "5 IS TRUE → 1",
        "x'4D' = 'M' → 1",
      })
  void givesWhatMySqlDocuments(String sql, String expected) {
    Object value = eval(sql);
    String text =
        value == null
            ? "NULL"
            : value instanceof Double d && d == Math.rint(d) && !sql.startsWith("POW")
                ? String.valueOf(d.longValue())
                : value.toString();
    boolean unsigned = value instanceof Long && expected.length() > 19;
    assertThat(unsigned ? Long.toUnsignedString((Long) value) : text).isEqualTo(expected);
  }

  @Test
  void overflowOfBigintIsAnError() {
    assertThatThrownBy(() -> eval("9223372036854775807 + 1"))
        .hasMessageContaining("BIGINT value is out of range");
  }

  @Test
  void unknownFunctionsAreNamed() {
    assertThatThrownBy(() -> eval("NO_SUCH(1)")).hasMessage("FUNCTION test.NO_SUCH does not exist");
  }
}
