// `polarj bench sysbench TEST prepare|run|cleanup`.
package io.polarj.bench.sysbench;

import java.sql.SQLException;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The OLTP tests of sysbench 1.0 over JDBC. */
@Command(
    name = "sysbench",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "sysbench's OLTP tests over JDBC: the tables, statements and counts of sysbench 1.0.",
      "Tests: oltp_point_select oltp_read_only oltp_read_write oltp_write_only",
      "oltp_update_index oltp_update_non_index oltp_insert oltp_delete"
    })
public final class SysbenchCommand implements Callable<Integer> {
  private enum Action {
    PREPARE,
    RUN,
    CLEANUP
  }

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "TEST",
      description = "The test, for example oltp_read_write.")
  private String test;

  @Parameters(index = "1", paramLabel = "COMMAND", description = "prepare, run or cleanup.")
  private String action;

  @Option(
      names = "--url",
      defaultValue = "jdbc:mariadb://127.0.0.1:3406/sbtest",
      description = "JDBC URL of the server and database (default: ${DEFAULT-VALUE}).")
  private String url;

  @Option(names = "--user", defaultValue = "root", description = "Default: root.")
  private String user;

  @Option(names = "--password", defaultValue = "", description = "Default: none.")
  private String password;

  @Option(names = "--tables", defaultValue = "1", description = "Default: 1.")
  private int tables;

  @Option(names = "--table-size", defaultValue = "10000", description = "Rows (default: 10000).")
  private int tableSize;

  @Option(names = "--range-size", defaultValue = "100", description = "Default: 100.")
  private int rangeSize;

  @Option(
      names = "--rand-type",
      defaultValue = "special",
      description = "uniform or special (default: special).")
  private String distribution;

  @Option(
      names = "--ps-mode",
      defaultValue = "auto",
      description = "auto: statements prepared on the server; disable: text (default: auto).")
  private String preparedMode;

  @Option(names = "--threads", defaultValue = "1", description = "Default: 1.")
  private int threads;

  @Option(names = "--time", defaultValue = "10", description = "Seconds (default: 10).")
  private int seconds;

  @Option(names = "--warmup", defaultValue = "0", description = "Seconds not counted, before.")
  private int warmupSeconds;

  @Option(
      names = "--report-interval",
      defaultValue = "0",
      description = "A line every so many seconds (default: 0, none).")
  private int intervalSeconds;

  @Option(names = "--seed", description = "Of the random values (default: another each time).")
  private Long seed;

  @Override
  public Integer call() throws InterruptedException {
    Action wanted = word(Action.class, action, "COMMAND");
    OltpTest oltp = word(OltpTest.class, test, "TEST");
    SysbenchSettings settings = settings();
    try {
      switch (wanted) {
        case PREPARE -> new Tables(settings, System.out).prepare();
        case RUN -> {
          Report report = new Load(oltp, settings, System.out).run();
          report.print(System.out);
        }
        case CLEANUP -> new Tables(settings, System.out).drop();
      }
      return 0;
    } catch (SQLException e) {
      spec.commandLine()
          .getErr()
          .println("sysbench: error " + e.getErrorCode() + ": " + e.getMessage());
      return 1;
    }
  }

  private SysbenchSettings settings() {
    check(tables >= 1, "--tables must be at least 1");
    check(tableSize >= 1 && tableSize <= 1_000_000_000, "--table-size must be 1 to 1000000000");
    check(rangeSize >= 1, "--range-size must be at least 1");
    check(threads >= 1, "--threads must be at least 1");
    check(seconds >= 1, "--time must be at least 1");
    check(warmupSeconds >= 0 && intervalSeconds >= 0, "times can't be negative");
    check(
        preparedMode.equals("auto") || preparedMode.equals("disable"),
        "--ps-mode must be auto or disable");
    return new SysbenchSettings(
        url,
        user,
        password,
        tables,
        tableSize,
        rangeSize,
        word(Distribution.class, distribution, "--rand-type"),
        preparedMode.equals("auto"),
        threads,
        seconds,
        warmupSeconds,
        intervalSeconds,
        seed == null ? System.nanoTime() : seed);
  }

  private <E extends Enum<E>> E word(Class<E> type, String value, String option) {
    for (E constant : type.getEnumConstants()) {
      if (constant.name().toLowerCase(Locale.ROOT).equals(value)) {
        return constant;
      }
    }
    throw new CommandLine.ParameterException(
        spec.commandLine(), option + ": '" + value + "' is not known; see --help");
  }

  private void check(boolean ok, String message) {
    if (!ok) {
      throw new CommandLine.ParameterException(spec.commandLine(), message);
    }
  }
}
