package io.polarj.polarctrl.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polarj.platform.net.Address;
import io.polarj.platform.net.MalformedMessageException;
import io.polarj.platform.net.MessageReader;
import io.polarj.platform.net.MessageWriter;
import io.polarj.storage.protocol.DiskState;
import io.polarj.storage.protocol.GroupMember;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class CtrlCodecTest {
  private static final VolumeInfo VOLUME = new VolumeInfo(1, "v", 5, 6, 7, 3, 9, "wrïter");
  private static final ServiceInfo SERVICE =
      new ServiceInfo("n", ServiceKind.REPLICA, 1, new Address("h", 2), 3, 4, 5, 6, 7, "up");
  private final CtrlCodec codec = new CtrlCodec();

  static Stream<CtrlMessage> messages() {
    return Stream.of(
        new Refusal(1, CtrlStatus.INVALID, "why"),
        new CreateVolume(2, "v", 3, 4, 5),
        new GrowVolume(3, "v", 9),
        new FindVolume(4, "v"),
        new VolumeReply(5, VOLUME),
        new RouteRequest(6, 1, 2, 3),
        new RouteReply(
            7,
            VOLUME,
            List.of(new ChunkRoute(0, 2, List.of(new GroupMember(2, new Address("h", 1)))))),
        new AcquireWriter(8, 1, "o", true, 17),
        new RenewWriter(9, 1, "o", 2),
        new ReleaseWriter(10, 1, "o", 2),
        new WriterReply(11, 1, 2, 3),
        new ServiceHeartbeat(12, 1, SERVICE),
        new ServiceHeartbeatReply(13, 5),
        new StatusRequest(14),
        new StatusReply(
            15,
            1,
            List.of(
                new NodeStatus(
                    1, new Address("h", 1), "r", true, -1, DiskState.FULL, "m", 1, 2, 3, 4)),
            List.of(new ServiceStatus(SERVICE, true, 7)),
            List.of(VOLUME)));
  }

  @ParameterizedTest
  @MethodSource("messages")
  void messageComesBackAsItWasAndNoPartOfItIsTaken(CtrlMessage message) {
    MessageWriter out = new MessageWriter();
    int type = codec.encode(message, out);
    byte[] bytes = out.toByteArray();
    MessageReader in = new MessageReader(bytes);
    assertThat(codec.decode(type, in)).isEqualTo(message);
    assertThat(in.remaining()).isZero();
    for (int length = 0; length < bytes.length; length++) {
      byte[] part = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> codec.decode(type, new MessageReader(part)))
          .isInstanceOf(MalformedMessageException.class);
    }
  }
}
