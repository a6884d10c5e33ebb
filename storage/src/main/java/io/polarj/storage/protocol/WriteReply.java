package io.polarj.storage.protocol;

import java.util.Objects;

/**
 * The end of a write. {@code clientId} and {@code sequence} repeat the request's.
 *
 * @param leaderHint node number of the presumed leader, 0 when unknown
 * @param newestEpoch the newest epoch the chunk knows, for STALE_EPOCH; else 0
 */
public record WriteReply(
    ChunkId chunk,
    long clientId,
    long sequence,
    Status status,
    int leaderHint,
    long newestEpoch,
    String message)
    implements StorageMessage {
  public WriteReply {
    Objects.requireNonNull(chunk, "chunk");
    Objects.requireNonNull(status, "status");
    Objects.requireNonNull(message, "message");
  }

  public static WriteReply ok(WriteRequest request) {
    return of(request, Status.OK, "");
  }

  public static WriteReply of(WriteRequest request, Status status, String message) {
    return new WriteReply(
        request.chunk(), request.clientId(), request.sequence(), status, 0, 0, message);
  }
}
