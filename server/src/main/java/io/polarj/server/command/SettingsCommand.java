package io.polarj.server.command;

import io.polarj.server.config.Settings;
import picocli.CommandLine.Command;

/** {@code polarj settings}: all settings with their defaults, in the form of the settings file. */
@Command(
    name = "settings",
    mixinStandardHelpOptions = true,
    description = "Print all settings of DIR/polarj.conf with their defaults.")
public final class SettingsCommand implements Runnable {
  @Override
  public void run() {
    System.out.print(Settings.describe());
  }
}
