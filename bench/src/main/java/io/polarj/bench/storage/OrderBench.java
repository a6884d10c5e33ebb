package io.polarj.bench.storage;

import io.polarj.bench.storage.DisturbedNetwork.Disturbance;
import io.polarj.pfs.polarswitch.PolarSwitch;
import io.polarj.platform.disk.DeviceMode;
import io.polarj.platform.loop.ThreadLoop;
import io.polarj.platform.net.Address;
import io.polarj.platform.net.CodecRegistry;
import io.polarj.platform.net.Network;
import io.polarj.platform.net.TcpNetwork;
import io.polarj.platform.net.TcpSettings;
import io.polarj.storage.chunkserver.PeerCodec;
import io.polarj.storage.protocol.StorageCodec;
import io.polarj.storage.raft.RaftCodec;
import io.polarj.storage.raft.RaftSettings;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * ParallelRaft against the same code in strict order, writes of 4 KiB to one chunk of three
 * replicas over TCP: one connection between two servers, four, four with 1 % of the messages 5 ms
 * late, and one with them. {@code OrderBench DIRECTORY ROUNDS SECONDS PORT}. Both modes run at the
 * same time of every round in turn, on disks of their own; each cell is the median of the rounds.
 */
public final class OrderBench {
  private static final long CLUSTER = 5;
  private static final long SPAN_BYTES = 64L << 20;
  private static final int SIZE = 4096;
  private static final int[] DEPTHS = {1, 8, 32};
  private static final long LATE_NANOS = 5_000_000;
  private static final long WARM_UP_NANOS = 700_000_000L;

  private record Way(String name, Disturbance disturbance) {}

  private static final List<Way> WAYS =
      List.of(
          new Way("one connection", new Disturbance(1, 0, 0, false)),
          new Way("4 connections", new Disturbance(4, 0, 0, false)),
          new Way("one connection, 1 % late", new Disturbance(1, 10, LATE_NANOS, false)),
          new Way("4 connections, 1 % late", new Disturbance(4, 10, LATE_NANOS, false)),
          new Way(
              "4 connections, an entry a message, 1 % late",
              new Disturbance(4, 10, LATE_NANOS, true)));

  private record Wire(int port, Disturbance disturbance) implements StorageStack.Wiring {
    @Override
    public Address address(int node) {
      return new Address("127.0.0.1", port + node);
    }

    @Override
    public Network network(int node, ThreadLoop loop) {
      CodecRegistry codecs =
          new CodecRegistry(new StorageCodec(), new RaftCodec(), new PeerCodec());
      TcpNetwork tcp = new TcpNetwork(loop, codecs, TcpSettings.forCluster(CLUSTER));
      return node == 0 ? tcp : new DisturbedNetwork(tcp, loop, disturbance, node);
    }
  }

  private OrderBench() {}

  /** See the class. */
  public static void main(String[] arguments) throws Exception {
    Path directory = Files.createTempDirectory(Path.of(arguments[0]), "order-bench");
    int rounds = Integer.parseInt(arguments[1]);
    long nanos = (long) (Double.parseDouble(arguments[2]) * 1e9);
    int port = Integer.parseInt(arguments[3]);
    System.out.println(
        "| between servers | depth | parallel: writes/s | p50 us | p99 us | strict: writes/s"
            + " | p50 us | p99 us | parallel / strict |");
    System.out.println("|---|---|---|---|---|---|---|---|---|");
    try {
      for (Way way : WAYS) {
        compare(way, directory, rounds, nanos, port);
      }
    } finally {
      StackBench.delete(directory);
    }
    System.out.printf(
        "%nmedians of %d rounds of %.1f s; load average %.1f%n",
        rounds, nanos / 1e9, ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    System.exit(0);
  }

  private static void compare(Way way, Path directory, int rounds, long nanos, int port)
      throws Exception {
    RaftSettings parallel = RaftSettings.DEFAULT.withElectionMillis(4000); // nobody is killed here
    RaftSettings strict = parallel.withOrder(parallel.lookBehind(), true);
    Path one = Files.createTempDirectory(directory, "parallel");
    Path two = Files.createTempDirectory(directory, "strict");
    try (StorageStack first =
            new StorageStack(
                one, DeviceMode.FILE, false, 1, new Wire(port, way.disturbance), parallel);
        StorageStack second =
            new StorageStack(
                two, DeviceMode.FILE, false, 1, new Wire(port + 10, way.disturbance), strict)) {
      for (int depth : DEPTHS) {
        List<long[]> inParallel = new ArrayList<>();
        List<long[]> inOrder = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
          inParallel.add(measure(first.volume(), depth, nanos));
          inOrder.add(measure(second.volume(), depth, nanos));
        }
        print(way.name, depth, median(inParallel), median(inOrder));
      }
    }
    StackBench.delete(one);
    StackBench.delete(two);
  }

  private static long[] measure(PolarSwitch volume, int depth, long nanos) throws Exception {
    try (Arena arena = Arena.ofShared()) {
      MemorySegment memory = arena.allocate((long) depth * SIZE, SIZE);
      ClosedLoop load =
          new ClosedLoop(
              SPAN_BYTES,
              SIZE,
              depth,
              (offset, slot, done) ->
                  volume.write(offset, memory.asSlice((long) slot * SIZE, SIZE), done));
      load.run(WARM_UP_NANOS);
      Histogram latency = load.run(nanos);
      return new long[] {
        latency.getTotalCount() * 1_000_000_000L / nanos,
        latency.getValueAtPercentile(50) / 1000,
        latency.getValueAtPercentile(99) / 1000
      };
    }
  }

  private static long[] median(List<long[]> rounds) {
    List<long[]> sorted = new ArrayList<>(rounds);
    sorted.sort((a, b) -> Long.compare(a[0], b[0]));
    return sorted.get(sorted.size() / 2);
  }

  private static void print(String way, int depth, long[] parallel, long[] strict) {
    System.out.printf(
        "| %s | %d | %d | %d | %d | %d | %d | %d | %.2f |%n",
        way,
        depth,
        parallel[0],
        parallel[1],
        parallel[2],
        strict[0],
        strict[1],
        strict[2],
        (double) parallel[0] / strict[0]);
  }
}
