// A volume mounted as a directory of the host: threads that take requests from the kernel, do them
// and answer, each from beginning to end. Files are opened for direct I/O: nothing of them is in
// the
// page cache, so a write is durable when it returns and a reader sees it at once. A request that
// fails unexpectedly is answered with EIO; the mount goes on.
package io.polarj.pfs.fuse;

import io.polarj.pfs.file.FileSystem;
import io.polarj.pfs.file.PfsException;
import io.polarj.platform.clock.Clock;
import io.polarj.platform.fuse.FuseDevice;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

public final class FuseMount implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FuseMount.class);
  private static final int THREADS = 4;
  private static final int PAGE = 4096;
  private static final int BEFORE_WRITTEN_BYTES = 80;
  private static final int FORGET = 2;
  private static final int INTERRUPT = 36;
  private static final int BATCH_FORGET = 42;
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final FuseDevice device;
  private final Operations operations;
  private final int owner;
  private final int group;
  private final List<Thread> threads = new ArrayList<>();

  private FuseMount(FuseDevice device, FileSystem files, Clock clock, int owner, int group) {
    this.device = device;
    this.operations = new Operations(files, clock);
    this.owner = owner;
    this.group = group;
  }

  /** Mounts on an empty directory; all files appear to be {@code owner}'s and {@code group}'s. */
  public static FuseMount mount(
      FileSystem files, Clock clock, String name, Path mountPoint, int owner, int group)
      throws IOException {
    FuseDevice device = FuseDevice.mount(mountPoint, name, files.readOnly());
    FuseMount mount = new FuseMount(device, files, clock, owner, group);
    for (int i = 0; i < THREADS; i++) {
      mount.threads.add(
          Thread.ofPlatform().daemon().name("fuse-" + name + "-" + i).start(mount::serve));
    }
    return mount;
  }

  private void serve() {
    try (Arena arena = Arena.ofShared()) {
      // placed so that the bytes of a write begin at a page and need no copy
      MemorySegment memory =
          arena
              .allocate(2L * PAGE + Operations.MAX_TRANSFER_BYTES, PAGE)
              .asSlice(PAGE - BEFORE_WRITTEN_BYTES);
      Answer answer = new Answer(arena, Operations.MAX_TRANSFER_BYTES, owner, group);
      while (true) {
        long bytes = device.read(memory);
        if (bytes < 0) {
          return;
        }
        serve(new Request(memory.asSlice(0, bytes)), answer);
      }
    } catch (IOException e) {
      LOG.error("a thread of the FUSE mount ends", e);
    }
  }

  private void serve(Request request, Answer answer) throws IOException {
    int opcode = request.opcode();
    if (opcode == INTERRUPT) {
      return; // requests are short, and done to their end
    }
    answer.clear();
    int errno;
    try {
      if (opcode == FORGET || opcode == BATCH_FORGET) {
        operations.forget(request, opcode == BATCH_FORGET);
        return;
      }
      errno = operations.run(request, answer);
    } catch (PfsException e) {
      LOG.debug("FUSE request {}: {}", opcode, e.getMessage());
      errno = ErrorNumbers.of(e.errno());
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      LOG.error("FUSE request {} failed", opcode, e);
      errno = ErrorNumbers.EIO;
    }
    device.write(answer.message(request.unique(), errno));
  }

  /** Returns when the mount has ended, by {@link #close} or by umount(8). */
  public void awaitEnd() throws InterruptedException {
    for (Thread thread : threads) {
      thread.join();
    }
  }

  /** Takes the mount away and returns at once; {@link #awaitEnd} returns when its threads ended. */
  public void unmount() throws IOException {
    device.unmount();
  }

  /**
   * Takes the mount away, waits a bounded time for the requests under way, and closes what programs
   * have open. A program that stands in the mount keeps the kernel's end of it alive until it
   * leaves.
   */
  @Override
  public void close() throws IOException {
    device.unmount();
    boolean ended = true;
    boolean interrupted = false;
    for (Thread thread : threads) {
      try {
        ended &= thread.join(PATIENCE);
      } catch (InterruptedException e) {
        interrupted = true;
        ended = false;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (ended) {
      device.close();
      operations.closeAll();
    } else {
      LOG.warn("programs still use the mount; it ends when they do");
    }
  }
}
