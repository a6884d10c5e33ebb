package io.polarj.sql.bind;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rex.RexNode;

/**
 * What FROM makes: a row of all columns of all sources. {@code star}: the fields that a star stands
 * for, in order; {@code hidden}: fields that USING or NATURAL merged into another; {@code merged}:
 * by lower-case name the field an unqualified name means; {@code conditions}: what inner joins
 * require.
 */
record FromResult(
    RelNode rel,
    List<Source> sources,
    List<Integer> star,
    Set<Integer> hidden,
    Map<String, Integer> merged,
    List<RexNode> conditions) {

  static FromResult of(RelNode rel, Source source) {
    List<Integer> star = new ArrayList<>();
    for (int i = 0; i < source.fields().size(); i++) {
      star.add(i);
    }
    return new FromResult(
        rel, List.of(source), star, new TreeSet<>(), new LinkedHashMap<>(), List.of());
  }

  Field field(int index) {
    for (Source source : sources) {
      int local = index - source.offset();
      if (local >= 0 && local < source.fields().size()) {
        return source.fields().get(local);
      }
    }
    throw new IndexOutOfBoundsException(index);
  }

  Source source(int index) {
    for (Source source : sources) {
      if (index >= source.offset() && index < source.offset() + source.fields().size()) {
        return source;
      }
    }
    throw new IndexOutOfBoundsException(index);
  }
}
