package io.polarj.sql.session;

/** Where a system variable lives. */
public enum VariableScope {
  GLOBAL,
  SESSION,
  /** A global value that new sessions start with, and a value of each session's own. */
  BOTH
}
