package io.polarj.sql.validate;

import io.polarj.sql.error.SqlError;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.sql.JoinType;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.parser.SqlParserPos;

/**
 * The columns that FROM, or a join in it, offers. {@code star}: those that a star stands for, in
 * order; {@code merged}: by lower-case name the column that an unqualified name means because USING
 * or NATURAL merged two; {@code conditions}: what inner joins require. Immutable.
 */
record FromColumns(
    List<Item> items, List<Column> star, Map<String, Column> merged, List<SqlNode> conditions) {

  /** A table or derived table under its alias. {@code table} null for a derived one. */
  record Item(String schema, String alias, RelDataType rowType, PolarTable table) {
    boolean named(ColumnName column) {
      return alias.equals(column.table())
          && (column.schema() == null || column.schema().equals(schema));
    }
  }

  /** A column of an item. */
  record Column(Item item, int ordinal) {
    String name() {
      return item.rowType().getFieldNames().get(ordinal);
    }

    /** Its full name. */
    SqlIdentifier identifier(SqlParserPos pos) {
      return new SqlIdentifier(
          item.table() == null
              ? List.of(item.alias(), name())
              : List.of(item.schema(), item.alias(), name()),
          pos);
    }
  }

  static FromColumns of(Item item) {
    List<Column> star = new ArrayList<>();
    for (int i = 0; i < item.rowType().getFieldCount(); i++) {
      star.add(new Column(item, i));
    }
    return new FromColumns(List.of(item), star, Map.of(), List.of());
  }

  /** Of which the first item's columns need no qualifier whatever the others have. */
  FromColumns preferringFirst() {
    Map<String, Column> preferred = new TreeMap<>(merged);
    for (Column column : of(items.get(0)).star()) {
      preferred.put(column.name().toLowerCase(Locale.ROOT), column);
    }
    return new FromColumns(items, star, preferred, conditions);
  }

  FromColumns requiring(List<SqlNode> required) {
    return new FromColumns(items, star, merged, required);
  }

  /** The row of both; of {@code common} pairs one column stands for two. */
  static FromColumns join(
      FromColumns left, FromColumns right, List<Column[]> common, JoinType type) {
    List<Item> items = new ArrayList<>(left.items);
    items.addAll(right.items);
    Map<String, Column> merged = new TreeMap<>(right.merged);
    merged.putAll(left.merged);
    List<Column> star = new ArrayList<>();
    List<Column> covered = new ArrayList<>();
    for (Column[] pair : common) {
      Column kept = type == JoinType.RIGHT ? pair[1] : pair[0];
      star.add(kept);
      covered.addAll(List.of(pair));
      merged.put(kept.name().toLowerCase(Locale.ROOT), kept);
    }
    left.star.stream().filter(c -> !covered.contains(c)).forEach(star::add);
    right.star.stream().filter(c -> !covered.contains(c)).forEach(star::add);
    return new FromColumns(items, star, merged, List.of());
  }

  /** The names that both offer unqualified. */
  static List<String> common(FromColumns left, FromColumns right) {
    Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    right.star.forEach(column -> names.add(column.name()));
    return left.star.stream().map(Column::name).filter(names::contains).toList();
  }

  /** The column that USING or NATURAL names. */
  Column joined(String name) {
    List<Column> found = candidates(new ColumnName(null, null, name));
    if (found.size() != 1) {
      throw (found.isEmpty() ? SqlError.BAD_FIELD : SqlError.NON_UNIQ).with(name, "from clause");
    }
    return found.get(0);
  }

  /** The columns that a name may mean. */
  List<Column> candidates(ColumnName name) {
    if (name.table() == null) {
      Column one = merged.get(name.name().toLowerCase(Locale.ROOT));
      return one != null
          ? List.of(one)
          : star.stream().filter(c -> c.name().equalsIgnoreCase(name.name())).toList();
    }
    return items.stream()
        .filter(item -> item.named(name))
        .flatMap(item -> of(item).star().stream())
        .filter(c -> c.name().equalsIgnoreCase(name.name()))
        .toList();
  }

  /**
   * Whether tables of two databases have the same name, which Calcite's scopes do not tell apart.
   */
  boolean sharesAliases() {
    return items.stream().map(Item::alias).distinct().count() < items.size();
  }

  /** The column of a full name, or null when it is not here. */
  Column find(SqlIdentifier identifier) {
    ColumnName name = ColumnName.of(identifier);
    for (Item item : items) {
      if (item.named(name)) {
        RelDataTypeField field = NameRules.INSTANCE.field(item.rowType(), name.name());
        if (field != null) {
          return new Column(item, field.getIndex());
        }
      }
    }
    return null;
  }

  /** The columns of {@code table.*}. */
  List<Column> starOf(ColumnName qualifier) {
    for (Item item : items) {
      if (item.named(qualifier)) {
        return of(item).star();
      }
    }
    String schema = qualifier.schema() == null ? "" : qualifier.schema() + ".";
    throw SqlError.BAD_TABLE.with(schema + qualifier.table());
  }

  void requireDistinctAliases() {
    Set<String> seen = new TreeSet<>();
    for (Item item : items) {
      if (!seen.add(item.schema() + "." + item.alias())) {
        throw SqlError.NONUNIQ_TABLE.with(item.alias());
      }
    }
  }
}
