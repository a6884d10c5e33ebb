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
import io.polarj.storage.fixture.SlowDevice;
import io.polarj.storage.fixture.StepLoop;
import io.polarj.storage.protocol.ChunkId;
import io.polarj.storage.protocol.CreateChunk;
import io.polarj.storage.protocol.GroupMember;
import io.polarj.storage.protocol.ReadReply;
import io.polarj.storage.protocol.ReadRequest;
import io.polarj.storage.protocol.Status;
import io.polarj.storage.protocol.WriteReply;
import io.polarj.storage.protocol.WriteRequest;
import io.polarj.storage.store.DiskFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Writers that bring several times the log's size, without pause, in virtual time on disks of
 * random latency: the log is always relieved, nobody waits for long, every replica keeps up.
 */
class LogPressureTest {
  private static final long MILLI = 1_000_000L;
  private static final int NODES = 3;
  private static final int CHUNKS = 2;
  private static final int WAL_BYTES = 1 << 20;
  private static final long DEVICE_BYTES = 8 << 20;
  private static final long CHUNK_BYTES = 1 << 20;
  private static final int PAGE = 16384;
  private static final int WRITERS = 24;

  private final StepLoop loop = new StepLoop();
  private final InProcessHub hub = new InProcessHub();
  private final MemoryDevice[] devices = new MemoryDevice[NODES + 1];
  private final ChunkServer[] servers = new ChunkServer[NODES + 1];
  private final InProcessNetwork[] networks = new InProcessNetwork[NODES + 1];
  private final Link[] links = new Link[NODES + 1];
  private final TreeMap<Long, Writer> pending = new TreeMap<>();
  private final List<Writer> writers = new ArrayList<>();
  private Message lastAnswer;
  private long sequence;
  private long bytesLeft;
  private long longestNanos;
  private int busy;

  @BeforeEach
  void startThreeNodesWithTwoChunks() {
    InProcessNetwork client = new InProcessNetwork(hub, loop);
    for (int node = 1; node <= NODES; node++) {
      devices[node] = new MemoryDevice(loop, DEVICE_BYTES);
      new DiskFormatter(devices[node])
          .format(
              node,
              1,
              node,
              DiskGeometry.of(DEVICE_BYTES, WAL_BYTES, 64 << 10),
              false,
              (superblock, error) -> assertThat(error).isNull());
      loop.run();
      start(node);
      links[node] = client.connect(address(node), this::answered);
    }
    List<GroupMember> members = new ArrayList<>();
    for (int member = 1; member <= NODES; member++) {
      members.add(new GroupMember(member, address(member)));
    }
    for (int chunk = 0; chunk < CHUNKS; chunk++) {
      for (int node = 1; node <= NODES; node++) {
        links[node].send(new CreateChunk(node, chunk(chunk), CHUNK_BYTES, 1, members));
      }
    }
    loop.advance(10_000 * MILLI);
    for (int i = 0; i < WRITERS; i++) {
      writers.add(new Writer(i));
    }
  }

  @Test
  void writersNeverWaitLongHoweverMuchTheyBring() {
    bring(12 * WAL_BYTES);
    everyReplicaHasEverything();
    assertThat(longestNanos).as("the longest write").isLessThan(1_000 * MILLI);
    assertThat(busy).as("writes refused").isZero();
  }

  @Test
  void aDeadFollowerStopsNobodyAndCatchesUpByCopy() {
    int dead = leader(0) % NODES + 1;
    long had = servers[dead].replica(chunk(0)).status().applied();
    stop(dead);
    loop.advance(5_000 * MILLI); // it may have led the other chunk
    bring(6 * WAL_BYTES);
    assertThat(servers[leader(0)].replica(chunk(0)).status().trimmed())
        .as("what the dead one lacks is trimmed")
        .isGreaterThan(had + 1);
    start(dead);
    bring(3 * WAL_BYTES);
    everyReplicaHasEverything();
  }

  private void bring(long bytes) {
    bytesLeft = bytes;
    writers.forEach(Writer::next);
    for (int step = 0; step < 60_000 && !pending.isEmpty(); step++) {
      loop.advance(MILLI);
    }
    assertThat(pending).as("writes that never ended; refused " + busy).isEmpty();
    assertThat(bytesLeft).isNotPositive();
  }

