package io.polarj.storage.protocol;

import java.util.Objects;

/**
 * Takes, deletes or restores a snapshot of one chunk. Goes to the leader, which replicates it like
 * a write; may be repeated. Answered by {@link ControlReply}: OK when it is done, durably.
 *
 * @param snapshot the volume's number of it; later ones are higher, and none is used twice
 * @param number of a restore: above that of every snapshot taken before; the restore is done once
 *     under a number. Otherwise the snapshot's
 */
public record ChangeSnapshots(
    long requestId, ChunkId chunk, Action action, int snapshot, int number)
    implements StorageMessage {
  /** What is to be done. */
  public enum Action {
    TAKE(0),
    DELETE(1),
    /** Makes what it shows the chunk's content; nobody may be writing. */
    RESTORE(2);

    private static final Action[] BY_CODE = values();
    private final int code;

    Action(int code) {
      this.code = code;
    }

    int code() {
      return code;
    }

    /** Null when there is no such code. */
    static Action ofCode(int code) {
      return code >= 0 && code < BY_CODE.length ? BY_CODE[code] : null;
    }
  }

  /** Takes or deletes a snapshot. */
  public ChangeSnapshots(long requestId, ChunkId chunk, Action action, int snapshot) {
    this(requestId, chunk, action, snapshot, snapshot);
  }

  public ChangeSnapshots {
    Objects.requireNonNull(chunk, "chunk");
    Objects.requireNonNull(action, "action");
    if (snapshot < 1 || number < snapshot || number > StorageLimits.MAX_SNAPSHOT) {
      throw new IllegalArgumentException("snapshot " + snapshot);
    }
  }
}
