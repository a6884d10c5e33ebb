/**
 * The planner: from a bound statement's relational expression to physical operators. Calcite's
 * rules bring conditions to where their columns come from; then each table gets the cheapest access
 * path, inner joins the cheapest order; a wanted order of rows is looked for in the indexes before
 * anything is sorted.
 *
 * <p>The rows of a join keep the layout of its relational expression whatever the join order: each
 * table fills its own places of one wide row. So no expression is renumbered.
 */
package io.polarj.sql.plan;
