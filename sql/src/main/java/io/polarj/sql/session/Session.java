package io.polarj.sql.session;

import io.polarj.engine.api.IsolationLevel;
import io.polarj.engine.api.Transaction;
import io.polarj.sql.error.SqlError;
import io.polarj.sql.error.SqlException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * A client's session: its variables, current database, transaction, warnings and counters. Used by
 * the connection's thread alone, except {@link #kill} and the read-only figures for the process
 * list.
 */
public final class Session implements SessionContext {
  private final long connectionId;
  private final SessionServices services;
  private final boolean readOnlyListener;
  private final Map<String, Object> variables = new HashMap<>();
  private final Map<String, Object> userVariables = new HashMap<>();
  private final Warnings warnings = new Warnings();
  private final TableLocks tableLocks;
  private final SessionTransaction transaction;
  private volatile String user = "";
  private volatile String currentSchema;
  private volatile String statement;
  private volatile long statementStartMillis;
  private volatile boolean killStatement;
  private volatile boolean killConnection;
  private Instant statementTime = Instant.EPOCH;
  private IsolationLevel nextIsolation;
  private Boolean nextReadOnly;
  private boolean ranTransaction;
  private boolean countsFoundRows;
  private long lastInsertId;
  private long rowCount = -1;
  private long foundRows;
  private String planKey;

  public Session(long connectionId, SessionServices services, boolean readOnlyListener) {
    this.connectionId = connectionId;
    this.services = services;
    this.readOnlyListener = readOnlyListener;
    this.tableLocks = new TableLocks(services.engine());
    this.transaction = new SessionTransaction(services.engine(), tableLocks);
    this.statementStartMillis = services.clock().wallMillis();
    loadDefaults();
  }

  private void loadDefaults() {
    variables.clear();
    for (SystemVariable variable : SystemVariables.all()) {
      switch (variable.scope()) {
        case SESSION -> variables.put(variable.name(), variable.initial());
        case BOTH -> variables.put(variable.name(), services.globals().value(variable.name()));
        case GLOBAL -> {}
      }
    }
    variables.put("pseudo_thread_id", connectionId);
    planKey = null;
  }

  /**
   * COM_RESET_CONNECTION and COM_CHANGE_USER: everything back to the start, the transaction rolled
   * back, locked tables unlocked.
   */
  public void reset() {
    transaction.rollback();
    tableLocks.release();
    userVariables.clear();
    warnings.clear();
    lastInsertId = 0;
    rowCount = -1;
    foundRows = 0;
    nextIsolation = null;
    nextReadOnly = null;
    loadDefaults();
  }

  public SessionServices services() {
    return services;
  }

  // --- statements -------------------------------------------------------------------------------

  /** A statement begins: fixes NOW() and, unless it only looks at them, forgets the warnings. */
  public void beginStatement(String text, boolean keepWarnings) {
    statement = text;
    statementStartMillis = services.clock().wallMillis();
    killStatement = false;
    Object fixed = variables.get("timestamp");
    statementTime =
        fixed instanceof Long seconds && seconds > 0
            ? Instant.ofEpochSecond(seconds)
            : services.now();
    if (!keepWarnings) {
      warnings.clear();
    }
  }

  /** The statement has ended; an autocommitted one is committed here, so this can throw. */
  public void endStatement(boolean failed) {
    try {
      transaction.statementEnded(autocommit(), failed);
    } finally {
      if (ranTransaction && !inTransaction()) {
        nextIsolation = null;
        nextReadOnly = null;
      }
      ranTransaction = false;
      statement = null;
      statementStartMillis = services.clock().wallMillis();
    }
  }

  @Override
  public boolean countsFoundRows() {
    return countsFoundRows;
  }

  /** CLIENT_FOUND_ROWS of the handshake. */
  public void countsFoundRows(boolean matched) {
    countsFoundRows = matched;
  }

  /** Says what ROW_COUNT() returns next. */
  public void rowCount(long rows) {
    rowCount = rows;
  }

  // --- transactions -----------------------------------------------------------------------------

  public boolean autocommit() {
    return Long.valueOf(1).equals(variables.get("autocommit"));
  }

  /** SERVER_STATUS_IN_TRANS. */
  public boolean inTransaction() {
    return transaction.open(autocommit());
  }

