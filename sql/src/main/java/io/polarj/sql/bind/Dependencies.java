package io.polarj.sql.bind;

import io.polarj.engine.schema.IndexColumn;
import io.polarj.engine.schema.IndexDef;
import java.util.BitSet;
import java.util.List;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.SqlKind;

/**
 * Which fields of a row have one value per group: the grouped ones, those that a condition equates
 * to a constant or to such a field, and all of a table whose key is among them.
 */
final class Dependencies {
  private final FromResult from;
  private final List<RexNode> conditions;
  private final BitSet determined = new BitSet();

  Dependencies(FromResult from, List<RexNode> groups, List<RexNode> conditions) {
    this.from = from;
    this.conditions = conditions;
    for (RexNode group : groups) {
      if (group instanceof RexInputRef reference) {
        determined.set(reference.getIndex());
      }
    }
    int before;
    do {
      before = determined.cardinality();
      conditions.forEach(this::equalities);
      from.sources().forEach(this::keys);
    } while (determined.cardinality() > before);
  }

  boolean determined(int field) {
    return determined.get(field);
  }

  private void equalities(RexNode condition) {
    if (!(condition instanceof RexCall call)) {
      return;
    }
    if (call.getKind() == SqlKind.AND) {
      call.getOperands().forEach(this::equalities);
    } else if (call.getKind() == SqlKind.EQUALS) {
      equality(call.getOperands().get(0), call.getOperands().get(1));
      equality(call.getOperands().get(1), call.getOperands().get(0));
    }
  }

  private void equality(RexNode left, RexNode right) {
    if (left instanceof RexInputRef target
        && (RexUtil.isConstant(right)
            || (right instanceof RexInputRef source && determined.get(source.getIndex())))) {
      determined.set(target.getIndex());
    }
  }

  private void keys(Source source) {
    if (source.table() == null) {
      return;
    }
    for (IndexDef index : source.table().def().indexes()) {
      if (index.unique() && !index.columns().isEmpty() && covers(source, index)) {
        determined.set(source.offset(), source.offset() + source.fields().size());
      }
    }
  }

  private boolean covers(Source source, IndexDef index) {
    for (IndexColumn part : index.columns()) {
      boolean nullable = source.table().def().columns().get(part.column()).nullable();
      if (nullable || part.prefixLength() > 0 || !determined.get(source.offset() + part.column())) {
        return false;
      }
    }
    return true;
  }

  @Override
  public String toString() {
    return determined + " of " + from.sources() + " by " + conditions;
  }
}
