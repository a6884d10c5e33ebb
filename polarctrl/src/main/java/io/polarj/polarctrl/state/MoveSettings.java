package io.polarj.polarctrl.state;

/**
 * How replicas are placed, repaired and moved.
 *
 * @param lossMillis a node that is silent for longer is lost for good and its replicas are made
 *     anew; 0: only an operator's word makes it so
 * @param mostMoves plans that may work at the same time
 * @param rebalance whether replicas are moved from full nodes to empty ones
 * @param sharedHosts whether two replicas of a chunk may be on one host
 * @param reservePercent of a disk that stays free when replicas are moved to it
 * @param stepRetryMillis first pause after a refused step; it doubles with every refusal
 * @param longestRetryMillis the longest such pause
 */
public record MoveSettings(
    long lossMillis,
    int mostMoves,
    boolean rebalance,
    boolean sharedHosts,
    int reservePercent,
    int stepRetryMillis,
    int longestRetryMillis) {
  public static final MoveSettings DEFAULT =
      new MoveSettings(30 * 60_000L, 2, true, false, 5, 1_000, 60_000);

  public MoveSettings {
    if (lossMillis < 0
        || mostMoves < 0
        || reservePercent < 0
        || reservePercent > 90
        || stepRetryMillis <= 0
        || longestRetryMillis < stepRetryMillis) {
      throw new IllegalArgumentException("PolarCtrl settings for moves out of range");
    }
  }

  public MoveSettings withMostMoves(int most) {
    return new MoveSettings(
        lossMillis,
        most,
        rebalance,
        sharedHosts,
        reservePercent,
        stepRetryMillis,
        longestRetryMillis);
  }

  public MoveSettings withRebalance(boolean on) {
    return new MoveSettings(
        lossMillis,
        mostMoves,
        on,
        sharedHosts,
        reservePercent,
        stepRetryMillis,
        longestRetryMillis);
  }
}
