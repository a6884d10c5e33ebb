/** Evaluation of expressions, aggregates and value conversion with MySQL's semantics. */
package io.polarj.sql.expr;