  @Override
  public Transaction transaction() {
    boolean readOnly = beginsReadOnly();
    ranTransaction = true;
    int wait = Math.toIntExact((long) variables.get("innodb_lock_wait_timeout"));
    return transaction.require(isolation(), readOnly, wait);
  }

  /** START TRANSACTION. {@code readOnly} null: as the session says. */
  public void startTransaction(Boolean readOnly, boolean withSnapshot) {
    unlockTables();
    transaction.commit();
    boolean effective = readOnly == null ? beginsReadOnly() : readOnly || refusesWrites();
    transaction.start(isolation(), effective, withSnapshot);
    nextIsolation = null;
    nextReadOnly = null;
  }

  public void commit() {
    transaction.commit();
  }

  public void rollback() {
    transaction.rollback();
  }

  public void savepoint(String name) {
    if (!autocommit() && !transaction.explicit()) {
      transaction();
    }
    transaction.savepoint(name);
  }

  public void rollbackToSavepoint(String name) {
    transaction.rollbackTo(name);
  }

  public void releaseSavepoint(String name) {
    transaction.release(name);
  }

  @Override
  public void implicitCommit() {
    transaction.commit();
  }

  // --- table locks ------------------------------------------------------------------------------

  /**
   * LOCK TABLES: commits, gives back what was locked before, waits for the locks. {@code tables}:
   * schema and name, and whether others may not even read it.
   */
  public void lockTables(Map<TableId, Boolean> tables) {
    transaction.commit();
    tableLocks.release();
    List<TableLocks.Wanted> wanted = new ArrayList<>();
    tables.forEach(
        (table, write) -> wanted.add(new TableLocks.Wanted(table.schema(), table.name(), write)));
    tableLocks.lock(wanted, lockWaitSeconds());
  }

  /** A table by its name. */
  public record TableId(String schema, String name) {}

  private int lockWaitSeconds() {
    return (int) Math.min(Integer.MAX_VALUE, (long) variables.get("lock_wait_timeout"));
  }

  /** UNLOCK TABLES: commits if there is something to unlock. */
  public void unlockTables() {
    if (tableLocks.any()) {
      transaction.commit();
      tableLocks.release();
    }
  }

  @Override
  public boolean tablesLocked() {
    return tableLocks.any();
  }

  @Override
  public void requireTable(String schema, String table, boolean writes) {
    if (tableLocks.any()) {
      tableLocks.require(schema, table, writes);
    }
  }

  @Override
  public void unlockedFor(Runnable definition) {
    List<TableLocks.Wanted> held = tableLocks.held();
    tableLocks.release();
    try {
      definition.run();
    } finally {
      held.removeIf(t -> services.engine().catalog().table(t.schema(), t.table()) == null);
      if (!held.isEmpty()) {
        tableLocks.lock(held, lockWaitSeconds());
      }
    }
  }

  /** SET TRANSACTION without a scope: for the next transaction only. */
  public void nextTransaction(IsolationLevel isolation, Boolean readOnly) {
    if (transaction.open(autocommit())) {
      throw SqlError.CANT_CHANGE_TX_CHARACTERISTICS.with();
    }
    if (isolation != null) {
      nextIsolation = isolation;
    }
    if (readOnly != null) {
      nextReadOnly = readOnly;
    }
  }

  @Override
  public boolean refusesWrites() {
    return readOnlyListener || services.engine().readOnly();
  }

  private boolean beginsReadOnly() {
    return nextReadOnly != null
        ? nextReadOnly
        : Long.valueOf(1).equals(variables.get("transaction_read_only"));
  }

  private IsolationLevel isolation() {
    return nextIsolation != null
        ? nextIsolation
        : isolationOf((String) variables.get("transaction_isolation"));
  }

  /**
   * READ UNCOMMITTED reads as READ COMMITTED, which its promise allows; SERIALIZABLE is not built.
   */
  public static IsolationLevel isolationOf(String name) {
    return switch (name.toUpperCase(Locale.ROOT).replace(' ', '-')) {
      case "READ-UNCOMMITTED", "READ-COMMITTED" -> IsolationLevel.READ_COMMITTED;
      case "REPEATABLE-READ" -> IsolationLevel.REPEATABLE_READ;
      default -> throw SqlError.NOT_SUPPORTED_YET.with("isolation level " + name);
    };
  }

  // --- variables --------------------------------------------------------------------------------

  @Override
  public Object systemVariable(String name) {
    return systemVariable(name, null);
  }

