package io.polarj.engine.instance;

import io.polarj.engine.error.EngineException;
import io.polarj.engine.schema.IndexColumn;
import io.polarj.engine.schema.IndexDef;
import io.polarj.engine.schema.TableDef;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Checks definitions and makes changed copies of them. */
final class TableDefinitions {
  private static final int MAX_COLUMNS = 4096;
  private static final int MAX_INDEXES = 65;

  private static final String AUTO_INCREMENT = "AUTO_INCREMENT";

  private TableDefinitions() {}

  /** Where the counter of a new table begins; it is no property of the table afterwards. */
  static long firstAutoIncrement(TableDef given) {
    String first = given.options().get(AUTO_INCREMENT);
    try {
      return first == null ? 1 : Long.parseLong(first);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "table " + given.name() + ": AUTO_INCREMENT = " + first, e);
    }
  }

  static TableDef withoutCounter(TableDef given) {
    if (!given.options().containsKey(AUTO_INCREMENT)) {
      return given;
    }
    Map<String, String> options = new LinkedHashMap<>(given.options());
    options.remove(AUTO_INCREMENT);
    return new TableDef(
        given.id(),
        given.version(),
        given.schema(),
        given.name(),
        given.columns(),
        given.indexes(),
        options);
  }

  static void require(TableDef def) {
    if (def.columns().isEmpty() || def.columns().size() > MAX_COLUMNS) {
      throw new IllegalArgumentException(
          "table " + def.name() + " of " + def.columns().size() + " columns");
    }
    if (def.indexes().isEmpty() || def.indexes().size() > MAX_INDEXES || !def.primary().primary()) {
      throw new IllegalArgumentException(
          "table " + def.name() + ": the first index must be the primary one, and at most 64 more");
    }
    Set<String> names = new HashSet<>();
    def.columns().forEach(column -> unique(names, "column", column.name()));
    names.clear();
    for (IndexDef index : def.indexes()) {
      unique(names, "index", index.name());
      if (index.primary() != (index == def.primary())
          || index.columns().isEmpty() && !index.primary()) {
        throw new IllegalArgumentException("index " + index.name() + " of table " + def.name());
      }
      for (IndexColumn part : index.columns()) {
        if (part.column() < 0 || part.column() >= def.columns().size()) {
          throw new IllegalArgumentException(
              "index " + index.name() + " has no column " + part.column());
        }
      }
    }
  }

  private static void unique(Set<String> names, String what, String name) {
    if (!names.add(name.toLowerCase(Locale.ROOT))) {
      throw new EngineException.AlreadyExists(what + " " + name);
    }
  }

  static IndexDef withId(IndexDef index, long id) {
    return new IndexDef(id, index.name(), index.primary(), index.unique(), index.columns());
  }

  static TableDef with(TableDef def, long id, long version, List<IndexDef> indexes) {
    return new TableDef(
        id, version, def.schema(), def.name(), def.columns(), indexes, def.options());
  }

  static TableDef renamed(TableDef def, String schema, String name, long version) {
    return new TableDef(
        def.id(), version, schema, name, def.columns(), def.indexes(), def.options());
  }

  static int secondaryIndex(TableDef def, String name) {
    for (int i = 1; i < def.indexes().size(); i++) {
      if (def.indexes().get(i).name().equalsIgnoreCase(name)) {
        return i;
      }
    }
    throw new EngineException.NoSuchTable(def.schema(), def.name() + " index " + name);
  }

  /** The table id in a file's name, or -1. */
  static long tableIdOf(String fileName) {
    if (!fileName.matches("t[0-9]{1,10}\\.pjt")) {
      return -1;
    }
    return Long.parseLong(fileName.substring(1, fileName.length() - 4));
  }
}
