package io.polarj.server.command;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** {@code --data}. */
final class DataOption {
  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = "polarj-data",
      description = "The cluster's data directory (default: ./polarj-data).")
  private Path data;

  Path path() {
    return data.toAbsolutePath().normalize();
  }
}
