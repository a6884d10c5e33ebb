package io.polarj.platform.loop;

/** What a loop does while there is nothing to do. */
public enum IdleMode {
  /** Spins about 20 times, yields about 10 times, then sleeps until woken: the default. */
  HYBRID,
  /** Never sleeps. For a machine with a core to spare for every loop. */
  BUSY,
  /** Sleeps at once. For tests and for loops that are hardly ever used. */
  BLOCK;

  /** Reads the setting's spelling: {@code hybrid}, {@code busy} or {@code block}. */
  public static IdleMode parse(String text) {
    return switch (text) {
      case "hybrid" -> HYBRID;
      case "busy" -> BUSY;
      case "block" -> BLOCK;
      default ->
          throw new IllegalArgumentException("idle mode '" + text + "': say hybrid, busy or block");
    };
  }
}
