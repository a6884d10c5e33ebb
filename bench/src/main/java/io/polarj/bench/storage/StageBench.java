package io.polarj.bench.storage;

import io.polarj.platform.disk.AlignedBuffers;
import io.polarj.platform.disk.BlockDevice;
import io.polarj.platform.disk.BlockDevices;
import io.polarj.platform.disk.DeviceMode;
import io.polarj.platform.disk.IoCallback;
import io.polarj.platform.loop.ThreadLoop;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * Where the time of a durable write and of a read goes, with three ChunkServers in processes of
 * their own: {@code StageBench DIRECTORY ROUNDS SECONDS PORT file|uring lease|quorum CONNECTIONS}.
 * In every round local O_DIRECT I/O on the same disk, then the stack at depth 1, 8 and 32; medians
 * over the rounds. At depth 1 the time is split by what was seen at the borders of each process.
 */
public final class StageBench {
  private static final int[] SIZES = {4096, 16384};
  private static final int[] DEPTHS = {1, 8, 32};
  private static final int CHUNKS = 4;
  private static final long SPAN_BYTES = 128L << 20;
  private static final long WARM_UP_NANOS = 400_000_000L;

  /** One I/O as the client saw it. */
  private record Client(long began, long sent, long heard, long ended) {}

  private record Cell(String what, int size, int depth) {
    @Override
    public String toString() {
      return what + " | " + size + " | " + depth;
    }
  }

  private final TreeMap<String, List<long[]>> figures = new TreeMap<>();
  private final Map<String, List<double[]>> stages = new TreeMap<>();
  private final Map<String, Map<String, Double>> cpu = new TreeMap<>();
  private final long nanos;

  private StageBench(long nanos) {
    this.nanos = nanos;
  }