  /**
   * The value in the scope asked for; null: the session's where there is one, else the global one.
   */
  public Object systemVariable(String name, VariableScope scope) {
    SystemVariable variable = SystemVariables.find(name);
    if (variable == null) {
      throw SqlError.UNKNOWN_SYSTEM_VARIABLE.with(name);
    }
    if (scope == VariableScope.SESSION && variable.scope() == VariableScope.GLOBAL) {
      throw SqlError.INCORRECT_GLOBAL_LOCAL_VAR.with(name, "GLOBAL");
    }
    if (scope == VariableScope.GLOBAL && variable.scope() == VariableScope.SESSION) {
      throw SqlError.INCORRECT_GLOBAL_LOCAL_VAR.with(name, "SESSION");
    }
    switch (variable.name()) {
      case "read_only", "super_read_only", "innodb_read_only" -> {
        return refusesWrites() ? 1L : 0L;
      }
      case "last_insert_id" -> {
        return lastInsertId;
      }
      case "warning_count" -> {
        return (long) warnings.count();
      }
      case "error_count" -> {
        return warnings.entries().stream().filter(e -> e.level().equals("Error")).count();
      }
      default -> {}
    }
    boolean global = scope == VariableScope.GLOBAL || variable.scope() == VariableScope.GLOBAL;
    Object value =
        global ? services.globals().value(variable.name()) : variables.get(variable.name());
    if (variable.name().equals("timestamp") && Long.valueOf(0).equals(value)) {
      return statementTime.getEpochSecond();
    }
    return value;
  }

  /** All variables with their values as SHOW VARIABLES prints them, in name order. */
  public Map<String, String> variables(VariableScope scope) {
    Map<String, String> result = new TreeMap<>();
    for (SystemVariable variable : SystemVariables.all()) {
      if (scope == VariableScope.GLOBAL && variable.scope() == VariableScope.SESSION) {
        continue;
      }
      Object value = systemVariable(variable.name(), scope == VariableScope.GLOBAL ? scope : null);
      result.put(variable.name(), value == null ? "" : variable.print(value));
    }
    return result;
  }

  /** SET [SESSION] name = value. */
  public void setSystemVariable(String name, Object given) {
    SystemVariable variable = SystemVariables.find(name);
    if (variable == null) {
      throw SqlError.UNKNOWN_SYSTEM_VARIABLE.with(name);
    }
    if (!variable.settable()) {
      throw SqlError.INCORRECT_GLOBAL_LOCAL_VAR.with(name, "read only");
    }
    if (variable.scope() == VariableScope.GLOBAL) {
      throw SqlError.GLOBAL_VARIABLE.with(name);
    }
    Object value = given == null && isDefaultable(variable) ? null : variable.convert(given);
    switch (variable.name()) {
      case "autocommit" -> {
        if (Long.valueOf(1).equals(value) && !autocommit()) {
          transaction.commit();
        }
      }
      case "transaction_isolation" -> isolationOf((String) value);
      case "time_zone" -> zoneOf((String) value);
      case "last_insert_id" -> lastInsertId = (long) value;
      case "character_set_connection" ->
          variables.put("collation_connection", CharacterSets.defaultCollation((String) value));
      default -> {}
    }
    variables.put(variable.name(), value);
    planKey = null;
  }

  /** SET name = DEFAULT. */
  public void resetSystemVariable(String name) {
    SystemVariable variable = SystemVariables.find(name);
    if (variable == null) {
      throw SqlError.UNKNOWN_SYSTEM_VARIABLE.with(name);
    }
    variables.put(
        variable.name(),
        variable.scope() == VariableScope.SESSION
            ? variable.initial()
            : services.globals().value(variable.name()));
    planKey = null;
  }

  private static boolean isDefaultable(SystemVariable variable) {
    return variable.name().equals("character_set_results");
  }

  /** SET GLOBAL name = value. */
  public void setGlobalVariable(String name, Object value) {
    services.globals().set(name, value);
  }

  /** SET NAMES. */
  public void setNames(String characterSet, String collation) {
    setSystemVariable("character_set_client", characterSet);
    setSystemVariable("character_set_results", characterSet);
    setSystemVariable("character_set_connection", characterSet);
    if (collation != null) {
      setSystemVariable("collation_connection", collation);
    }
  }

  @Override
  public Object userVariable(String name) {
    return userVariables.get(name.toLowerCase(Locale.ROOT));
  }

