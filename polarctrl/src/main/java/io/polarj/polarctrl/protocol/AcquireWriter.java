package io.polarj.polarctrl.protocol;

import java.util.Objects;

/**
 * Asks to become a volume's one writer. Answered by {@link WriterReply} once the new epoch is
 * durable and every chunk of the volume refuses the older ones (S6).
 *
 * @param owner names the asker; whoever has the same name has its lease
 * @param force takes the volume even while another writer's lease lives
 * @param onlyAfter refused when the volume's epoch is another one than this; {@link #ANY_EPOCH}
 *     grants after any
 */
public record AcquireWriter(
    long requestId, long volume, String owner, boolean force, long onlyAfter)
    implements CtrlRequest {
  public static final long ANY_EPOCH = -1;

  public AcquireWriter {
    Objects.requireNonNull(owner, "owner");
  }

  public AcquireWriter(long requestId, long volume, String owner, boolean force) {
    this(requestId, volume, owner, force, ANY_EPOCH);
  }
}
