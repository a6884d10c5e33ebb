package io.polarj.sql.validate;

import io.polarj.engine.schema.TableDef;
import io.polarj.sql.error.SqlError;
import io.polarj.sql.session.SessionContext;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.calcite.config.CalciteConnectionConfig;
import org.apache.calcite.jdbc.CalciteSchema;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.schema.Schema;
import org.apache.calcite.schema.Table;
import org.apache.calcite.schema.Wrapper;
import org.apache.calcite.schema.impl.AbstractSchema;
import org.apache.calcite.schema.impl.AbstractTable;
import org.apache.calcite.schema.lookup.LikePattern;
import org.apache.calcite.schema.lookup.Lookup;
import org.apache.calcite.schema.lookup.Named;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.validate.SqlMoniker;
import org.apache.calcite.sql.validate.SqlNameMatcher;
import org.apache.calcite.sql.validate.SqlValidatorCatalogReader;

/** The databases and tables as Calcite's validator looks them up. One statement's, one thread. */
final class CatalogReader implements SqlValidatorCatalogReader {
  private final TableLookup lookup;
  private final SessionContext session;
  private final RelDataTypeFactory types;
  private final Map<List<String>, PolarTable> tables = new LinkedHashMap<>();
  private final CalciteSchema root;

  CatalogReader(TableLookup lookup, SessionContext session, RelDataTypeFactory types) {
    this.lookup = lookup;
    this.session = session;
    this.types = types;
    this.root = CalciteSchema.createRootSchema(false, false, "", new Databases());
  }

  /** By the exact name only: names of databases and tables differ by case. */
  private interface Exact<T> extends Lookup<T> {
    @Override
    default Named<T> getIgnoreCase(String name) {
      return null;
    }

    @Override
    default Set<String> getNames(LikePattern pattern) {
      return Set.of();
    }
  }

  private final class Databases extends AbstractSchema {
    @Override
    public Lookup<Schema> subSchemas() {
      return (Exact<Schema>) name -> lookup.schemaExists(name) ? new Database(name) : null;
    }

    @Override
    public Lookup<Table> tables() {
      return (Exact<Table>) name -> null;
    }
  }

  private final class Database extends AbstractSchema {
    private final String name;

    Database(String name) {
      this.name = name;
    }

    @Override
    public Lookup<Schema> subSchemas() {
      return (Exact<Schema>) schema -> null;
    }

    @Override
    public Lookup<Table> tables() {
      return (Exact<Table>)
          table -> {
            PolarTable found = find(name, table);
            return found == null ? null : new CatalogTable(found);
          };
    }
  }

  /** Calcite's view of a table, which only leads to ours. */
  private static final class CatalogTable extends AbstractTable implements Wrapper {
    private final PolarTable table;

    CatalogTable(PolarTable table) {
      this.table = table;
    }

    @Override
    public RelDataType getRowType(RelDataTypeFactory types) {
      return table.getRowType();
    }

    @Override
    public <C> C unwrap(Class<C> type) {
      return type.isInstance(table) ? type.cast(table) : super.unwrap(type);
    }
  }

  /** The tables that were found, in the order of their first use. */
  List<PolarTable> tables() {
    return List.copyOf(tables.values());
  }

  /** The table, or null. */
  private PolarTable find(String schema, String name) {
    List<String> key = List.of(schema, name);
    PolarTable known = tables.get(key);
    if (known != null) {
      return known;
    }
    TableDef def = lookup.table(schema, name);
    if (def == null) {
      return null;
    }
    PolarTable table = new PolarTable(def, lookup.virtual(schema), types, key);
    tables.put(key, table);
    return table;
  }

  @Override
  public PolarTable getTable(List<String> names) {
    String schema = names.size() > 1 ? names.get(names.size() - 2) : session.currentSchema();
    String name = names.get(names.size() - 1);
    if (schema == null) {
      throw SqlError.NO_DB.with();
    }
    PolarTable table = find(schema, name);
    if (table == null) {
      throw lookup.schemaExists(schema)
          ? SqlError.NO_SUCH_TABLE.with(schema, name)
          : SqlError.BAD_DB.with(schema);
    }
    return table;
  }

  @Override
  public RelDataType getNamedType(SqlIdentifier typeName) {
    return null;
  }

  @Override
  public List<SqlMoniker> getAllSchemaObjectNames(List<String> names) {
    return List.of();
  }

  @Override
  public List<List<String>> getSchemaPaths() {
    String current = session.currentSchema();
    return current == null ? List.of(List.of()) : List.of(List.of(current), List.of());
  }

  @Override
  @Deprecated
  public RelDataTypeField field(RelDataType rowType, String alias) {
    return nameMatcher().field(rowType, alias);
  }

  @Override
  public SqlNameMatcher nameMatcher() {
    return NameRules.INSTANCE;
  }

  @Override
  @Deprecated
  public boolean matches(String string, String name) {
    return nameMatcher().matches(string, name);
  }

  @Override
  public RelDataType createTypeFromProjection(RelDataType type, List<String> columnNames) {
    throw new UnsupportedOperationException();
  }

  @Override
  @Deprecated
  public boolean isCaseSensitive() {
    return nameMatcher().isCaseSensitive();
  }

  @Override
  public CalciteSchema getRootSchema() {
    return root;
  }

  @Override
  public CalciteConnectionConfig getConfig() {
    return CalciteConnectionConfig.DEFAULT;
  }

  @Override
  public <C> C unwrap(Class<C> type) {
    return type.isInstance(this) ? type.cast(this) : null;
  }
}
