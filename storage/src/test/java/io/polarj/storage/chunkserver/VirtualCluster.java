package io.polarj.storage.chunkserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.polarj.platform.net.Address;
import io.polarj.platform.net.InProcessHub;
import io.polarj.platform.net.InProcessNetwork;
import io.polarj.platform.net.Link;
import io.polarj.platform.net.Message;
import io.polarj.platform.random.RandomStream;
import io.polarj.storage.disk.DiskGeometry;
import io.polarj.storage.fixture.MemoryDevice;
import io.polarj.storage.fixture.StepLoop;
import io.polarj.storage.protocol.ChunkId;
import io.polarj.storage.protocol.CreateChunk;
import io.polarj.storage.protocol.DiscardRequest;
import io.polarj.storage.protocol.GroupMember;
import io.polarj.storage.protocol.ReadReply;
import io.polarj.storage.protocol.ReadRequest;
import io.polarj.storage.protocol.Status;
import io.polarj.storage.protocol.WriteReply;
import io.polarj.storage.protocol.WriteRequest;
import io.polarj.storage.store.DiskFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/** Three ChunkServers in virtual time on disks in memory, one chunk, and a client. */
final class VirtualCluster {
  static final long SECOND = 1_000_000_000L;
  static final ChunkId CHUNK = new ChunkId(4, 2);
  static final long CHUNK_BYTES = 1 << 20;
  static final int NODES = 3;
  private static final long DEVICE_BYTES = 6 << 20;

  final StepLoop loop = new StepLoop();
  final MemoryDevice[] devices = new MemoryDevice[NODES + 1];
  final ChunkServer[] servers = new ChunkServer[NODES + 1];
  private final InProcessHub hub = new InProcessHub();
  private final InProcessNetwork client = new InProcessNetwork(hub, loop);
  private final InProcessNetwork[] networks = new InProcessNetwork[NODES + 1];
  final Link[] links = new Link[NODES + 1];
  final List<Message> answers = new ArrayList<>();
  private final UnaryOperator<ChunkServerConfig> settings;
  private long sequence;
  private int lives;

  VirtualCluster(UnaryOperator<ChunkServerConfig> settings) {
    this.settings = settings;
    for (int node = 1; node <= NODES; node++) {
      devices[node] = new MemoryDevice(loop, DEVICE_BYTES);
      new DiskFormatter(devices[node])
          .format(
              node, 1, node, geometry(), false, (superblock, error) -> assertThat(error).isNull());
      loop.run();
      start(node);
    }
    List<GroupMember> members = new ArrayList<>();
    for (int member = 1; member <= NODES; member++) {
      members.add(new GroupMember(member, address(member)));
    }
    for (int node = 1; node <= NODES; node++) {
      links[node] = client.connect(address(node), (from, message) -> answers.add(message));
      links[node].send(new CreateChunk(node, CHUNK, CHUNK_BYTES, 1, members));
    }
    loop.advance(10 * SECOND);
  }

  void start(int node) {
    ChunkServerConfig config =
        settings.apply(
            ChunkServerConfig.of(1, node, address(node), "host-" + node, List.of())
                .withReserveBlocks(4));
    networks[node] = new InProcessNetwork(hub, loop);
    servers[node] =
        new ChunkServer(
            config, loop, networks[node], devices[node], new RandomStream(node + 100L * lives++));
    servers[node].start((server, error) -> assertThat(error).isNull());
    loop.run();
  }

  void stop(int node) {
    servers[node].close();
    networks[node].close();
    servers[node] = null;
  }

  int leader() {
    for (int wait = 0; wait < 100 && !led(); wait++) {
      loop.advance(SECOND / 20);
    }
    for (int node = 1; node <= NODES; node++) {
      if (servers[node] != null && servers[node].replica(CHUNK).status().serving()) {
        return node;
      }
    }
    throw new AssertionError("nobody leads");
  }

  private boolean led() {
    for (int node = 1; node <= NODES; node++) {
      if (servers[node] != null && servers[node].replica(CHUNK).status().serving()) {
        return true;
      }
    }
    return false;
  }

  /** A node that follows: the first or the second. */
  int follower(int number) {
    int seen = 0;
    for (int node = 1; node <= NODES; node++) {
      if (servers[node] != null && node != leader() && seen++ == number) {
        return node;
      }
    }
    throw new AssertionError("no follower " + number);
  }

  static byte[] page(int number, int bytes) {
    byte[] page = new byte[bytes];
    for (int i = 0; i < bytes; i++) {
      page[i] = (byte) (number * 17 + i / 4096 + i % 251 + 1);
    }
    return page;
  }

  void write(long offset, byte[] payload) {
    sequence++;
    answers.clear();
    links[leader()].send(new WriteRequest(CHUNK, 1, 8, sequence, sequence, offset, payload));
    loop.advance(SECOND / 10);
    assertThat(answers).hasSize(1);
    WriteReply reply = (WriteReply) answers.getFirst();
    assertThat(reply.status()).as(reply.message()).isEqualTo(Status.OK);
  }

  /** Asks the leader, whatever comes of it, and lets time pass. */
  void writeSlowly(long offset, byte[] payload, long nanos) {
    sequence++;
    links[leader()].send(new WriteRequest(CHUNK, 1, 8, sequence, 1, offset, payload));
    loop.advance(nanos);
  }

  WriteReply discard(long offset, int length) {
    sequence++;
    answers.clear();
    links[leader()].send(new DiscardRequest(CHUNK, 1, 8, sequence, sequence, offset, length));
    loop.advance(SECOND / 10);
    assertThat(answers).hasSize(1);
    return (WriteReply) answers.getFirst();
  }

  /** Asks the leader and gives it that time. */
  ReadReply read(long offset, int length, long nanos) {
    answers.clear();
    links[leader()].send(new ReadRequest(CHUNK, 1, offset, length));
    loop.advance(nanos);
    assertThat(answers).hasSize(1);
    return (ReadReply) answers.getFirst();
  }

  /** Everything applied reaches the blocks of all nodes, and followers hear what is decided. */
  void settle() {
    loop.advance(2 * SECOND);
    for (int node = 1; node <= NODES; node++) {
      if (servers[node] != null) {
        servers[node].disk().sync(error -> assertThat(error).isNull());
      }
    }
    loop.advance(SECOND);
  }

  /** Damages the byte of the chunk that stands on that node's disk. */
  void rot(int node, long offset) {
    long place = servers[node].disk().replica(CHUNK).blocks().placeOf((int) (offset / 65536));
    assertThat(place).isPositive();
    devices[node].flip(place + offset % 65536);
  }

  /** What stands on the disk, past every check. */
  byte[] raw(int node, long offset, int length) {
    long place = servers[node].disk().replica(CHUNK).blocks().placeOf((int) (offset / 65536));
    return devices[node].bytes(place + offset % 65536, length);
  }

  /** Damages the newest copy of the bytes in that node's log, at an offset in them. */
  void rotLog(int node, byte[] payload, int at) {
    DiskGeometry geometry = geometry();
    byte[] log = devices[node].bytes(geometry.walOffset(), (int) geometry.walBytes());
    for (int from = log.length - payload.length; from >= 0; from--) {
      if (Arrays.mismatch(log, from, from + payload.length, payload, 0, payload.length) < 0) {
        devices[node].flip(geometry.walOffset() + from + at);
        return;
      }
    }
    throw new AssertionError("these bytes are not in the log of node " + node);
  }

  private static DiskGeometry geometry() {
    return DiskGeometry.of(DEVICE_BYTES, 1 << 20, 64 << 10);
  }

  static Address address(int node) {
    return new Address("virtual", node);
  }
}
