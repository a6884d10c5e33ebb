package io.polarj.platform.disk;

import io.polarj.platform.loop.LoopPoller;
import io.polarj.platform.loop.ThreadLoop;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The io_uring of one loop, shared by all devices that were opened for it. Requests gather while
 * the loop runs its tasks and are submitted together; the loop sleeps in the ring itself, where a
 * read of an eventfd stands for its inbox. All on the loop's thread but {@link #wakeup}.
 */
final class UringPoller implements LoopPoller {
  private static final Logger LOG = LoggerFactory.getLogger(UringPoller.class);
  static final int OP_FSYNC = 3;
  static final int OP_READ = 22;
  static final int OP_WRITE = 23;
  static final int FSYNC_DATASYNC = 1;

  private static final int SUBMISSIONS = 256;
  private static final int SLOTS = 2048;
  private static final int COMPLETIONS = 2 * SLOTS;
  private static final long WAKEUP = -1;
  private static final int CLOSE_ROUNDS = 500;
  private static final long CLOSE_ROUND_NANOS = 10_000_000;

  private final Arena arena = Arena.ofShared();
  private final RingMemory ring;
  private final int eventFd;
  private final MemorySegment eventTarget = arena.allocate(8, 8);
  private final MemorySegment one = arena.allocate(8, 8);
  private final AtomicBoolean wakeupPending = new AtomicBoolean();
  private final UringRequest[] slots = new UringRequest[SLOTS];
  private final int[] freeSlots = new int[SLOTS];
  private final ArrayDeque<UringRequest> backlog = new ArrayDeque<>();
  private int free = SLOTS;
  private IOException broken;

  private UringPoller() throws IOException {
    ring = new RingMemory(SUBMISSIONS, COMPLETIONS);
    eventFd = Libc.eventfd();
    if (eventFd < 0) {
      ring.close();
      throw new IOException("eventfd: " + Libc.message(-eventFd));
    }
    one.set(ValueLayout.JAVA_LONG, 0, 1);
    for (int i = 0; i < SLOTS; i++) {
      freeSlots[i] = SLOTS - 1 - i;
    }
    armWakeup();
  }

  /** The ring of that loop, made when there is none. On the loop's thread. */
  static UringPoller of(ThreadLoop loop) throws IOException {
    LoopPoller present = loop.attached();
    if (present instanceof UringPoller ring) {
      return ring;
    }
    if (present != null) {
      throw new IOException("loop " + loop.name() + " sleeps on " + present + ", not on io_uring");
    }
    UringPoller made = new UringPoller();
    loop.attach(made);
    return made;
  }

  /** Takes a request; its completion comes in a later {@link #poll}. */
  void submit(UringRequest request) {
    backlog.add(request);
    fillRing();
  }

  @Override
  public int poll() {
    if (broken != null) {
      return failBacklog();
    }
    fillRing();
    if (ring.unsubmitted() > 0 || ring.kernelHasWork()) {
      checked(ring.enter());
    }
    return reap();
  }

  @Override
  public void await(long timeoutNanos) {
    fillRing();
    if (broken == null && !ring.hasCompletion()) {
      checked(ring.enterAndWait(timeoutNanos));
    }
  }

  @Override
  public boolean underWay() {
    return free < SLOTS;
  }

  @Override
  public void wakeup() {
    if (wakeupPending.compareAndSet(false, true)) {
      int written = Libc.write(eventFd, one);
      if (written < 0) {
        wakeupPending.set(false);
        throw new IllegalStateException("waking a loop: " + Libc.message(-written));
      }
    }
  }

  /** Waits, within reason, for what the kernel still works on: it writes into our buffers. */
  @Override
  public void close() {
    for (int i = 0; i < CLOSE_ROUNDS && free < SLOTS && broken == null; i++) {
      checked(ring.enterAndWait(CLOSE_ROUND_NANOS));
      reap();
    }
    ring.close();
    IOException ended = new IOException("the device's loop has ended");
    for (UringRequest request : slots) {
      if (request != null) {
        request.fail(ended);
      }
    }
    while (!backlog.isEmpty()) {
      backlog.poll().fail(ended);
    }
  }

  private void fillRing() {
    while (broken == null && free > 0 && !backlog.isEmpty() && !ring.full()) {
      UringRequest request = backlog.poll();
      int slot = freeSlots[--free];
      slots[slot] = request;
      request.push(ring, slot);
    }
  }

  private void armWakeup() {
    ring.push(OP_READ, eventFd, 0, eventTarget.address(), 8, 0, WAKEUP);
  }

  private int reap() {
    int reaped = 0;
    while (reaped < COMPLETIONS && ring.hasCompletion()) {
      long at = ring.nextCompletion();
      long userData = ring.userData(at);
      int result = ring.result(at);
      ring.consumed();
      if (userData == WAKEUP) {
        wokenUp();
      } else {
        completed((int) userData, result);
      }
      reaped++;
    }
    return reaped;
  }

  private void wokenUp() {
    wakeupPending.set(false);
    if (ring.full()) {
      checked(ring.enter());
    }
    armWakeup();
  }

  private void completed(int slot, int result) {
    UringRequest request = slots[slot];
    slots[slot] = null;
    freeSlots[free++] = slot;
    if (request.ended(result)) {
      request.complete();
    } else {
      backlog.addFirst(request);
    }
  }

  /** Most refusals pass; on one that does not, everything fails rather than waits for ever. */
  private void checked(int result) {
    if (result >= 0) {
      return;
    }
    switch (-result) {
      case Libc.EINTR, Libc.EAGAIN, Libc.EBUSY, Libc.ETIME -> {}
      default -> {
        broken = new IOException("io_uring_enter: " + Libc.message(-result));
        LOG.error("the disk I/O of a loop ends: its ring is broken", broken);
      }
    }
  }

  /** Requests in the kernel's hands keep their slot, and so their memory. */
  private int failBacklog() {
    int failed = 0;
    for (int i = 0; i < SLOTS; i++) {
      if (slots[i] != null && slots[i].fail(broken)) {
        failed++;
      }
    }
    while (!backlog.isEmpty()) {
      backlog.poll().fail(broken);
      failed++;
    }
    return failed;
  }
}
