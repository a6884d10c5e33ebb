package io.polarj.engine.recovery;

/**
 * Where recovery begins.
 *
 * @param sequence counts checkpoints
 * @param lsn nothing below is needed to make the pages in storage new
 * @param epoch no log writer with a higher epoch has written anything
 * @param clusterIdHigh with {@code clusterIdLow} tells volumes apart
 * @param redoFileBytes size of each redo file
 * @param payload of the participant, at most {@link CheckpointFile#MAX_PAYLOAD} bytes
 */
public record Checkpoint(
    long sequence,
    long lsn,
    long epoch,
    long clusterIdHigh,
    long clusterIdLow,
    long redoFileBytes,
    byte[] payload) {

  Checkpoint next(long newLsn, long newEpoch, byte[] newPayload) {
    return new Checkpoint(
        sequence + 1, newLsn, newEpoch, clusterIdHigh, clusterIdLow, redoFileBytes, newPayload);
  }

  /** The same place, with a new writer's epoch. */
  public Checkpoint nextEpoch(long newEpoch) {
    return next(lsn, newEpoch, payload);
  }
}
