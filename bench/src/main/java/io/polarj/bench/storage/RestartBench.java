package io.polarj.bench.storage;

import io.polarj.pfs.polarswitch.PolarSwitch;
import io.polarj.platform.disk.DeviceMode;
import io.polarj.storage.chunkserver.ChunkServer;
import io.polarj.storage.raft.RaftReplica;
import io.polarj.storage.raft.ReplicaStatus;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How long a ChunkServer with many chunks takes to come back: {@code RestartBench DIRECTORY CHUNKS
 * MIB file|uring}. Three servers, each with a replica of every chunk; so many MiB of random 16 KiB
 * writes; then one of them is killed and started again, five times, and at last all three.
 */
public final class RestartBench {
  private static final int NODES = 3;
  private static final int WRITE_BYTES = 16384;
  private static final int DEPTH = 64;
  private static final int ROUNDS = 5;
  private static final int POLL_MILLIS = 5;
  private static final int PATIENCE_MINUTES = 5;

  private final StorageStack stack;
  private final int chunks;

  private RestartBench(StorageStack stack, int chunks) {
    this.stack = stack;
    this.chunks = chunks;
  }

  /** See the class. */
  public static void main(String[] arguments) throws Exception {
    Path directory = Path.of(arguments[0]);
    int chunks = Integer.parseInt(arguments[1]);
    int mib = Integer.parseInt(arguments[2]);
    DeviceMode mode = DeviceMode.parse(arguments[3]);
    try (StorageStack stack = new StorageStack(directory, mode, false, chunks)) {
      RestartBench bench = new RestartBench(stack, chunks);
      bench.fill(mib);
      System.out.printf("%d chunks, %d MiB written; milliseconds%n%n", chunks, mib);
      System.out.println("| what | listens | all replicas applied their log and follow |");
      System.out.println("|---|---|---|");
      for (int round = 0; round < ROUNDS; round++) {
        bench.one(1 + round % NODES);
        bench.fill(mib / 10);
      }
      bench.all();
    }
  }

  private void fill(int mib) throws Exception {
    PolarSwitch volume = stack.volume();
    int writes = mib * (1 << 20) / WRITE_BYTES;
    Random random = new Random(mib);
    Semaphore room = new Semaphore(DEPTH);
    AtomicInteger failed = new AtomicInteger();
    CountDownLatch ended = new CountDownLatch(writes);
    MemorySegment bytes = Arena.global().allocate(WRITE_BYTES, 4096);
    for (int i = 0; i < writes; i++) {
      room.acquire();
      long place = random.nextLong(stack.bytes() / WRITE_BYTES) % 512;
      long offset = random.nextInt(chunks) * StorageStack.CHUNK_BYTES + place * WRITE_BYTES;
      volume.write(
          offset,
          bytes,
          error -> {
            if (error != null) {
              failed.incrementAndGet();
            }
            room.release();
            ended.countDown();
          });
    }
    if (!ended.await(PATIENCE_MINUTES, TimeUnit.MINUTES) || failed.get() > 0) {
      throw new IllegalStateException(failed.get() + " writes failed, " + ended + " are open");
    }
  }

  private void one(int node) throws Exception {
    stack.kill(node);
    long begun = System.nanoTime();
    stack.restart(node);
    long listens = System.nanoTime() - begun;
    awaitUntil(() -> stack.ask(node, this::everyReplicaFollows));
    print("one restarted, node " + node, listens, System.nanoTime() - begun);
  }

  private void all() throws Exception {
    for (int node = 1; node <= NODES; node++) {
      stack.kill(node);
    }
    long begun = System.nanoTime();
    for (int node = 1; node <= NODES; node++) {
      stack.restart(node);
    }
    long listens = System.nanoTime() - begun;
    awaitUntil(this::everyChunkIsServed);
    print("all restarted; every chunk has a serving leader", listens, System.nanoTime() - begun);
  }

  private boolean everyReplicaFollows(ChunkServer server) {
    for (int chunk = 0; chunk < chunks; chunk++) {
      RaftReplica replica = server.replica(stack.chunk(chunk));
      ReplicaStatus status = replica.status();
      boolean there =
          replica.replayed()
              && status.leaderHint() != 0
              && status.barrierTerm() == status.term()
              && status.applied() >= status.last();
      if (!there) {
        return false;
      }
    }
    return true;
  }

  private boolean everyChunkIsServed() throws Exception {
    boolean[] served = new boolean[chunks];
    for (int node = 1; node <= NODES; node++) {
      stack.ask(
          node,
          server -> {
            for (int chunk = 0; chunk < chunks; chunk++) {
              served[chunk] |= server.replica(stack.chunk(chunk)).status().serving();
            }
            return served;
          });
    }
    for (boolean one : served) {
      if (!one) {
        return false;
      }
    }
    return true;
  }

  private static void print(String what, long listensNanos, long followsNanos) {
    System.out.printf(
        "| %s | %d | %d |%n", what, listensNanos / 1_000_000, followsNanos / 1_000_000);
  }

  private static void awaitUntil(Condition condition) throws Exception {
    while (!condition.holds()) {
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
  }

  @FunctionalInterface
  private interface Condition {
    boolean holds() throws Exception;
  }
}
