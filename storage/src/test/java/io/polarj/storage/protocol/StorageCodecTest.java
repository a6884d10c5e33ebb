package io.polarj.storage.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polarj.platform.net.Address;
import io.polarj.platform.net.MalformedMessageException;
import io.polarj.platform.net.Message;
import io.polarj.platform.net.MessageReader;
import io.polarj.platform.net.MessageWriter;
import io.polarj.platform.random.RandomStream;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Bytes of the protocol: round trips, and refusal of everything else. */
class StorageCodecTest {
  private static final ChunkId CHUNK = new ChunkId(7, 3);
  private static final GroupMember MEMBER = new GroupMember(2, new Address("host-b", 4001));
  private static final ChunkReport REPORT =
      new ChunkReport(
          CHUNK,
          1 << 26,
          ChunkRole.LEADER,
          5,
          2,
          9,
          100,
          99,
          98,
          17,
          new ChunkReport.Health(3, 2, 1, 400, 5, 6),
          List.of(1, 2),
          List.of(3),
          77,
          8,
          new VolumeLabel("db", 3),
          new IoCounters(1, 2, 3, 4, 5, 6));
  private static final NodeMetrics METRICS =
      new NodeMetrics(
          1,
          2,
          3,
          4,
          5,
          6,
          7,
          8,
          9,
          new NodeMetrics.Latency(10, 11, 12, 13),
          new NodeMetrics.Latency(14, 15, 16, 17),
          NodeMetrics.Latency.NONE,
          18,
          19,
          20,
          21,
          22,
          23,
          24,
          25,
          26,
          27,
          28);
  private static final List<Message> SAMPLES =
      List.of(
          new WriteRequest(CHUNK, 4, 11, 12, 10, 8192, new byte[] {1, 2, 3}),
          new WriteReply(CHUNK, 11, 12, Status.STALE_EPOCH, 2, 5, "deposed"),
          new DiscardRequest(CHUNK, 4, 11, 12, 10, 65536, 131072),
          new ReadRequest(CHUNK, 13, 4096, 16384),
          new ReadReply(CHUNK, 13, Status.OK, 0, new byte[] {9}, ""),
          new CreateChunk(14, CHUNK, 1 << 26, 1, List.of(MEMBER)),
          new CreateChunk(18, CHUNK, 1 << 26, 1, List.of(), new VolumeLabel("db", 3), 8),
          new DeleteChunk(15, CHUNK),
          new DeleteChunk(19, CHUNK, 7),
          new FenceEpoch(16, CHUNK, 6),
          new ChangeMembers(17, CHUNK, List.of(MEMBER), List.of()),
          new ChangeMembers(20, CHUNK, List.of(MEMBER), List.of(), 5),
          new ControlReply(17, 2, CHUNK, Status.NOT_LEADER, 3, "ask node 3"),
          new NodeHeartbeat(
              1,
              2,
              3,
              4,
              new Address("h", 1),
              "rack-1",
              DiskState.FULL,
              "",
              10,
              0,
              1,
              List.of(REPORT),
              METRICS),
          new NodeHeartbeatReply(1, 4, List.of(MEMBER)));

  private final StorageCodec codec = new StorageCodec();

  @Test
  void everyMessageSurvivesARoundTrip() {
    for (Message sample : SAMPLES) {
      MessageWriter out = new MessageWriter();
      int type = codec.encode(sample, out);
      Message back = codec.decode(type, new MessageReader(out.toByteArray()));
      assertThat(codec.handles(sample.getClass())).isTrue();
      assertThat(back).usingRecursiveComparison().isEqualTo(sample);
    }
  }

  @Test
  void everyTruncationIsRefused() {
    for (Message sample : SAMPLES) {
      MessageWriter out = new MessageWriter();
      int type = codec.encode(sample, out);
      for (int length = 0; length < out.length(); length++) {
        MessageReader cut = new MessageReader(out.array(), 0, length);
        assertThatThrownBy(() -> codec.decode(type, cut))
            .isInstanceOf(MalformedMessageException.class);
      }
    }
  }

  @Test
  void damagedBytesAreRefusedOrDecodedButNeverAnotherFailure() {
    long seed = 20_261_120L;
    RandomStream random = new RandomStream(seed);
    for (int round = 0; round < 5_000; round++) {
      MessageWriter out = new MessageWriter();
      int type = codec.encode(SAMPLES.get(random.nextInt(SAMPLES.size())), out);
      byte[] bytes = out.toByteArray();
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      try {
        assertThat(codec.decode(type, new MessageReader(bytes))).isNotNull();
      } catch (MalformedMessageException expected) {
        assertThat(expected.getMessage()).as("seed %d round %d", seed, round).isNotBlank();
      }
    }
  }

  @Test
  void messageTextsAreCutToTheLimitNotRefused() {
    String text = "é".repeat(5_000);
    MessageWriter out = new MessageWriter();
    int type = codec.encode(new ControlReply(1, 1, CHUNK, Status.ERROR, 0, text), out);
    ControlReply back = (ControlReply) codec.decode(type, new MessageReader(out.toByteArray()));
    assertThat(text).startsWith(back.message());
    assertThat(back.message()).isNotEmpty();
  }

  @Test
  void statusCodesAreStable() {
    for (Status status : Status.values()) {
      assertThat(status.code()).isEqualTo(status.ordinal());
      assertThat(Status.ofCode(status.code())).isEqualTo(status);
    }
    assertThat(Status.ofCode(200)).isNull();
  }
}
