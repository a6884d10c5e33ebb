/**
 * Execution: the entry point {@link io.polarj.sql.exec.SqlEngine}, the plan cache, and the
 * executors of queries, DML and DDL.
 */
package io.polarj.sql.exec;
