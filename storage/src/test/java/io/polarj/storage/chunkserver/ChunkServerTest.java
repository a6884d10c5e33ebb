package io.polarj.storage.chunkserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polarj.platform.net.Address;
import io.polarj.platform.net.InProcessHub;
import io.polarj.platform.net.InProcessNetwork;
import io.polarj.platform.net.Link;
import io.polarj.platform.net.MalformedMessageException;
import io.polarj.platform.net.Message;
import io.polarj.platform.net.MessageReader;
import io.polarj.platform.net.MessageWriter;
import io.polarj.platform.random.RandomStream;
import io.polarj.storage.disk.DiskGeometry;
import io.polarj.storage.fixture.MemoryDevice;
import io.polarj.storage.fixture.StepLoop;
import io.polarj.storage.protocol.ChunkId;
import io.polarj.storage.protocol.ControlReply;
import io.polarj.storage.protocol.CreateChunk;
import io.polarj.storage.protocol.DeleteChunk;
import io.polarj.storage.protocol.DiskState;
import io.polarj.storage.protocol.GroupMember;
import io.polarj.storage.protocol.ReadReply;
import io.polarj.storage.protocol.ReadRequest;
import io.polarj.storage.protocol.Status;
import io.polarj.storage.protocol.WriteReply;
import io.polarj.storage.protocol.WriteRequest;
import io.polarj.storage.raft.RaftMessage;
import io.polarj.storage.store.DiskFormatter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** ChunkServers in virtual time on disks in memory: what clients and PolarCtrl are told. */
class ChunkServerTest {
  private static final long SECOND = 1_000_000_000L;
  private static final ChunkId CHUNK = new ChunkId(4, 2);
  private static final long CHUNK_BYTES = 16 << 20;
  private static final long DEVICE_BYTES = 6 << 20;
  private static final int NODES = 3;

  private final StepLoop loop = new StepLoop();
  private final InProcessHub hub = new InProcessHub();
  private final MemoryDevice[] devices = new MemoryDevice[NODES + 1];
  private final ChunkServer[] servers = new ChunkServer[NODES + 1];
  private final Link[] links = new Link[NODES + 1];
  private final List<Message> answers = new ArrayList<>();
  private long sequence;

  @BeforeEach
  void startThreeNodes() {
    InProcessNetwork client = new InProcessNetwork(hub, loop);
    for (int node = 1; node <= NODES; node++) {
      devices[node] = new MemoryDevice(loop, DEVICE_BYTES);
      new DiskFormatter(devices[node])
          .format(
              node,
              1,
              node,
              DiskGeometry.of(DEVICE_BYTES, 1 << 20, 64 << 10),
              false,
              (superblock, error) -> assertThat(error).isNull());
      loop.run();
      ChunkServerConfig config =
          ChunkServerConfig.of(1, node, address(node), "host-" + node, List.of())
              .withReserveBlocks(4);
      servers[node] =
          new ChunkServer(
              config, loop, new InProcessNetwork(hub, loop), devices[node], new RandomStream(node));
      servers[node].start((server, error) -> assertThat(error).isNull());
      loop.run();
      links[node] = client.connect(address(node), (from, message) -> answers.add(message));
    }
  }

  @Test
  void aWriteIsReadBackFromTheLeaderAndOthersGiveAHint() {
    int leader = createAndElect();
    byte[] page = page(1);
    assertThat(write(leader, 1, 65536, page).status()).isEqualTo(Status.OK);
    ReadReply read = read(leader, 65536, page.length);
    assertThat(read.status()).isEqualTo(Status.OK);
    assertThat(read.payload()).isEqualTo(page);
    int other = leader % NODES + 1;
    WriteReply refused = write(other, 1, 0, page);
    assertThat(refused.status()).isEqualTo(Status.NOT_LEADER);
    assertThat(refused.leaderHint()).isEqualTo(leader);
  }

  @Test
  void anEpochOlderThanTheChunksIsRefused() {
    int leader = createAndElect();
    WriteReply refused = write(leader, 0, 0, page(1));
    assertThat(refused.status()).isEqualTo(Status.STALE_EPOCH);
    assertThat(refused.newestEpoch()).isEqualTo(1);
  }

  @Test
  void aFullDiskAnswersNoSpaceAndGoesOnServingWhatItHas() {
    int leader = createAndElect();
    long offset = 0;
    WriteReply reply = write(leader, 1, 0, page(0));
    while (reply.status() == Status.OK && offset < CHUNK_BYTES) {
      offset += 65536;
      reply = write(leader, 1, offset, page((int) (offset / 65536)));
    }
    assertThat(reply.status()).isEqualTo(Status.NO_SPACE);
    assertThat(offset).isGreaterThan(1 << 20);
    assertThat(servers[leader].diskState()).isIn(DiskState.FULL, DiskState.HEALTHY);
    assertThat(servers[leader].disk().freeBlocks()).isGreaterThanOrEqualTo(4);
    assertThat(write(leader, 1, 0, page(77)).status()).isEqualTo(Status.OK);
    assertThat(read(leader, 0, 16384).payload()).isEqualTo(page(77));
    assertThat(read(leader, 65536, 16384).payload()).isEqualTo(page(1));
    assertThat(read(leader, offset, 16384).payload()).containsOnly(0);
  }

