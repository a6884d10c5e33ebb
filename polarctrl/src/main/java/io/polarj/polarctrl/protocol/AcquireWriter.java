package io.polarj.polarctrl.protocol;

import java.util.Objects;

/**
 * Asks to become a volume's one writer. Answered by {@link WriterReply} once the new epoch is
 * durable and every chunk of the volume refuses the older ones (S6).
 *
 * @param owner names the asker; whoever has the same name has its lease
 * @param force takes the volume even while another writer's lease lives
 */
public record AcquireWriter(long requestId, long volume, String owner, boolean force)
    implements CtrlRequest {
  public AcquireWriter {
    Objects.requireNonNull(owner, "owner");
  }
}