  private void everyReplicaHasEverything() {
    loop.advance(20_000 * MILLI);
    for (int chunk = 0; chunk < CHUNKS; chunk++) {
      for (int node = 1; node <= NODES; node++) {
        assertThat(servers[node].disk().failure()).isNull();
        assertThat(servers[node].replica(chunk(chunk)).status().applied())
            .isEqualTo(servers[leader(chunk)].replica(chunk(chunk)).status().applied());
      }
    }
    for (int node = 1; node <= NODES; node++) {
      for (Writer writer : writers) {
        byte[][] read = new byte[1][];
        servers[node]
            .disk()
            .replica(chunk(writer.number % CHUNKS))
            .blocks()
            .read(writer.offset(), PAGE, (bytes, error) -> read[0] = bytes);
        loop.advance(100 * MILLI);
        assertThat(read[0]).as("node %d", node).isEqualTo(writer.page());
      }
    }
    Writer first = writers.getFirst();
    links[leader(0)].send(new ReadRequest(chunk(0), 1, first.offset(), PAGE));
    loop.advance(100 * MILLI);
    assertThat(((ReadReply) lastAnswer).payload()).isEqualTo(first.page());
  }

  private void start(int node) {
    ChunkServerConfig config =
        ChunkServerConfig.of(1, node, address(node), "host-" + node, List.of())
            .withReserveBlocks(4);
    networks[node] = new InProcessNetwork(hub, loop);
    SlowDevice device =
        new SlowDevice(devices[node], loop, new RandomStream(node * 37L), 2 * MILLI);
    servers[node] =
        new ChunkServer(config, loop, networks[node], device, new RandomStream(node * 41L));
    servers[node].start((server, error) -> assertThat(error).isNull());
    loop.advance(500 * MILLI);
  }

  private void stop(int node) {
    servers[node].close();
    networks[node].close();
  }

  private void answered(Link from, Message message) {
    lastAnswer = message;
    if (message instanceof WriteReply reply) {
      Writer writer = pending.get(reply.sequence());
      if (writer != null) {
        writer.answered(reply);
      }
    }
  }

  private int leader(int chunk) {
    for (int node = 1; node <= NODES; node++) {
      if (servers[node].replica(chunk(chunk)) != null
          && servers[node].replica(chunk(chunk)).status().serving()) {
        return node;
      }
    }
    throw new AssertionError("chunk " + chunk + " has no leader");
  }

  private static ChunkId chunk(int number) {
    return new ChunkId(4, number);
  }

  private static Address address(int node) {
    return new Address("virtual", node);
  }

  /** Writes its own page again and again, the next when the one before was answered. */
  private final class Writer {
    private final int number;
    private WriteRequest request;
    private long sinceNanos;
    private int written;

    Writer(int number) {
      this.number = number;
    }

    long offset() {
      return (long) number / CHUNKS * PAGE;
    }

    byte[] page() {
      byte[] bytes = new byte[PAGE];
      for (int i = 0; i < PAGE; i += 512) {
        bytes[i] = (byte) (number + 1);
        bytes[i + 1] = (byte) written;
        bytes[i + 2] = (byte) (written >>> 8);
      }
      return bytes;
    }

    void next() {
      if (bytesLeft <= 0) {
        return;
      }
      bytesLeft -= PAGE;
      written++;
      sequence++;
      sinceNanos = loop.clock().nanoTime();
      pending.put(sequence, this);
      long settled = pending.firstKey();
      request = new WriteRequest(chunk(number % CHUNKS), 1, 8, sequence, settled, offset(), page());
      send();
    }

    void send() {
      links[leader(number % CHUNKS)].send(request);
    }

    void answered(WriteReply reply) {
      if (reply.status() == Status.BUSY) {
        busy++;
        loop.schedule(5 * MILLI, this::send);
        return;
      }
      assertThat(reply.status()).as(reply.message()).isEqualTo(Status.OK);
      longestNanos = Math.max(longestNanos, loop.clock().nanoTime() - sinceNanos);
      pending.remove(reply.sequence());
      next();
    }
  }
}
