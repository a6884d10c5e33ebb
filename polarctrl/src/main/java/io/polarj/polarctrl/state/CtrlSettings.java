package io.polarj.polarctrl.state;

import java.util.Objects;

/** PolarCtrl's settings. */
public record CtrlSettings(
    long clusterId,
    int nodeTimeoutMillis,
    int serviceLeaseMillis,
    int writerLeaseMillis,
    int retryMillis,
    int requestTimeoutMillis,
    int callsInFlight,
    MoveSettings moves) {

  public CtrlSettings {
    if (nodeTimeoutMillis <= 0
        || serviceLeaseMillis <= 0
        || writerLeaseMillis <= 0
        || retryMillis <= 0
        || requestTimeoutMillis <= 0
        || callsInFlight <= 0) {
      throw new IllegalArgumentException("PolarCtrl settings out of range: " + clusterId);
    }
    Objects.requireNonNull(moves, "moves");
  }

  /** With the usual settings for moves. */
  public CtrlSettings(
      long clusterId,
      int nodeTimeoutMillis,
      int serviceLeaseMillis,
      int writerLeaseMillis,
      int retryMillis,
      int requestTimeoutMillis,
      int callsInFlight) {
    this(
        clusterId,
        nodeTimeoutMillis,
        serviceLeaseMillis,
        writerLeaseMillis,
        retryMillis,
        requestTimeoutMillis,
        callsInFlight,
        MoveSettings.DEFAULT);
  }

  public static CtrlSettings forCluster(long clusterId) {
    return new CtrlSettings(clusterId, 5_000, 5_000, 10_000, 300, 60_000, 128);
  }

  public CtrlSettings withMoves(MoveSettings changed) {
    return new CtrlSettings(
        clusterId,
        nodeTimeoutMillis,
        serviceLeaseMillis,
        writerLeaseMillis,
        retryMillis,
        requestTimeoutMillis,
        callsInFlight,
        changed);
  }
}