  /** See the class. */
  public static void main(String[] arguments) throws Exception {
    Path directory = Files.createTempDirectory(Path.of(arguments[0]), "stage-bench");
    int rounds = Integer.parseInt(arguments[1]);
    StageBench bench = new StageBench((long) (Double.parseDouble(arguments[2]) * 1e9));
    StageCluster cluster =
        new StageCluster(
            directory,
            Integer.parseInt(arguments[3]),
            arguments[4],
            arguments[5],
            Integer.parseInt(arguments[6]),
            CHUNKS);
    Runtime.getRuntime().addShutdownHook(new Thread(cluster::end));
    try (cluster;
        Arena arena = Arena.ofShared();
        ThreadLoop loop = ThreadLoop.start("local");
        BlockDevice local =
            BlockDevices.open(
                directory.resolve("local"), SPAN_BYTES, loop, DeviceMode.parse(arguments[4]))) {
      MemorySegment memory = arena.allocate(32L * 16384, 4096);
      bench.touch(cluster, local, loop, memory);
      for (int round = 0; round < rounds; round++) {
        for (int size : SIZES) {
          bench.local(local, loop, size);
          for (int depth : DEPTHS) {
            bench.stack(cluster, memory, size, depth);
          }
          bench.split(cluster, memory, size);
        }
      }
    }
    StackBench.delete(directory);
    bench.print();
    System.out.printf(
        "%nmedians of %d rounds of %s s; load average %.1f%n",
        rounds, arguments[2], ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    System.exit(0);
  }

  /** Every block is made before anything is measured. */
  private void touch(StageCluster cluster, BlockDevice local, ThreadLoop loop, MemorySegment page)
      throws Exception {
    ByteBuffer buffer = AlignedBuffers.allocate(65536);
    for (long at = 0; at < SPAN_BYTES; at += 65536) {
      long offset = at;
      await(done -> cluster.volume().write(place(offset), page.asSlice(0, 65536), done));
      await(done -> loop.execute(() -> local.write(offset, buffer.slice(0, 65536), done)));
    }
    for (boolean write : new boolean[] {true, false}) { // compiled code, not interpreted
      new ClosedLoop(SPAN_BYTES, SIZES[0], DEPTHS[1], operation(cluster, page, SIZES[0], write))
          .run(WARM_UP_NANOS * 5);
    }
  }

  private static long place(long offset) {
    long part = SPAN_BYTES / CHUNKS;
    return offset / part * StageNode.CHUNK_BYTES + offset % part;
  }

  private interface Start {
    void begin(IoCallback done);
  }

  private static void await(Start start) throws Exception {
    CompletableFuture<Void> future = new CompletableFuture<>();
    start.begin(error -> {
      if (error == null) {
        future.complete(null);
      } else {
        future.completeExceptionally(error);
      }
    });
    future.get(60, TimeUnit.SECONDS);
  }

  private void local(BlockDevice device, ThreadLoop loop, int size) throws Exception {
    ByteBuffer buffer = AlignedBuffers.allocate(size);
    measure(
        new Cell("local write + fdatasync", size, 1),
        (offset, slot, done) ->
            loop.execute(() ->
                device.write(
                    offset,
                    buffer.duplicate(),
                    error -> device.flush(end -> done.completed(end)))));
    measure(
        new Cell("local read", size, 1),
        (offset, slot, done) -> loop.execute(() -> device.read(offset, buffer.duplicate(), done)));
  }

  private void stack(StageCluster cluster, MemorySegment memory, int size, int depth)
      throws Exception {
    for (boolean write : new boolean[] {true, false}) {
      Cell cell = new Cell(write ? "write" : "read", size, depth);
      Map<String, Long> before = cluster.cpu();
      long count = measure(cell, operation(cluster, memory, size, write));
      for (Map.Entry<String, Long> after : cluster.cpu().entrySet()) {
        double used = after.getValue() - before.getOrDefault(after.getKey(), 0L);
        cpu.computeIfAbsent(cell.toString(), c -> new TreeMap<>())
            .merge(after.getKey(), used / 1000 / Math.max(1, count), (a, b) -> (a + b) / 2);
      }
    }
  }

  private static ClosedLoop.Operation operation(
      StageCluster cluster, MemorySegment memory, int size, boolean write) {
    return (offset, slot, done) -> {
      MemorySegment bytes = memory.asSlice(slot * 16384L, size);
      if (write) {
        cluster.volume().write(place(offset), bytes, done);
      } else {
        cluster.volume().read(place(offset), bytes, done);
      }
    };
  }

  /** Returns how many there were, warm-up included. */
  private long measure(Cell cell, ClosedLoop.Operation operation) throws Exception {
    ClosedLoop load = new ClosedLoop(SPAN_BYTES, cell.size, cell.depth, operation);
    long warm = load.run(WARM_UP_NANOS).getTotalCount();
    Histogram latency = load.run(nanos);
    figures
        .computeIfAbsent(cell.toString(), c -> new ArrayList<>())
        .add(
            new long[] {
              latency.getTotalCount() * 1_000_000_000L / nanos,
              latency.getValueAtPercentile(50) / 1000,
              latency.getValueAtPercentile(99) / 1000
            });
    return warm + latency.getTotalCount();
  }

  private void split(StageCluster cluster, MemorySegment memory, int size) throws Exception {
    for (boolean write : new boolean[] {true, false}) {
      ClosedLoop.Operation operation = operation(cluster, memory, size, write);
      Random random = new Random(size);
      List<Client> seen = new ArrayList<>();
      cluster.clearTraces();
      long end = System.nanoTime() + nanos;
      while (System.nanoTime() < end) {
        long offset = random.nextLong(SPAN_BYTES / size) * size;
        long began = System.nanoTime();
        await(done -> operation.start(offset, 0, done));
        long ended = System.nanoTime();
        seen.add(new Client(began, cluster.clock().sent, cluster.clock().heard, ended));
      }
      StageSplit split = new StageSplit(cluster.traces());
      for (Client io : seen) {
        double[] parts =
            write
                ? split.write(io.began, io.sent, io.heard, io.ended)
                : split.read(io.began, io.sent, io.heard, io.ended);
        if (parts != null) {
          stages
              .computeIfAbsent((write ? "write " : "read ") + size, s -> new ArrayList<>())
              .add(parts);
        }
      }
    }
  }

  private void print() {
    System.out.println("| what | bytes | depth | per second | median us | p99 us |");
    System.out.println("|---|---|---|---|---|---|");
    figures.forEach((cell, rounds) -> {
      rounds.sort((a, b) -> Long.compare(a[1], b[1]));
      long[] median = rounds.get(rounds.size() / 2);
      System.out.printf("| %s | %d | %d | %d |%n", cell, median[0], median[1], median[2]);
    });
    for (int size : SIZES) {
      System.out.printf(
          "%nwrite of %d bytes at depth 1 / local write + fdatasync: %.2f; read / local read: %.2f%n",
          size, ratio("write", "local write + fdatasync", size), ratio("read", "local read", size));
    }
    stages.forEach((what, all) -> printStages(what, all));
    System.out.println("\nCPU us per I/O, all processes, by kind of thread");
    cpu.forEach((cell, used) -> {
      StringBuilder line = new StringBuilder("| " + cell);
      used.forEach((kind, micros) -> line.append(String.format(" | %s %.0f", kind, micros)));
      System.out.println(line + " |");
    });
  }

  private double ratio(String stack, String local, int size) {
    return (double) median(new Cell(stack, size, 1)) / median(new Cell(local, size, 1));
  }

  private long median(Cell cell) {
    List<long[]> rounds = figures.get(cell.toString());
    return rounds.get(rounds.size() / 2)[1];
  }

  private static void printStages(String what, List<double[]> all) {
    String[] names = what.startsWith("write") ? StageSplit.WRITE : StageSplit.READ;
    System.out.printf("%n%s bytes at depth 1, %d requests%n%n", what, all.size());
    System.out.println("| stage | median us | mean us |");
    System.out.println("|---|---|---|");
    double total = 0;
    for (int i = 0; i < names.length; i++) {
      int at = i;
      double[] sorted = all.stream().mapToDouble(parts -> parts[at]).sorted().toArray();
      double mean = Arrays.stream(sorted).average().orElse(0);
      total += mean;
      System.out.printf("| %s | %.0f | %.0f |%n", names[i], sorted[sorted.length / 2], mean);
    }
    double[] sums =
        all.stream().mapToDouble(parts -> Arrays.stream(parts).sum()).sorted().toArray();
    System.out.printf("| all | %.0f | %.0f |%n", sums[sums.length / 2], total);
  }
}
