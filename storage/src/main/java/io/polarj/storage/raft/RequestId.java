package io.polarj.storage.raft;

/**
 * Names a client's write for ever, however often it is retried (law S7).
 *
 * @param client a number that no two mounts share
 * @param sequence counts the client's requests from 1
 * @param settledBelow every request of this client with a lower sequence has ended; none of them
 *     will be sent again, and late copies of them are refused
 */
public record RequestId(long client, long sequence, long settledBelow) {
  /** The id of entries that no client asked for. */
  public static final RequestId NONE = new RequestId(0, 0, 0);
}
