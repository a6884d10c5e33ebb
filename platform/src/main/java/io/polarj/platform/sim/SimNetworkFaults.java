package io.polarj.platform.sim;

/**
 * How bad the network is.
 *
 * @param loss probability that a message is lost
 * @param duplication probability that it arrives once more
 * @param repeatDelayNanos how much later at most the repetition comes
 * @param spike probability of a delay up to twenty times the usual
 */
public record SimNetworkFaults(
    long minDelayNanos,
    long maxDelayNanos,
    double loss,
    double duplication,
    long repeatDelayNanos,
    double spike) {
  public static final SimNetworkFaults NONE = new SimNetworkFaults(50_000, 200_000, 0, 0, 0, 0);
}
