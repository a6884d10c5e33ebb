package io.polarj.storage.protocol;

import java.util.Objects;

/**
 * The end of a write. {@code clientId} and {@code sequence} repeat the request's.
 *
 * @param leaderHint node number of the presumed leader, 0 when unknown
 * @param newestEpoch the newest epoch the chunk knows, for STALE_EPOCH; else 0
 * @param snapshot the newest snapshot begun at the chunk. Before the client tells anybody of the
 *     write it remembers the number: whatever is issued from then on is in no snapshot up to it
 */
public record WriteReply(
    ChunkId chunk,
    long clientId,
    long sequence,
    Status status,
    int leaderHint,
    long newestEpoch,
    String message,
    int snapshot)
    implements StorageMessage {
  public WriteReply {
    Objects.requireNonNull(chunk, "chunk");
    Objects.requireNonNull(status, "status");
    Objects.requireNonNull(message, "message");
  }

  public WriteReply(
      ChunkId chunk,
      long clientId,
      long sequence,
      Status status,
      int leaderHint,
      long newestEpoch,
      String message) {
    this(chunk, clientId, sequence, status, leaderHint, newestEpoch, message, 0);
  }

  public static WriteReply ok(WriteRequest request) {
    return of(request, Status.OK, "");
  }

  public WriteReply withSnapshot(int newest) {
    return new WriteReply(
        chunk, clientId, sequence, status, leaderHint, newestEpoch, message, newest);
  }

  public static WriteReply of(WriteRequest request, Status status, String message) {
    return new WriteReply(
        request.chunk(), request.clientId(), request.sequence(), status, 0, 0, message);
  }
}
