/**
 * Physical operators: immutable plan nodes that are shared by all executions of a cached plan, and
 * the row sources they open. Rows are pulled one at a time as arrays of values. A scan decodes only
 * the columns that something above it reads; the others stay null in the array.
 */
package io.polarj.sql.exec.operator;
