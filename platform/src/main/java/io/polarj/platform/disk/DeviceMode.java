package io.polarj.platform.disk;

/** Which engine carries the I/O of a device. */
public enum DeviceMode {
  /** io_uring when this kernel and the loop allow it, else the file engine. */
  AUTO,
  /** Blocking calls on a few threads. */
  FILE,
  /** io_uring, or an error that says why not. */
  URING;

  /** Reads the setting's spelling: {@code auto}, {@code file} or {@code uring}. */
  public static DeviceMode parse(String text) {
    return switch (text) {
      case "auto" -> AUTO;
      case "file" -> FILE;
      case "uring" -> URING;
      default ->
          throw new IllegalArgumentException("device mode '" + text + "': say auto, file or uring");
    };
  }
}
