package io.polarj.sql.bind;

import java.util.List;
import org.apache.calcite.rel.RelNode;

/** A bound query: the first {@code fields.size()} fields of {@code rel} are its columns. */
record QueryResult(RelNode rel, List<Field> fields) {}
