package io.polarj.platform.disk;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/** One request on its way through a {@link UringPoller}; keeps its buffer reachable. */
final class UringRequest {
  private final UringBlockDevice device;
  private final int opcode;
  private final int fd;
  private final long offset;
  private final MemorySegment memory;
  private final IoCallback done;
  private int progress;
  private IOException error;
  private boolean told;

  /** {@code buffer} is null for a flush. */
  UringRequest(
      UringBlockDevice device,
      int opcode,
      int fd,
      long offset,
      ByteBuffer buffer,
      IoCallback done) {
    this.device = device;
    this.opcode = opcode;
    this.fd = fd;
    this.offset = offset;
    this.memory = buffer == null ? MemorySegment.NULL : MemorySegment.ofBuffer(buffer);
    this.done = done;
  }

  void push(RingMemory ring, int slot) {
    if (opcode == UringPoller.OP_FSYNC) {
      ring.push(opcode, fd, 0, 0, 0, UringPoller.FSYNC_DATASYNC, slot);
    } else {
      ring.push(
          opcode,
          fd,
          offset + progress,
          memory.address() + progress,
          (int) memory.byteSize() - progress,
          0,
          slot);
    }
  }

  /** Takes in a result; false when there is a rest to be submitted again. */
  boolean ended(int result) {
    if (result == -Libc.EINTR || result == -Libc.EAGAIN) {
      return false;
    }
    if (result < 0) {
      error = new IOException(describe() + ": " + Libc.message(-result));
      return true;
    }
    if (opcode == UringPoller.OP_FSYNC) {
      return true;
    }
    progress += result;
    if (progress >= memory.byteSize()) {
      return true;
    }
    if (result == 0 || progress % BlockDevice.ALIGNMENT != 0) {
      error = new EOFException(describe() + ": ends at " + (offset + progress));
      return true;
    }
    return false;
  }

  void complete() {
    told = true;
    device.completed(done, error);
  }

  /** Tells the error unless something was told before. */
  boolean fail(IOException reason) {
    if (told) {
      return false;
    }
    error = new IOException(describe() + ": " + reason.getMessage(), reason);
    complete();
    return true;
  }

  private String describe() {
    String what =
        switch (opcode) {
          case UringPoller.OP_READ -> "read at " + offset;
          case UringPoller.OP_WRITE -> "write at " + offset;
          default -> "flush";
        };
    return device.path() + ": " + what;
  }
}
