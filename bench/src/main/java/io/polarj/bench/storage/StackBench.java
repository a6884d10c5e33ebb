package io.polarj.bench.storage;

import io.polarj.pfs.polarswitch.PolarSwitch;
import io.polarj.platform.disk.AlignedBuffers;
import io.polarj.platform.disk.BlockDevice;
import io.polarj.platform.disk.BlockDevices;
import io.polarj.platform.disk.DeviceMode;
import io.polarj.platform.loop.ThreadLoop;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.CountDownLatch;
import org.HdrHistogram.Histogram;

/**
 * Latency and throughput of the storage stack: random writes and reads through a PolarSwitch to
 * three ChunkServers of this JVM, next to local O_DIRECT write + fdatasync on the same file system,
 * measured in the same run; and what idle ChunkServers cost.
 *
 * <p>Arguments: directory, seconds per measurement, device mode ({@code file} or {@code uring}),
 * {@code shared} or {@code own} loops. Every line of output is one row of a Markdown table.
 */
public final class StackBench {
  private static final int CHUNKS = 16;
  private static final long SPAN_BYTES = 256L << 20;
  private static final int[] SIZES = {4096, 16384};
  private static final int[] DEPTHS = {1, 8, 32};

  private final PrintStream out;
  private final long seconds;

  private StackBench(PrintStream out, long seconds) {
    this.out = out;
    this.seconds = seconds;
  }

  /** See the class comment. */
  public static void main(String[] args) throws Exception {
    if (args.length != 4) {
      throw new IllegalArgumentException("say: directory seconds file|uring shared|own");
    }
    Path directory = Files.createTempDirectory(Path.of(args[0]), "stack-bench");
    DeviceMode mode = DeviceMode.parse(args[2]);
    StackBench bench = new StackBench(System.out, Long.parseLong(args[1]));
    bench.out.println("| what | bytes | depth | per second | median us | p99 us | max us |");
    bench.out.println("|---|---|---|---|---|---|---|");
    try {
      bench.local(directory, mode);
      bench.stack(directory, mode, args[3].equals("shared"));
    } finally {
      delete(directory);
    }
  }

  private void local(Path directory, DeviceMode mode) throws Exception {
    try (ThreadLoop loop = ThreadLoop.start("local")) {
      BlockDevice device = BlockDevices.open(directory.resolve("local"), SPAN_BYTES, loop, mode);
      ByteBuffer buffer = AlignedBuffers.allocate(16384);
      for (int size : SIZES) {
        run(
            "local write + fdatasync",
            size,
            1,
            (offset, slot, done) ->
                loop.execute(() ->
                    device.write(
                        offset,
                        buffer.slice(0, size),
                        error -> device.flush(end -> done.completed(end)))));
      }
      device.close();
    }
  }

  private void stack(Path directory, DeviceMode mode, boolean shared) throws Exception {
    try (StorageStack stack = new StorageStack(directory, mode, shared, CHUNKS);
        Arena arena = Arena.ofShared()) {
      PolarSwitch volume = stack.volume();
      MemorySegment memory = arena.allocate(32 * 16384, 4096);
      for (int size : SIZES) {
        for (int depth : DEPTHS) {
          run(
              "write",
              size,
              depth,
              (offset, slot, done) ->
                  volume.write(place(offset), memory.asSlice(slot * 16384L, size), done));
          run(
              "read",
              size,
              depth,
              (offset, slot, done) ->
                  volume.read(place(offset), memory.asSlice(slot * 16384L, size), done));
        }
      }
      idle();
    }
  }

  /** Waits for every chunk's leader and makes every block of the span, so that neither counts. */
  private static void touchEveryBlock(PolarSwitch volume, MemorySegment page) throws Exception {
    int blocks = (int) (SPAN_BYTES / 65536);
    CountDownLatch done = new CountDownLatch(blocks);
    IOException[] failure = new IOException[1];
    for (int block = 0; block < blocks; block++) {
      volume.write(
          place(block * 65536L),
          page,
          error -> {
            if (error != null) {
              failure[0] = error;
            }
            done.countDown();
          });
    }
    done.await();
    if (failure[0] != null) {
      throw failure[0];
    }
  }

  /** Spreads the span over all chunks. */
  private static long place(long offset) {
    long part = SPAN_BYTES / CHUNKS;
    return offset / part * StorageStack.CHUNK_BYTES + offset % part;
  }

  private void idle() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    var system =
        (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    long cpu = system.getProcessCpuTime();
    long since = System.nanoTime();
    over.await(Math.max(5, seconds), java.util.concurrent.TimeUnit.SECONDS);
    double share = (double) (system.getProcessCpuTime() - cpu) / (System.nanoTime() - since);
    out.printf("| idle, %d chunks x 3: %.1f %% of a core | | | | | | |%n", CHUNKS, 100 * share);
  }

  private void run(String what, int size, int depth, ClosedLoop.Operation operation)
      throws Exception {
    ClosedLoop load = new ClosedLoop(SPAN_BYTES, size, depth, operation);
    load.run(1_500_000_000L);
    Histogram histogram = load.run(seconds * 1_000_000_000L);
    out.printf(
        "| %s | %d | %d | %d | %d | %d | %d |%n",
        what,
        size,
        depth,
        histogram.getTotalCount() / seconds,
        histogram.getValueAtPercentile(50) / 1000,
        histogram.getValueAtPercentile(99) / 1000,
        histogram.getMaxValue() / 1000);
  }

  static void delete(Path directory) throws IOException {
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path at, IOException error) throws IOException {
            Files.delete(at);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
