package io.polarj.sql.exec;

import io.polarj.sql.session.ProcessInfo;
import java.util.List;

/** What statements are told of the server around them. Any thread. */
public interface ServerInfo {
  /** Alone in the process: for tests and embedded use. */
  ServerInfo NONE =
      new ServerInfo() {
        @Override
        public List<ProcessInfo> processes() {
          return List.of();
        }

        @Override
        public String primaryAddress() {
          return "";
        }
      };

  /** The sessions of this node, for PROCESSLIST. */
  List<ProcessInfo> processes();

  /** {@code host:port} of the primary as far as this node knows, or empty. Named in error 1290. */
  String primaryAddress();
}
