// An answer in the making. Its body begins at a page, so that a read goes from the volume into it
// without a copy; the header stands before it. One thread.
package io.polarj.pfs.fuse;

import io.polarj.pfs.file.FileStat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

final class Answer {
  private static final int HEADER_BYTES = 16;
  private static final int PAGE = 4096;
  private static final int BLOCK = 512;
  private static final int DIRECTORY_MODE = 0040755;
  private static final int FILE_MODE = 0100644;
  private static final int DIRENT_BYTES = 24;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

  private final MemorySegment memory;
  private final MemorySegment body;
  private final int owner;
  private final int group;
  private long length;

  Answer(Arena arena, int bodyBytes, int owner, int group) {
    this.memory = arena.allocate(PAGE + bodyBytes, PAGE);
    this.body = memory.asSlice(PAGE, bodyBytes);
    this.owner = owner;
    this.group = group;
  }

  void clear() {
    length = 0;
  }

  long length() {
    return length;
  }

  /** Where the bytes of a read go; they count with {@link #filled}. */
  MemorySegment room(int bytes) {
    return body.asSlice(0, Math.min(bytes, body.byteSize()));
  }

  void filled(int bytes) {
    length = bytes;
  }

  Answer putInt(int value) {
    body.set(INT, length, value);
    length += 4;
    return this;
  }

  Answer putLong(long value) {
    body.set(LONG, length, value);
    length += 8;
    return this;
  }

  /** {@code validSeconds}: how long the kernel may believe it. */
  void putEntry(long node, FileStat stat, int links, int validSeconds) {
    putLong(node).putLong(0).putLong(validSeconds).putLong(validSeconds).putInt(0).putInt(0);
    putAttributes(stat, links);
  }

  void putAttributes(FileStat stat, int links) {
    long seconds = Math.floorDiv(stat.modifiedMillis(), 1000L);
    int nanos = (int) Math.floorMod(stat.modifiedMillis(), 1000L) * 1_000_000;
    putLong(stat.inode()).putLong(stat.size()).putLong(stat.allocatedBytes() / BLOCK);
    putLong(seconds).putLong(seconds).putLong(seconds);
    putInt(nanos).putInt(nanos).putInt(nanos);
    putInt(stat.directory() ? DIRECTORY_MODE : FILE_MODE).putInt(links);
    putInt(owner).putInt(group).putInt(0).putInt(PAGE).putInt(0);
  }

  /** Adds an entry of a directory; false when it would go beyond {@code limit}. */
  boolean putDirectoryEntry(long inode, long next, boolean directory, String name, int limit) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    int padded = (DIRENT_BYTES + bytes.length + 7) / 8 * 8;
    if (length + padded > Math.min(limit, body.byteSize())) {
      return false;
    }
    long end = length + padded;
    putLong(inode).putLong(next).putInt(bytes.length).putInt(directory ? 4 : 8);
    body.asSlice(length, end - length).fill((byte) 0);
    MemorySegment.copy(bytes, 0, body, ValueLayout.JAVA_BYTE, length, bytes.length);
    length = end;
    return true;
  }

  /** The whole message. {@code errno}: 0, or the number of an error, which has no body. */
  MemorySegment message(long unique, int errno) {
    long bodyBytes = errno == 0 ? length : 0;
    long start = PAGE - HEADER_BYTES;
    memory.set(INT, start, (int) (HEADER_BYTES + bodyBytes));
    memory.set(INT, start + 4, -errno);
    memory.set(LONG, start + 8, unique);
    return memory.asSlice(start, HEADER_BYTES + bodyBytes);
  }
}
