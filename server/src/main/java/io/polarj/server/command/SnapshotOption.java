package io.polarj.server.command;

import picocli.CommandLine.Option;

/** {@code --snapshot}: looks at the volume as it was then. */
final class SnapshotOption {
  @Option(
      names = "--snapshot",
      paramLabel = "N",
      defaultValue = "0",
      description = "Look at this snapshot of the volume (see `polarj ctl snapshot list`).")
  private int number;

  /** 0 for the volume as it is now. */
  int number() {
    return number;
  }
}
