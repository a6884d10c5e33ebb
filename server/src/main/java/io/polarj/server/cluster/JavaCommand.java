package io.polarj.server.cluster;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command line of another JVM that runs this program. */
public final class JavaCommand {
  private JavaCommand() {}

  /**
   * {@code jvmOptions} before, {@code arguments} after the main class; JDK and class path are this
   * process's.
   */
  public static List<String> of(List<String> jvmOptions, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--add-exports",
            "java.base/jdk.internal.misc=ALL-UNNAMED",
            "-XX:-UsePerfData"));
    command.addAll(jvmOptions);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add("io.polarj.server.PolarJ");
    command.addAll(arguments);
    return command;
  }
}
