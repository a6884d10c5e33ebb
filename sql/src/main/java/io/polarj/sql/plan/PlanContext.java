package io.polarj.sql.plan;

import io.polarj.engine.api.ReadMode;
import io.polarj.engine.api.Table;
import io.polarj.engine.schema.TableDef;
import io.polarj.sql.exec.operator.Execution;
import io.polarj.sql.exec.operator.VirtualScanNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * What the planning of one statement shares: the tables it found so far (their places in the list
 * are their ordinals in an {@link Execution}), the parameter values of this first run as far as
 * they are known, and where figures about tables come from. One thread, one use.
 */
public final class PlanContext {
  private final Execution peek;
  private final boolean parametersKnown;
  private final Function<TableDef, Table> opener;
  private final Function<TableDef, VirtualScanNode> virtualTables;
  private final List<TableDef> tables = new ArrayList<>();
  private final List<Table> opened = new ArrayList<>();
  private final Map<Integer, TableStatistics> statistics = new HashMap<>();
  private ReadMode mode;
  private int slots;

  /** {@code peek}: an execution without tables, to evaluate constants with. */
  public PlanContext(
      Execution peek,
      boolean parametersKnown,
      ReadMode mode,
      Function<TableDef, Table> opener,
      Function<TableDef, VirtualScanNode> virtualTables) {
    this.peek = peek;
    this.parametersKnown = parametersKnown;
    this.mode = mode;
    this.opener = opener;
    this.virtualTables = virtualTables;
  }

  /** The tables that executions open, in the order of their ordinals. */
  public List<TableDef> tables() {
    return List.copyOf(tables);
  }

  /** The ordinal of the table, added if it is new. */
  public int ordinal(TableDef def) {
    int known = tables.indexOf(def);
    if (known >= 0) {
      return known;
    }
    tables.add(def);
    opened.add(opener.apply(def));
    return tables.size() - 1;
  }

  TableStatistics statistics(TableDef def) {
    return statistics.computeIfAbsent(
        ordinal(def), ordinal -> new TableStatistics(this, opened.get(ordinal)));
  }

  VirtualScanNode virtualTable(TableDef def) {
    return virtualTables.apply(def);
  }

  Execution peek() {
    return peek;
  }

  boolean parametersKnown() {
    return parametersKnown;
  }

  ReadMode mode() {
    return mode;
  }

  /** The scans of the statement itself, not of its subqueries, take these locks. */
  public void lock(ReadMode newMode) {
    mode = newMode;
  }

  /** Sets how the scans that are planned from now on read; returns how they did. */
  ReadMode mode(ReadMode newMode) {
    ReadMode before = mode;
    mode = newMode;
    return before;
  }

  int newSlot() {
    return slots++;
  }
}
