package io.polarj.server.trial;

import io.polarj.pfs.device.VolumeDevice;
import io.polarj.server.config.StartException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code polarj bench recovery}: a chunk of 1 GiB, full, loses a replica with its disk; how fast it
 * gets another, and what clients notice.
 */
@Command(
    name = "recovery",
    mixinStandardHelpOptions = true,
    description =
        "Rate at which a lost replica of 1 GiB is made anew, and p99 of clients meanwhile.")
public final class RecoveryCommand implements Callable<Integer> {
  private static final long CHUNK_BYTES = 1L << 30;
  private static final int PAGE_BYTES = 16 << 10;
  private static final int FILL_BYTES = 64 << 10;
  private static final int FILL_DEPTH = 16;
  private static final long LIMIT_MILLIS = 300_000;
  private static final int LANES = 2;

  /** One more than replicas, so that a lost one has a place to go to at once. */
  private static final int SERVERS = 4;

  @Mixin private Trials trials;

  @Option(names = "--seconds", defaultValue = "10", description = "Of the time before the loss.")
  private int seconds;

  @Option(
      names = "--pause",
      defaultValue = "2",
      description = "ms between two requests of a client.")
  private int pauseMillis;

  private final AtomicReference<Histogram> latencies = new AtomicReference<>();
  private volatile boolean over;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Map<String, String> settings =
        Map.of("volume.size", "1G", "chunk.size", "1G", "disk.size", "4G", "scrub.period", "0");
    return trials.run(
        SERVERS,
        settings,
        (processes, data) -> {
          try (TrialVolume volume = TrialVolume.create(processes, CHUNK_BYTES, CHUNK_BYTES);
              ClusterState state = new ClusterState(processes.cluster())) {
            fill(volume.device());
            List<Thread> clients = new ArrayList<>();
            latencies.set(new ConcurrentHistogram(3));
            for (int lane = 0; lane < LANES; lane++) {
              int number = lane;
              clients.add(Thread.ofPlatform().start(() -> load(volume.device(), number)));
            }
            try {
              measure(processes, state);
            } finally {
              over = true;
              for (Thread client : clients) {
                client.join();
              }
            }
          }
        });
  }

  private void fill(VolumeDevice device) throws InterruptedException {
    Semaphore room = new Semaphore(FILL_DEPTH);
    AtomicReference<IOException> failure = new AtomicReference<>();
    MemorySegment page = Arena.global().allocate(FILL_BYTES, 4096).fill((byte) 7);
    for (long at = 0; at < CHUNK_BYTES; at += FILL_BYTES) {
      room.acquire();
      device.write(
          at,
          page,
          error -> {
            if (error != null) {
              failure.set(error);
            }
            room.release();
          });
    }
    room.acquire(FILL_DEPTH);
    if (failure.get() != null) {
      throw new StartException("filling the chunk: " + failure.get().getMessage());
    }
  }

  private void measure(StorageProcesses processes, ClusterState state) {
    await("whole", state::whole);
    Pause.millis(3_000);
    Histogram before = next();
    Pause.millis(seconds * 1_000L);
    before = next();
    int victim = follower(state);
    processes.server(victim).kill();
    processes.wipe(victim);
    processes.server(victim).start();
    processes.server(victim).awaitReady();
    await("being repaired", () -> state.plans() > 0);
    next();
    long began = System.nanoTime();
    await("whole", state::whole);
    double took = (System.nanoTime() - began) / 1e9;
    Histogram during = next();
    System.out.printf(
        "1 GiB in %.1f s, %.0f MiB/s, %d clients with %d ms between requests%n",
        took, 1024 / took, LANES, pauseMillis);
    System.out.printf(
        "| %s | median %d us | p99 %d us | %d requests |%n",
        "before",
        before.getValueAtPercentile(50) / 1000,
        before.getValueAtPercentile(99) / 1000,
        before.getTotalCount());
    System.out.printf(
        "| %s | median %d us | p99 %d us | %d requests | p99 %.2f times |%n",
        "while it is copied",
        during.getValueAtPercentile(50) / 1000,
        during.getValueAtPercentile(99) / 1000,
        during.getTotalCount(),
        (double) during.getValueAtPercentile(99) / before.getValueAtPercentile(99));
    System.out.println(Trials.load());
  }

  /** What was measured since the last call. */
  private Histogram next() {
    return latencies.getAndSet(new ConcurrentHistogram(3));
  }

  private static int follower(ClusterState state) {
    Map<Integer, Integer> leads = state.leads();
    return state.replicas().entrySet().stream()
        .filter(node -> node.getValue() > 0 && leads.getOrDefault(node.getKey(), 0) == 0)
        .findFirst()
        .orElseThrow(() -> new StartException("no node follows"))
        .getKey();
  }

  private void load(VolumeDevice device, int lane) {
    Random random = new Random(lane);
    try (Arena arena = Arena.ofShared()) {
      MemorySegment page = arena.allocate(PAGE_BYTES, 4096);
      while (!over) {
        long pages = CHUNK_BYTES / PAGE_BYTES / LANES;
        long offset = (random.nextLong(pages) * LANES + lane) * PAGE_BYTES;
        CompletableFuture<IOException> done = new CompletableFuture<>();
        long began = System.nanoTime();
        if (random.nextBoolean()) {
          device.write(offset, page, done::complete);
        } else {
          device.read(offset, page, done::complete);
        }
        IOException error = done.get(2, TimeUnit.MINUTES);
        if (error != null) {
          throw new StartException("a request failed: " + error.getMessage(), error);
        }
        latencies.get().recordValue(System.nanoTime() - began);
        Pause.millis(pauseMillis);
      }
    } catch (ExecutionException | TimeoutException e) {
      throw new StartException("a request did not end: " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + LIMIT_MILLIS * 1_000_000;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new StartException("the chunk is not " + what + " in 5 minutes");
      }
      Pause.millis(50);
    }
  }
}
