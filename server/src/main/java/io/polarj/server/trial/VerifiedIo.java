// Clients that write and read a volume and check every byte that comes back.
package io.polarj.server.trial;

import io.polarj.pfs.device.VolumeDevice;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLongArray;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writers own the pages whose number modulo the writers' count is theirs; readers read any. The
 * pages are spread over all chunks. The first wrong read is a finding and ends nothing: the others
 * go on, and the verdict names all of them.
 */
final class VerifiedIo {
  private static final Logger LOG = LoggerFactory.getLogger(VerifiedIo.class);
  private static final int MOST_FINDINGS = 20;
  private static final long IO_SECONDS = 120;

  private final VolumeDevice device;
  private final long chunkBytes;
  private final int chunks;
  private final PageVersions versions;
  private final AtomicLongArray writtenPerChunk;
  private final int writers;
  private final int readers;
  private final long pauseMillis;
  private final IoWatch writes;
  private final IoWatch reads;
  private final ConcurrentLinkedQueue<String> findings = new ConcurrentLinkedQueue<>();
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean over;
  private volatile String lastError = "";

  /**
   * {@code pauseMillis}: of a client between two requests, so that it is the cluster that is seen
   * and not a full machine.
   */
  VerifiedIo(TrialVolume volume, int pages, int writers, int readers, long pauseMillis) {
    this.pauseMillis = pauseMillis;
    this.device = volume.device();
    this.chunkBytes = volume.info().chunkBytes();
    this.chunks = volume.info().chunks();
    this.versions = new PageVersions(pages);
    this.writtenPerChunk = new AtomicLongArray(chunks);
    this.writers = writers;
    this.readers = readers;
    this.writes = new IoWatch(writers);
    this.reads = new IoWatch(readers);
    if ((pages + chunks - 1) / chunks > chunkBytes / Page.BYTES) {
      throw new IllegalArgumentException(pages + " pages do not fit into " + chunks + " chunks");
    }
  }

  void start(long seed) {
    for (int i = 0; i < writers; i++) {
      int lane = i;
      SplittableRandom random = new SplittableRandom(seed + lane);
      threads.add(Thread.ofPlatform().name("writer-" + i).start(() -> write(lane, random)));
    }
    for (int i = 0; i < readers; i++) {
      int lane = i;
      SplittableRandom random = new SplittableRandom(seed + 1000 + lane);
      threads.add(Thread.ofPlatform().name("reader-" + i).start(() -> read(lane, random)));
    }
  }

  /** Ends the clients; what they are at is finished first. */
  void stop() throws InterruptedException {
    over = true;
    for (Thread thread : threads) {
      thread.join();
    }
  }

  IoWatch writes() {
    return writes;
  }

  IoWatch reads() {
    return reads;
  }

  /** Acknowledged writes of each chunk so far. */
  long[] writtenPerChunk() {
    long[] counts = new long[chunks];
    for (int chunk = 0; chunk < chunks; chunk++) {
      counts[chunk] = writtenPerChunk.get(chunk);
    }
    return counts;
  }

  List<String> findings() {
    return List.copyOf(findings);
  }

  String lastError() {
    return lastError;
  }

  private long address(int page) {
    return page % chunks * chunkBytes + (long) (page / chunks) * Page.BYTES;
  }

  private void write(int lane, SplittableRandom random) {
    int own = (versions.pages() - lane + writers - 1) / writers;
    try (Arena arena = Arena.ofShared()) {
      MemorySegment memory = arena.allocate(Page.BYTES, Page.BLOCK_BYTES);
      while (!over) {
        int page = lane + random.nextInt(own) * writers;
        long version = versions.send(page);
        Page.fill(memory, address(page), version);
        CompletableFuture<Void> done = new CompletableFuture<>();
        writes.begin(lane);
        device.write(address(page), memory, error -> complete(done, error));
        boolean well = await(done);
        if (well) {
          versions.acknowledged(page, version);
          writtenPerChunk.incrementAndGet(page % chunks);
        }
        writes.end(lane, well);
        Pause.millis(pauseMillis);
      }
    } catch (RuntimeException e) {
      broken(e);
    }
  }

  private void read(int lane, SplittableRandom random) {
    try (Arena arena = Arena.ofShared()) {
      MemorySegment memory = arena.allocate(Page.BYTES, Page.BLOCK_BYTES);
      while (!over) {
        reads.begin(lane);
        boolean well = readAndJudge(random.nextInt(versions.pages()), memory);
        reads.end(lane, well);
        Pause.millis(pauseMillis);
      }
    } catch (RuntimeException e) {
      broken(e);
    }
  }

  private boolean readAndJudge(int page, MemorySegment memory) {
    long floor = versions.floor(page);
    CompletableFuture<Void> done = new CompletableFuture<>();
    device.read(address(page), memory, error -> complete(done, error));
    if (!await(done)) {
      return false;
    }
    String wrong;
    try {
      wrong = versions.judge(page, floor, Page.version(memory, address(page)));
    } catch (Page.BadPageException e) {
      LOG.debug("page {}", page, e);
      wrong = e.getMessage();
    }
    if (wrong != null) {
      found("page " + page + " at " + address(page) + ": " + wrong);
    }
    return true;
  }

  /** Reads every page once, after the clients have ended; returns how many could not be read. */
  int sweep() {
    int unread = 0;
    try (Arena arena = Arena.ofShared()) {
      MemorySegment memory = arena.allocate(Page.BYTES, Page.BLOCK_BYTES);
      for (int page = 0; page < versions.pages(); page++) {
        if (!readAndJudge(page, memory)) {
          unread++;
        }
      }
    }
    return unread;
  }

  private static void complete(CompletableFuture<Void> done, IOException error) {
    if (error == null) {
      done.complete(null);
    } else {
      done.completeExceptionally(error);
    }
  }

  private boolean await(CompletableFuture<Void> done) {
    try {
      done.get(IO_SECONDS, TimeUnit.SECONDS);
      return true;
    } catch (ExecutionException e) {
      lastError = e.getCause().getMessage();
      return false;
    } catch (TimeoutException e) {
      // Its memory is still in use: nothing of this run can be trusted any more.
      throw new IllegalStateException("no end of a request within " + IO_SECONDS + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private void broken(RuntimeException e) {
    LOG.error("a client broke", e);
    found("a client broke: " + e);
  }

  private void found(String finding) {
    LOG.error("{}", finding);
    if (findings.size() < MOST_FINDINGS) {
      findings.add(finding);
    }
  }
}
