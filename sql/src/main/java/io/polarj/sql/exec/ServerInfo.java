package io.polarj.sql.exec;

import java.util.List;

/** What statements are told of the server around them. Any thread. */
public interface ServerInfo {
  /** A row of PROCESSLIST. {@code info}: the running statement, or null. */
  record Process(
      long id,
      String user,
      String host,
      String schema,
      String command,
      long timeSeconds,
      String state,
      String info) {}

  /** Alone in the process: for tests and embedded use. */
  ServerInfo NONE =
      new ServerInfo() {
        @Override
        public List<Process> processes() {
          return List.of();
        }

        @Override
        public String primaryAddress() {
          return "";
        }
      };

  List<Process> processes();

  /** {@code host:port} of the primary as far as this node knows, or empty. Named in error 1290. */
  String primaryAddress();
}
