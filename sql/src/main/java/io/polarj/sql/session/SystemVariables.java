package io.polarj.sql.session;

import static io.polarj.sql.session.VariableScope.BOTH;
import static io.polarj.sql.session.VariableScope.GLOBAL;
import static io.polarj.sql.session.VariableScope.SESSION;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The system variables that PolarJ knows: those with a meaning here, and those that drivers and
 * tools ask for or set at start-up, answered as a MySQL 8.0 server with these features would.
 * Immutable.
 */
final class SystemVariables {
  /** What {@code @@version} says: drivers choose their dialect by it (see docs/GLOSSARY.md). */
  static final String VERSION = "8.0.36-polarj";

  static final String DEFAULT_SQL_MODE =
      "ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,"
          + "ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION";

  private static final Map<String, SystemVariable> ALL = new TreeMap<>();

  static {
    List<SystemVariable> variables = new ArrayList<>();
    addMeaningful(variables);
    addCharacterSets(variables);
    addIdentity(variables);
    addAccepted(variables);
    for (SystemVariable variable : variables) {
      ALL.put(variable.name(), variable);
    }
  }

  private SystemVariables() {}

  /** The variable of that name in any case, or null. Two have an old name too. */
  static SystemVariable find(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return switch (lower) {
      case "tx_isolation" -> ALL.get("transaction_isolation");
      case "tx_read_only" -> ALL.get("transaction_read_only");
      default -> ALL.get(lower);
    };
  }

  static Collection<SystemVariable> all() {
    return Collections.unmodifiableCollection(ALL.values());
  }

  private static void addMeaningful(List<SystemVariable> to) {
    to.add(SystemVariable.bool("autocommit", BOTH, true));
    to.add(
        SystemVariable.oneOf(
            "transaction_isolation",
            BOTH,
            "REPEATABLE-READ",
            "READ-UNCOMMITTED",
            "READ-COMMITTED",
            "REPEATABLE-READ",
            "SERIALIZABLE"));
    to.add(SystemVariable.bool("transaction_read_only", BOTH, false));
    to.add(
        new SystemVariable(
            "sql_mode", BOTH, DEFAULT_SQL_MODE, (v, given) -> SqlModes.parse(given)));
    to.add(SystemVariable.text("time_zone", BOTH, "SYSTEM"));
    to.add(SystemVariable.integer("innodb_lock_wait_timeout", BOTH, 50, 1, 1073741824));
    to.add(SystemVariable.integer("lock_wait_timeout", BOTH, 31536000, 1, 31536000));
    to.add(SystemVariable.integer("max_allowed_packet", BOTH, 67108864, 1024, 1073741824));
    to.add(SystemVariable.integer("max_connections", GLOBAL, 512, 1, 100000));
    to.add(SystemVariable.integer("group_concat_max_len", BOTH, 1024, 4, Long.MAX_VALUE));
    to.add(SystemVariable.integer("auto_increment_increment", BOTH, 1, 1, 1));
    to.add(SystemVariable.integer("auto_increment_offset", BOTH, 1, 1, 1));
    to.add(SystemVariable.integer("last_insert_id", SESSION, 0, 0, Long.MAX_VALUE));
    to.add(SystemVariable.integer("timestamp", SESSION, 0, 0, Long.MAX_VALUE));
    to.add(SystemVariable.fixed("read_only", GLOBAL, 0L));
    to.add(SystemVariable.fixed("super_read_only", GLOBAL, 0L));
    to.add(SystemVariable.fixed("innodb_read_only", GLOBAL, 0L));
    to.add(SystemVariable.fixed("warning_count", SESSION, 0L));
    to.add(SystemVariable.fixed("error_count", SESSION, 0L));
  }

  private static void addCharacterSets(List<SystemVariable> to) {
    for (String name : new String[] {"client", "connection", "database", "server", "system"}) {
      to.add(
          new SystemVariable(
              "character_set_" + name,
              BOTH,
              name.equals("system") ? "utf8mb3" : "utf8mb4",
              (variable, given) -> CharacterSets.require(given)));
    }
    to.add(
        new SystemVariable(
            "character_set_results",
            BOTH,
            "utf8mb4",
            (variable, given) -> given == null ? null : CharacterSets.require(given)));
    for (String name : new String[] {"connection", "database", "server"}) {
      to.add(
          new SystemVariable(
              "collation_" + name,
              BOTH,
              "utf8mb4_0900_ai_ci",
              (variable, given) -> CharacterSets.requireCollation(given)));
    }
  }

