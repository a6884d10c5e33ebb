package io.polarj.server.command;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** {@code --data}. */
public final class DataOption {
  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = "polarj-data",
      description = "The cluster's data directory (default: ./polarj-data).")
  private Path data;

  public Path path() {
    return data.toAbsolutePath().normalize();
  }
}
