/**
 * Session and administration statements: transaction control, SET, SHOW, USE, KILL. Parsed by hand;
 * the planner never sees them.
 */
package io.polarj.sql.admin;
