package io.polarj.polarctrl.protocol;

/** Asks where chunks of a volume are; answered by {@link RouteReply}. */
public record RouteRequest(long requestId, long volume, int firstChunk, int count)
    implements CtrlRequest {
  /** The most chunks in one answer. */
  public static final int MAX_COUNT = 1024;
}
