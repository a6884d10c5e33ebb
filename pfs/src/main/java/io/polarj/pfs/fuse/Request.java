// A request of the kernel, read field by field in the order of the protocol. The kernel is trusted
// no further than its header: a field beyond the message's end is a malformed request.
package io.polarj.pfs.fuse;

import io.polarj.pfs.file.Errno;
import io.polarj.pfs.file.PfsException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

final class Request {
  static final int HEADER_BYTES = 40;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
  private final MemorySegment message;
  private long at = HEADER_BYTES;

  Request(MemorySegment message) {
    this.message = message;
  }

  int opcode() {
    return message.get(INT, 4);
  }

  long unique() {
    return message.get(LONG, 8);
  }

  long node() {
    return message.get(LONG, 16);
  }

  int nextInt() throws PfsException {
    need(4);
    at += 4;
    return message.get(INT, at - 4);
  }

  long nextLong() throws PfsException {
    need(8);
    at += 8;
    return message.get(LONG, at - 8);
  }

  void skip(int bytes) throws PfsException {
    need(bytes);
    at += bytes;
  }

  String nextName() throws PfsException {
    for (long end = at; end < message.byteSize(); end++) {
      if (message.get(ValueLayout.JAVA_BYTE, end) == 0) {
        byte[] bytes = message.asSlice(at, end - at).toArray(ValueLayout.JAVA_BYTE);
        at = end + 1;
        return new String(bytes, StandardCharsets.UTF_8);
      }
    }
    throw new PfsException(Errno.EINVAL, "a name without end in a FUSE request");
  }

  MemorySegment nextBytes(int bytes) throws PfsException {
    need(bytes);
    at += bytes;
    return message.asSlice(at - bytes, bytes);
  }

  private void need(int bytes) throws PfsException {
    if (bytes < 0 || at + bytes > message.byteSize()) {
      throw new PfsException(Errno.EINVAL, "a FUSE request that is too short");
    }
  }
}