  @Override
  public void userVariable(String name, Object value) {
    userVariables.put(name.toLowerCase(Locale.ROOT), value);
  }

  // --- what statements ask for
  // --------------------------------------------------------------------

  @Override
  public long connectionId() {
    return connectionId;
  }

  @Override
  public String user() {
    return user;
  }

  /** {@code name@host}, after authentication. */
  public void user(String account) {
    user = account;
  }

  @Override
  public String currentSchema() {
    return currentSchema;
  }

  /** USE. */
  public void currentSchema(String schema) {
    if (!services.schemaExists(schema)) {
      throw SqlError.BAD_DB.with(schema);
    }
    currentSchema = schema;
    planKey = null;
  }

  /** The current database was dropped. */
  public void noSchema() {
    currentSchema = null;
    planKey = null;
  }

  @Override
  public long lastInsertId() {
    return lastInsertId;
  }

  @Override
  public void lastInsertId(long value) {
    lastInsertId = value;
  }

  @Override
  public long rowCount() {
    return rowCount;
  }

  @Override
  public long foundRows() {
    return foundRows;
  }

  @Override
  public void foundRows(long rows) {
    foundRows = rows;
  }

  @Override
  public Instant statementTime() {
    return statementTime;
  }

  @Override
  public ZoneId timeZone() {
    return zoneOf((String) variables.get("time_zone"));
  }

  private static ZoneId zoneOf(String name) {
    if (name == null || name.equalsIgnoreCase("SYSTEM")) {
      return ZoneOffset.UTC;
    }
    try {
      return name.startsWith("+") || name.startsWith("-")
          ? ZoneOffset.of(name.indexOf(':') == 2 ? name.charAt(0) + "0" + name.substring(1) : name)
          : ZoneId.of(name);
    } catch (DateTimeException e) {
      throw new SqlException(SqlError.UNKNOWN, "Unknown or incorrect time zone: '" + name + "'", e);
    }
  }

  @Override
  public boolean strictMode() {
    return sqlMode("STRICT_TRANS_TABLES") || sqlMode("STRICT_ALL_TABLES");
  }

  @Override
  public boolean sqlMode(String flag) {
    String modes = (String) variables.get("sql_mode");
    for (int at = modes.indexOf(flag); at >= 0; at = modes.indexOf(flag, at + 1)) {
      int end = at + flag.length();
      if ((at == 0 || modes.charAt(at - 1) == ',')
          && (end == modes.length() || modes.charAt(end) == ',')) {
        return true;
      }
    }
    return false;
  }

  @Override
  public String planKey() {
    if (planKey == null) {
      planKey = currentSchema + "\0" + variables.get("sql_mode");
    }
    return planKey;
  }

  @Override
  public void warn(SqlError error, Object... arguments) {
    warnings.add("Warning", error, arguments);
  }

  @Override
  public void note(SqlError error, Object... arguments) {
    warnings.add("Note", error, arguments);
  }

  /** A failed statement's error shows up in SHOW WARNINGS too. */
  public void recordError(int code, String message) {
    warnings.add("Error", code, message);
  }

  @Override
  public int warningCount() {
    return warnings.count();
  }

  public Warnings warnings() {
    return warnings;
  }

  @Override
  public void checkInterrupted() {
    if (killStatement || killConnection) {
      killStatement = false;
      throw SqlError.QUERY_INTERRUPTED.with();
    }
  }

  // --- other threads
  // ------------------------------------------------------------------------------

  /** KILL from another session. */
  void kill(boolean connection) {
    if (connection) {
      killConnection = true;
    }
    killStatement = true;
    transaction.interrupt();
    tableLocks.interrupt();
  }

  public boolean killed() {
    return killConnection;
  }

  /** A line of the process list. */
  public ProcessInfo process() {
    String running = statement;
    String account = user;
    int at = account.indexOf('@');
    return new ProcessInfo(
        connectionId,
        at < 0 ? account : account.substring(0, at),
        at < 0 ? "" : account.substring(at + 1),
        currentSchema,
        running == null ? "Sleep" : "Query",
        Math.max(0, (services.clock().wallMillis() - statementStartMillis) / 1000),
        running == null ? "" : "executing",
        running);
  }

  /** The connection is gone. */
  public void close() {
    transaction.rollback();
    tableLocks.release();
  }
}
