package io.polarj.sql.plan;

import io.polarj.sql.exec.operator.PlanNode;

/** A plan of a relational expression, and whether its rows come in the order that was wanted. */
record Planned(PlanNode node, double rows, double cost, boolean ordered) {}
