package io.polarj.sql.error;

/**
 * The MySQL errors that PolarJ raises: number, SQLSTATE and message pattern (as {@link
 * String#format}).
 */
public enum SqlError {
  CANT_CREATE_TABLE(1005, "HY000", "Can't create table '%s' (%s)"),
  DB_CREATE_EXISTS(1007, "HY000", "Can't create database '%s'; database exists"),
  DB_DROP_EXISTS(1008, "HY000", "Can't drop database '%s'; database doesn't exist"),
  DISK_FULL(1021, "HY000", "Disk full (%s); waiting for someone to free some space..."),
  CON_COUNT(1040, "08004", "Too many connections"),
  HANDSHAKE(1043, "08S01", "Bad handshake"),
  DBACCESS_DENIED(1044, "42000", "Access denied for user '%s'@'%s' to database '%s'"),
  ACCESS_DENIED(1045, "28000", "Access denied for user '%s'@'%s' (using password: %s)"),
  NO_DB(1046, "3D000", "No database selected"),
  UNKNOWN_COM(1047, "08S01", "Unknown command"),
  BAD_NULL(1048, "23000", "Column '%s' cannot be null"),
  BAD_DB(1049, "42000", "Unknown database '%s'"),
  TABLE_EXISTS(1050, "42S01", "Table '%s' already exists"),
  BAD_TABLE(1051, "42S02", "Unknown table '%s'"),
  NON_UNIQ(1052, "23000", "Column '%s' in %s is ambiguous"),
  SERVER_SHUTDOWN(1053, "08S01", "Server shutdown in progress"),
  BAD_FIELD(1054, "42S22", "Unknown column '%s' in '%s'"),
  WRONG_FIELD_WITH_GROUP(1055, "42000", "%s"),
  MIX_OF_GROUP_FUNC_AND_FIELDS(1140, "42000", "%s"),
  DUP_FIELDNAME(1060, "42S21", "Duplicate column name '%s'"),
  DUP_KEYNAME(1061, "42000", "Duplicate key name '%s'"),
  DUP_ENTRY(1062, "23000", "Duplicate entry '%s' for key '%s'"),
  PARSE(1064, "42000", "You have an error in your SQL syntax; %s"),
  EMPTY_QUERY(1065, "42000", "Query was empty"),
  NONUNIQ_TABLE(1066, "42000", "Not unique table/alias: '%s'"),
  INVALID_DEFAULT(1067, "42000", "Invalid default value for '%s'"),
  MULTIPLE_PRI_KEY(1068, "42000", "Multiple primary key defined"),
  TOO_LONG_KEY(1071, "42000", "Specified key was too long; max key length is %d bytes"),
  KEY_COLUMN_DOES_NOT_EXIST(1072, "42000", "Key column '%s' doesn't exist in table"),
  BLOB_USED_AS_KEY(
      1073,
      "42000",
      "BLOB column '%s' can't be used in key specification with the used table type"),
  TOO_BIG_FIELDLENGTH(
      1074, "42000", "Column length too big for column '%s' (max = %d); use BLOB or TEXT instead"),
  WRONG_AUTO_KEY(
      1075,
      "42000",
      "Incorrect table definition; there can be only one auto column and it must be defined as a key"),
  WRONG_SUB_KEY(
      1089,
      "HY000",
      "Incorrect prefix key; the used key part isn't a string, the used length is longer than the key part, or the storage engine doesn't support unique prefix keys"),
  CANT_DROP_FIELD_OR_KEY(1091, "42000", "Can't DROP '%s'; check that column/key exists"),
  NO_SUCH_THREAD(1094, "HY000", "Unknown thread id: %d"),
  NO_TABLES_USED(1096, "HY000", "No tables used"),
  TABLE_NOT_LOCKED_FOR_WRITE(
      1099, "HY000", "Table '%s' was locked with a READ lock and can't be updated"),
  TABLE_NOT_LOCKED(1100, "HY000", "Table '%s' was not locked with LOCK TABLES"),
  WRONG_VALUE_COUNT_ON_ROW(1136, "21S01", "Column count doesn't match value count at row %d"),
  FIELD_SPECIFIED_TWICE(1110, "42000", "Column '%s' specified twice"),
  INVALID_GROUP_FUNC_USE(1111, "HY000", "Invalid use of group function"),
  TABLE_MUST_HAVE_COLUMNS(1113, "42000", "A table must have at least 1 column"),
  UNKNOWN_CHARACTER_SET(1115, "42000", "Unknown character set: '%s'"),
  TOO_BIG_ROWSIZE(1118, "42000", "Row size too large. The maximum row size is %d bytes"),
  NO_SUCH_TABLE(1146, "42S02", "Table '%s.%s' doesn't exist"),
  PACKET_TOO_LARGE(1153, "08S01", "Got a packet bigger than 'max_allowed_packet' bytes"),
  NET_ERROR_ON_WRITE(1160, "08S01", "Got an error writing communication packets"),
  BLOB_KEY_WITHOUT_LENGTH(
      1170, "42000", "BLOB/TEXT column '%s' used in key specification without a key length"),
  PRIMARY_CANT_HAVE_NULL(
      1171,
      "42000",
      "All parts of a PRIMARY KEY must be NOT NULL; if you need NULL in a key, use UNIQUE instead"),
  KEY_DOES_NOT_EXIST(1176, "42000", "Key '%s' doesn't exist in table '%s'"),
  UNKNOWN_SYSTEM_VARIABLE(1193, "HY000", "Unknown system variable '%s'"),
  LOCK_WAIT_TIMEOUT(1205, "HY000", "Lock wait timeout exceeded; try restarting transaction"),
  DEADLOCK(1213, "40001", "Deadlock found when trying to get lock; try restarting transaction"),
  WRONG_ARGUMENTS(1210, "HY000", "Incorrect arguments to %s"),
  WRONG_USAGE(1221, "HY000", "Incorrect usage of %s and %s"),
  SUBQUERY_NO_1_ROW(1242, "21000", "Subquery returns more than 1 row"),
  OPERAND_COLUMNS(1241, "21000", "Operand should contain %d column(s)"),
  LOCAL_VARIABLE(
      1228, "HY000", "Variable '%s' is a SESSION variable and can't be used with SET GLOBAL"),
  GLOBAL_VARIABLE(
      1229, "HY000", "Variable '%s' is a GLOBAL variable and should be set with SET GLOBAL"),
  WRONG_VALUE_FOR_VAR(1231, "42000", "Variable '%s' can't be set to the value of '%s'"),
  WRONG_TYPE_FOR_VAR(1232, "42000", "Incorrect argument type to variable '%s'"),
  LOCK_OR_ACTIVE_TRANSACTION(
      1192,
      "HY000",
      "Can't execute the given command because you have active locked tables or an active transaction"),
  NOT_SUPPORTED_YET(1235, "42000", "This version of PolarJ doesn't yet support '%s'"),
  INCORRECT_GLOBAL_LOCAL_VAR(1238, "HY000", "Variable '%s' is a %s variable"),
  UNKNOWN_STMT_HANDLER(1243, "HY000", "Unknown prepared statement handler (%s) given to %s"),
  WARN_DATA_TRUNCATED(1265, "01000", "Data truncated for column '%s' at row %d"),
  WARN_DATA_OUT_OF_RANGE(1264, "22003", "Out of range value for column '%s' at row %d"),
  UNKNOWN_COLLATION(1273, "HY000", "Unknown collation: '%s'"),
  OPTION_PREVENTS_STATEMENT(
      1290,
      "HY000",
      "The MySQL server is running with the %s option so it cannot execute this statement"),
  TRUNCATED_WRONG_VALUE(1292, "22007", "Truncated incorrect %s value: '%s'"),
  WRONG_VALUE(1292, "22007", "Incorrect %s value: '%s'"),
  UNSUPPORTED_PS(
      1295, "HY000", "This command is not supported in the prepared statement protocol yet"),
  SP_DOES_NOT_EXIST(1305, "42000", "%s %s does not exist"),
  QUERY_INTERRUPTED(1317, "70100", "Query execution was interrupted"),
  DIVISION_BY_ZERO(1365, "22012", "Division by 0"),
  NO_DEFAULT_FOR_FIELD(1364, "HY000", "Field '%s' doesn't have a default value"),
  TRUNCATED_WRONG_VALUE_FOR_FIELD(
      1366, "HY000", "Incorrect %s value: '%s' for column '%s' at row %d"),
  DATA_TOO_LONG(1406, "22001", "Data too long for column '%s' at row %d"),
  TABLE_DEF_CHANGED(1412, "HY000", "Table definition has changed, please retry transaction"),
  WRONG_NUMBER_OF_COLUMNS_IN_SELECT(
      1222, "21000", "The used SELECT statements have a different number of columns"),
  WRONG_PARAMCOUNT_TO_NATIVE_FCT(
      1582, "42000", "Incorrect parameter count in the call to native function '%s'"),
  DATA_OUT_OF_RANGE(1690, "22003", "%s value is out of range in '%s'"),
  CANT_EXECUTE_IN_READ_ONLY_TRANSACTION(
      1792, "25006", "Cannot execute statement in a READ ONLY transaction."),
  CANT_CHANGE_TX_CHARACTERISTICS(
      1568,
      "25001",
      "Transaction characteristics can't be changed while a transaction is in progress"),
  LOCK_NOWAIT(
      3572,
      "HY000",
      "Statement aborted because lock(s) could not be acquired immediately and NOWAIT is set."),
  CRASHED_TABLE(1194, "HY000", "Table '%s' is marked as crashed and should be repaired"),
  INTERNAL(1815, "HY000", "Internal error: %s"),
  UNKNOWN(1105, "HY000", "%s");

  private final int code;
  private final String sqlState;
  private final String pattern;

  SqlError(int code, String sqlState, String pattern) {
    this.code = code;
    this.sqlState = sqlState;
    this.pattern = pattern;
  }

  public int code() {
    return code;
  }

  public String sqlState() {
    return sqlState;
  }

  public String pattern() {
    return pattern;
  }

  /** The error with its message filled in. */
  public SqlException with(Object... arguments) {
    return new SqlException(this, String.format(java.util.Locale.ROOT, pattern, arguments));
  }
}
