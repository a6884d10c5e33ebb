// The statements of the tests that carry parameters, prepared once per client and table.
package io.polarj.bench.sysbench;

/** One statement of the OLTP tests; {@code text} has the table's number as %d. */
enum SqlOf {
  POINT("SELECT c FROM sbtest%d WHERE id=?", Kind.READ),
  SIMPLE_RANGE("SELECT c FROM sbtest%d WHERE id BETWEEN ? AND ?", Kind.READ),
  SUM_RANGE("SELECT SUM(k) FROM sbtest%d WHERE id BETWEEN ? AND ?", Kind.READ),
  ORDER_RANGE("SELECT c FROM sbtest%d WHERE id BETWEEN ? AND ? ORDER BY c", Kind.READ),
  DISTINCT_RANGE("SELECT DISTINCT c FROM sbtest%d WHERE id BETWEEN ? AND ? ORDER BY c", Kind.READ),
  INDEX_UPDATE("UPDATE sbtest%d SET k=k+1 WHERE id=?", Kind.WRITE),
  NON_INDEX_UPDATE("UPDATE sbtest%d SET c=? WHERE id=?", Kind.WRITE),
  DELETE("DELETE FROM sbtest%d WHERE id=?", Kind.WRITE),
  INSERT("INSERT INTO sbtest%d (id, k, c, pad) VALUES (?, ?, ?, ?)", Kind.WRITE);

  /** What the summary counts a statement as. */
  enum Kind {
    READ,
    WRITE,
    OTHER
  }

  private final String text;
  private final Kind kind;

  SqlOf(String text, Kind kind) {
    this.text = text;
    this.kind = kind;
  }

  String text(int table) {
    return String.format(text, table);
  }

  Kind kind() {
    return kind;
  }
}