  private static void addIdentity(List<SystemVariable> to) {
    to.add(SystemVariable.fixed("version", GLOBAL, VERSION));
    to.add(SystemVariable.fixed("version_comment", GLOBAL, "PolarJ"));
    to.add(SystemVariable.fixed("version_compile_os", GLOBAL, "Linux"));
    to.add(SystemVariable.fixed("version_compile_machine", GLOBAL, "x86_64"));
    to.add(SystemVariable.fixed("protocol_version", GLOBAL, 10L));
    to.add(SystemVariable.fixed("license", GLOBAL, "Apache-2.0"));
    to.add(SystemVariable.fixed("hostname", GLOBAL, "localhost"));
    to.add(SystemVariable.fixed("port", GLOBAL, 3306L));
    to.add(SystemVariable.fixed("datadir", GLOBAL, "/"));
    to.add(SystemVariable.fixed("server_id", GLOBAL, 1L));
    to.add(SystemVariable.fixed("server_uuid", GLOBAL, "00000000-0000-0000-0000-000000000000"));
    to.add(SystemVariable.fixed("lower_case_table_names", GLOBAL, 0L));
    to.add(SystemVariable.fixed("lower_case_file_system", GLOBAL, "OFF"));
    to.add(SystemVariable.fixed("system_time_zone", GLOBAL, "UTC"));
    to.add(SystemVariable.fixed("performance_schema", GLOBAL, 0L));
    to.add(SystemVariable.fixed("log_bin", GLOBAL, 0L));
    to.add(SystemVariable.fixed("have_ssl", GLOBAL, "DISABLED"));
    to.add(SystemVariable.fixed("have_openssl", GLOBAL, "DISABLED"));
    to.add(SystemVariable.fixed("have_profiling", GLOBAL, "NO"));
    to.add(SystemVariable.fixed("default_authentication_plugin", GLOBAL, "mysql_native_password"));
    to.add(SystemVariable.fixed("gtid_mode", GLOBAL, "OFF"));
    to.add(SystemVariable.fixed("innodb_version", GLOBAL, VERSION));
    to.add(SystemVariable.fixed("innodb_page_size", GLOBAL, 16384L));
    to.add(SystemVariable.fixed("innodb_file_per_table", GLOBAL, 1L));
    to.add(SystemVariable.fixed("innodb_flush_log_at_trx_commit", GLOBAL, 1L));
    to.add(SystemVariable.fixed("sync_binlog", GLOBAL, 1L));
    to.add(SystemVariable.fixed("local_infile", GLOBAL, 0L));
    to.add(SystemVariable.fixed("secure_file_priv", GLOBAL, ""));
    to.add(SystemVariable.fixed("basedir", GLOBAL, "/"));
    to.add(SystemVariable.fixed("socket", GLOBAL, ""));
  }

  /** Set by drivers and dump files, without a meaning here. */
  private static void addAccepted(List<SystemVariable> to) {
    to.add(SystemVariable.text("init_connect", GLOBAL, ""));
    to.add(SystemVariable.integer("interactive_timeout", BOTH, 28800, 1, 31536000));
    to.add(SystemVariable.integer("wait_timeout", BOTH, 28800, 1, 31536000));
    to.add(SystemVariable.integer("net_write_timeout", BOTH, 60, 1, 31536000));
    to.add(SystemVariable.integer("net_read_timeout", BOTH, 30, 1, 31536000));
    to.add(SystemVariable.integer("net_buffer_length", BOTH, 16384, 1024, 1048576));
    to.add(SystemVariable.integer("max_execution_time", BOTH, 0, 0, 4294967295L));
    to.add(SystemVariable.integer("sql_select_limit", BOTH, Long.MAX_VALUE, 0, Long.MAX_VALUE));
    to.add(SystemVariable.integer("max_join_size", BOTH, Long.MAX_VALUE, 1, Long.MAX_VALUE));
    to.add(SystemVariable.bool("sql_safe_updates", BOTH, false));
    to.add(SystemVariable.bool("sql_notes", BOTH, true));
    to.add(SystemVariable.bool("sql_warnings", BOTH, false));
    to.add(SystemVariable.bool("sql_quote_show_create", BOTH, true));
    to.add(SystemVariable.bool("sql_auto_is_null", BOTH, false));
    to.add(SystemVariable.bool("sql_big_selects", BOTH, true));
    to.add(SystemVariable.bool("foreign_key_checks", BOTH, true));
    to.add(SystemVariable.bool("unique_checks", BOTH, true));
    to.add(SystemVariable.bool("sql_log_bin", SESSION, true));
    to.add(SystemVariable.bool("big_tables", BOTH, false));
    to.add(SystemVariable.bool("explicit_defaults_for_timestamp", BOTH, true));
    to.add(SystemVariable.bool("profiling", BOTH, false));
    to.add(SystemVariable.bool("innodb_strict_mode", BOTH, true));
    to.add(SystemVariable.bool("session_track_schema", BOTH, true));
    to.add(SystemVariable.text("session_track_system_variables", BOTH, ""));
    to.add(SystemVariable.text("optimizer_switch", BOTH, ""));
    to.add(SystemVariable.text("default_storage_engine", BOTH, "InnoDB"));
    to.add(SystemVariable.text("default_tmp_storage_engine", BOTH, "InnoDB"));
    to.add(SystemVariable.text("storage_engine", BOTH, "InnoDB"));
    to.add(SystemVariable.text("lc_time_names", BOTH, "en_US"));
    to.add(SystemVariable.text("lc_messages", BOTH, "en_US"));
    to.add(SystemVariable.text("completion_type", BOTH, "NO_CHAIN"));
    to.add(SystemVariable.text("event_scheduler", GLOBAL, "OFF"));
    to.add(SystemVariable.integer("information_schema_stats_expiry", BOTH, 0, 0, 31536000));
    to.add(SystemVariable.integer("innodb_flush_method", GLOBAL, 0, 0, 0));
    to.add(SystemVariable.integer("default_week_format", BOTH, 0, 0, 7));
    to.add(SystemVariable.integer("div_precision_increment", BOTH, 4, 0, 30));
    to.add(SystemVariable.integer("max_sort_length", BOTH, 1024, 4, 8388608));
    to.add(SystemVariable.integer("query_cache_size", GLOBAL, 0, 0, 0));
    to.add(SystemVariable.text("query_cache_type", GLOBAL, "OFF"));
    to.add(SystemVariable.integer("pseudo_thread_id", SESSION, 0, 0, Long.MAX_VALUE));
  }
}
