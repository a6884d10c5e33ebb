package io.polarj.replication.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polarj.platform.net.MalformedMessageException;
import io.polarj.platform.net.MessageReader;
import io.polarj.platform.net.MessageWriter;
import io.polarj.replication.protocol.ReplicationMessage.Continuity;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReplicationCodecTest {
  private static final List<ReplicationMessage> MESSAGES =
      List.of(
          new ReplicationMessage.Attach(1, 2, "n", "a:1", 3, 4, 5, 6, true, 7, 8, -9),
          new ReplicationMessage.AttachReply(
              1, 2, 3, 4, 5, 6, Continuity.GRACE, 7, 8, 9, 10, -11, "p:3306"),
          new ReplicationMessage.AttachRefused(1, 2, "why"),
          new ReplicationMessage.Announce(1, 2, 3, 4, 5, 6, -7),
          new ReplicationMessage.Ack(1, 2, 3, 4, 5, 6, 7, -8),
          new ReplicationMessage.NotAttached(1, 2),
          new ReplicationMessage.Detach(1, 2));

  private final ReplicationCodec codec = new ReplicationCodec();

  @Test
  void everyMessageComesBackAsItWas() {
    for (ReplicationMessage message : MESSAGES) {
      MessageWriter out = new MessageWriter();
      int type = codec.encode(message, out);
      assertThat(codec.decode(type, new MessageReader(out.toByteArray()))).isEqualTo(message);
    }
  }

  @Test
  void cutOffMessagesAndNegativeLsnsAreRefused() {
    for (ReplicationMessage message : MESSAGES) {
      MessageWriter out = new MessageWriter();
      int type = codec.encode(message, out);
      for (int length = 0; length < out.length(); length++) {
        MessageReader cut = new MessageReader(out.array(), 0, length);
        assertThatThrownBy(() -> codec.decode(type, cut))
            .isInstanceOf(MalformedMessageException.class);
      }
    }
    MessageWriter out = new MessageWriter();
    int type = codec.encode(new ReplicationMessage.Announce(1, 2, 3, -4, 5, 6, 7), out);
    assertThatThrownBy(() -> codec.decode(type, new MessageReader(out.toByteArray())))
        .isInstanceOf(MalformedMessageException.class);
  }
}
