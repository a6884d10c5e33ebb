package io.polarj.platform.disk;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * One io_uring: its file descriptor and the memory it shares with the kernel (man io_uring_setup(2)
 * for the layout). Belongs to one thread.
 */
final class RingMemory {
  private static final int SETUP_CQSIZE = 1 << 3;
  private static final int SETUP_CLAMP = 1 << 4;
  private static final int SETUP_SUBMIT_ALL = 1 << 7;
  private static final int SETUP_TASKRUN_FLAG = 1 << 9;
  private static final int SETUP_SINGLE_ISSUER = 1 << 12;
  private static final int SETUP_DEFER_TASKRUN = 1 << 13;
  private static final int PLAIN = SETUP_CQSIZE | SETUP_CLAMP;
  private static final int MODERN =
      PLAIN | SETUP_SUBMIT_ALL | SETUP_TASKRUN_FLAG | SETUP_SINGLE_ISSUER | SETUP_DEFER_TASKRUN;

  private static final int FEATURE_SINGLE_MMAP = 1;
  private static final int FEATURE_NODROP = 1 << 1;
  private static final int FEATURE_EXT_ARG = 1 << 8;
  private static final int NEEDED_FEATURES = FEATURE_SINGLE_MMAP | FEATURE_NODROP | FEATURE_EXT_ARG;
  private static final long OFFSET_OF_RINGS = 0;
  private static final long OFFSET_OF_SQES = 0x10000000L;
  private static final int SQE_BYTES = 64;
  private static final int CQE_BYTES = 16;
  private static final int PARAMETER_BYTES = 120;
  private static final int SQ_OFFSETS = 40;
  private static final int CQ_OFFSETS = 80;
  private static final int ENTER_GETEVENTS = 1;
  private static final int ENTER_EXT_ARG = 8;
  private static final int SQ_CQ_OVERFLOW = 1 << 1;
  private static final int SQ_TASKRUN = 1 << 2;

  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final VarHandle SHARED = INT.varHandle();

  private final Arena arena = Arena.ofShared();
  private final int fd;
  private final MemorySegment rings;
  private final MemorySegment sqes;
  private final int sqEntries;
  private final int cqEntries;
  private final long sqHead;
  private final long sqTail;
  private final long sqFlags;
  private final long cqHead;
  private final long cqTail;
  private final long cqes;
  private final MemorySegment timeout = arena.allocate(16, 8);
  private final MemorySegment waitArgument = arena.allocate(24, 8);
  private int tail;

  RingMemory(int entries, int completions) throws IOException {
    MemorySegment parameters = arena.allocate(PARAMETER_BYTES, 8);
    int made = setup(entries, completions, MODERN, parameters);
    if (made == -Libc.EINVAL) {
      made = setup(entries, completions, PLAIN, parameters);
    }
    if (made < 0) {
      throw new IOException("io_uring_setup: " + Libc.message(-made));
    }
    fd = made;
    int features = parameters.get(INT, 20);
    if ((features & NEEDED_FEATURES) != NEEDED_FEATURES) {
      Libc.close(fd);
      throw new IOException("this kernel's io_uring is too old: features " + features);
    }
    sqEntries = parameters.get(INT, 0);
    cqEntries = parameters.get(INT, 4);
    long array = Integer.toUnsignedLong(parameters.get(INT, SQ_OFFSETS + 24));
    cqes = Integer.toUnsignedLong(parameters.get(INT, CQ_OFFSETS + 20));
    long ringBytes = Math.max(array + 4L * sqEntries, cqes + (long) CQE_BYTES * cqEntries);
    rings = Libc.map(fd, ringBytes, OFFSET_OF_RINGS);
    sqes = Libc.map(fd, (long) SQE_BYTES * sqEntries, OFFSET_OF_SQES);
    sqHead = parameters.get(INT, SQ_OFFSETS);
    sqTail = parameters.get(INT, SQ_OFFSETS + 4);
    sqFlags = parameters.get(INT, SQ_OFFSETS + 16);
    cqHead = parameters.get(INT, CQ_OFFSETS);
    cqTail = parameters.get(INT, CQ_OFFSETS + 4);
    for (int i = 0; i < sqEntries; i++) {
      rings.set(INT, array + 4L * i, i);
    }
    waitArgument.set(ValueLayout.JAVA_LONG, 16, timeout.address());
    tail = rings.get(INT, sqTail);
  }

  private static int setup(int entries, int completions, int flags, MemorySegment parameters) {
    parameters.fill((byte) 0);
    parameters.set(INT, 4, completions);
    parameters.set(INT, 8, flags);
    return Libc.ioUringSetup(entries, parameters);
  }

  /** Requests filled in but not handed to the kernel yet. */
  int unsubmitted() {
    return tail - (int) SHARED.getAcquire(rings, sqHead);
  }

  boolean full() {
    return unsubmitted() >= sqEntries;
  }

  /** Fills in the next request; the queue must not be full. */
  void push(
      int opcode, int file, long offset, long address, int length, int opFlags, long userData) {
    long at = (long) (tail & (sqEntries - 1)) * SQE_BYTES;
    sqes.asSlice(at, SQE_BYTES).fill((byte) 0);
    sqes.set(ValueLayout.JAVA_BYTE, at, (byte) opcode);
    sqes.set(INT, at + 4, file);
    sqes.set(ValueLayout.JAVA_LONG, at + 8, offset);
    sqes.set(ValueLayout.JAVA_LONG, at + 16, address);
    sqes.set(INT, at + 24, length);
    sqes.set(INT, at + 28, opFlags);
    sqes.set(ValueLayout.JAVA_LONG, at + 32, userData);
    tail++;
    SHARED.setRelease(rings, sqTail, tail);
  }

  /** Whether the kernel has completions that it shows only to a call of {@link #enter}. */
  boolean kernelHasWork() {
    int flags = (int) SHARED.getAcquire(rings, sqFlags);
    return (flags & (SQ_TASKRUN | SQ_CQ_OVERFLOW)) != 0;
  }

  boolean hasCompletion() {
    return rings.get(INT, cqHead) != (int) SHARED.getAcquire(rings, cqTail);
  }

  /** Where the next completion stands, for {@link #userData} and {@link #result}. */
  long nextCompletion() {
    return cqes + (long) (rings.get(INT, cqHead) & (cqEntries - 1)) * CQE_BYTES;
  }

  long userData(long completion) {
    return rings.get(ValueLayout.JAVA_LONG, completion);
  }

  int result(long completion) {
    return rings.get(INT, completion + 8);
  }

  void consumed() {
    SHARED.setRelease(rings, cqHead, rings.get(INT, cqHead) + 1);
  }

  /** Submits, and reaps without waiting. Returns what the kernel took, or -errno. */
  int enter() {
    return Libc.ioUringEnter(fd, unsubmitted(), 0, ENTER_GETEVENTS, MemorySegment.NULL, 0);
  }

  /** Submits and waits for one completion. Returns what the kernel took, or -errno. */
  int enterAndWait(long timeoutNanos) {
    timeout.set(ValueLayout.JAVA_LONG, 0, timeoutNanos / 1_000_000_000L);
    timeout.set(ValueLayout.JAVA_LONG, 8, timeoutNanos % 1_000_000_000L);
    return Libc.ioUringEnter(
        fd, unsubmitted(), 1, ENTER_GETEVENTS | ENTER_EXT_ARG, waitArgument, 24);
  }

  void close() {
    Libc.unmap(sqes);
    Libc.unmap(rings);
    Libc.close(fd);
    arena.close();
  }
}