  @Test
  void aNodeWhoseDiskFailsSaysSoAndAnotherTakesOver() {
    int leader = createAndElect();
    byte[] page = page(5);
    assertThat(write(leader, 1, 0, page).status()).isEqualTo(Status.OK);
    devices[leader].failWrites(true);
    WriteRequest request = request(1, 4096, page);
    links[leader].send(request);
    loop.advance(SECOND / 10);
    assertThat(servers[leader].diskState()).isEqualTo(DiskState.FAILED);
    assertThat(write(leader, 1, 0, page).status()).isEqualTo(Status.DISK_FAILED);
    assertThat(read(leader, 0, 4096).status()).isEqualTo(Status.DISK_FAILED);
    loop.advance(10 * SECOND);
    int next = servingLeader();
    assertThat(next).isPositive().isNotEqualTo(leader);
    answers.clear();
    links[next].send(request); // the retry of the write in doubt
    loop.advance(SECOND);
    assertThat(((WriteReply) answers.getLast()).status()).isEqualTo(Status.OK);
    assertThat(read(next, 4096, page.length).payload()).isEqualTo(page);
  }

  @Test
  void controlRequestsMayBeRepeatedAndContradictionsAreRefused() {
    createAndElect();
    assertThat(create(1, CHUNK_BYTES).status()).isEqualTo(Status.OK);
    assertThat(create(1, 2 * CHUNK_BYTES).status()).isEqualTo(Status.ALREADY_EXISTS);
    for (int i = 0; i < 2; i++) {
      links[1].send(new DeleteChunk(9, CHUNK));
      loop.advance(SECOND / 10);
      assertThat(((ControlReply) answers.getLast()).status()).isEqualTo(Status.OK);
    }
    assertThat(write(1, 1, 0, page(1)).status()).isEqualTo(Status.NO_SUCH_CHUNK);
    assertThat(servers[1].reports()).isEmpty();
  }

  @Test
  void manyLargeWritesTrimTheLogAndReachEveryReplica() {
    int leader = createAndElect();
    for (int i = 0; i < 300; i++) {
      WriteReply reply = write(leader, 1, (i % 24) * 65536L, page(i));
      for (int retry = 0; retry < 100 && reply.status() == Status.BUSY; retry++) {
        loop.advance(SECOND / 10);
        reply = write(leader, 1, (i % 24) * 65536L, page(i));
      }
      assertThat(reply.status()).as("write %d: %s", i, reply.message()).isEqualTo(Status.OK);
    }
    loop.advance(5 * SECOND);
    for (int node = 1; node <= NODES; node++) {
      assertThat(servers[node].disk().failure()).isNull();
      assertThat(servers[node].disk().checkpoints()).isPositive();
      assertThat(servers[node].replica(CHUNK).status().applied())
          .isEqualTo(servers[leader].replica(CHUNK).status().applied());
    }
    assertThat(read(leader, (299 % 24) * 65536L, 16384).payload()).isEqualTo(page(299));
  }

  @Test
  void bundlesSurviveARoundTripAndTruncationIsRefused() {
    PeerBundle bundle =
        new PeerBundle(
            2,
            99,
            77,
            List.of(
                new RaftMessage.AppendAck(CHUNK, 2, 5, new long[] {7, 8}),
                new RaftMessage.Need(CHUNK, 2, 5, new long[] {9})));
    PeerCodec codec = new PeerCodec();
    MessageWriter out = new MessageWriter();
    int type = codec.encode(bundle, out);
    assertThat(codec.decode(type, new MessageReader(out.toByteArray())))
        .usingRecursiveComparison()
        .isEqualTo(bundle);
    for (int length = 0; length < out.length(); length++) {
      MessageReader cut = new MessageReader(out.array(), 0, length);
      assertThatThrownBy(() -> codec.decode(type, cut))
          .isInstanceOf(MalformedMessageException.class);
    }
  }

  private static Address address(int node) {
    return new Address("virtual", node);
  }

  private static byte[] page(int number) {
    byte[] bytes = new byte[16384];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (number * 17 + i / 4096 + 1);
    }
    return bytes;
  }

  private ControlReply create(int node, long bytes) {
    List<GroupMember> members = new ArrayList<>();
    for (int member = 1; member <= NODES; member++) {
      members.add(new GroupMember(member, address(member)));
    }
    links[node].send(new CreateChunk(node, CHUNK, bytes, 1, members));
    loop.advance(SECOND / 100);
    return (ControlReply) answers.getLast();
  }

  private int createAndElect() {
    for (int node = 1; node <= NODES; node++) {
      ControlReply reply = create(node, CHUNK_BYTES);
      assertThat(reply.status()).as(reply.message()).isEqualTo(Status.OK);
    }
    loop.advance(10 * SECOND);
    int leader = servingLeader();
    assertThat(leader).isPositive();
    return leader;
  }

  private int servingLeader() {
    for (int node = 1; node <= NODES; node++) {
      if (servers[node].diskState() != DiskState.FAILED
          && servers[node].replica(CHUNK).status().serving()) {
        return node;
      }
    }
    return 0;
  }

  private WriteRequest request(long epoch, long offset, byte[] payload) {
    sequence++;
    return new WriteRequest(CHUNK, epoch, 8, sequence, sequence, offset, payload);
  }

  private WriteReply write(int node, long epoch, long offset, byte[] payload) {
    answers.clear();
    links[node].send(request(epoch, offset, payload));
    loop.advance(SECOND / 20);
    assertThat(answers).hasSize(1);
    return (WriteReply) answers.getFirst();
  }

  private ReadReply read(int node, long offset, int length) {
    answers.clear();
    links[node].send(new ReadRequest(CHUNK, 1, offset, length));
    loop.advance(SECOND / 20);
    assertThat(answers).hasSize(1);
    return (ReadReply) answers.getFirst();
  }
}
