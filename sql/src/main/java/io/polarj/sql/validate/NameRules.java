package io.polarj.sql.validate;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.sql.validate.SqlNameMatcher;

/** Databases, tables and their aliases differ by case; columns do not. */
final class NameRules implements SqlNameMatcher {
  static final NameRules INSTANCE = new NameRules();

  @Override
  public boolean isCaseSensitive() {
    return true;
  }

  @Override
  public boolean matches(String string, String name) {
    return string.equals(name);
  }

  @Override
  public RelDataTypeField field(RelDataType rowType, String name) {
    return rowType.getField(name, false, false);
  }

  @Override
  public <K extends List<String>, V> V get(
      Map<K, V> map, List<String> prefixNames, List<String> names) {
    throw new UnsupportedOperationException();
  }

  @Override
  public String bestString() {
    throw new UnsupportedOperationException();
  }

  @Override
  public int frequency(Iterable<String> names, String name) {
    int count = 0;
    for (String candidate : names) {
      count += candidate.equalsIgnoreCase(name) ? 1 : 0;
    }
    return count;
  }

  @Override
  public Set<String> createSet() {
    return new LinkedHashSet<>();
  }
}
