package io.polarj.engine.redo;

import io.polarj.engine.error.EngineException;
import io.polarj.pfs.file.Errno;
import io.polarj.pfs.file.FileSystem;
import io.polarj.pfs.file.OpenMode;
import io.polarj.pfs.file.PfsException;
import io.polarj.pfs.file.PolarFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;

/**
 * Reads whole groups from the redo files, verifying every block. Used by recovery (reads to the
 * end, wherever that is) and by replicas (read up to the LSN that the primary announced as
 * durable); needs no more than a read-only mount. One thread.
 *
 * <p>The stream ends before the first block that is damaged, has an unexpected LSN or an epoch
 * below the one before it (left over from before an earlier crash), and before the first group that
 * is not whole.
 */
public final class RedoReader implements AutoCloseable {
  private static final int CHUNK_BLOCKS = 256;
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final FileSystem fileSystem;
  private final long fileBytes;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment chunk =
      arena.allocate((long) CHUNK_BLOCKS * RedoFormat.BLOCK_BYTES, RedoFormat.BLOCK_BYTES);
  private PolarFile file;
  private long fileNumber = -1;
  private long epoch;
  private long position; // of the next group
  private byte[] window = new byte[1 << 16];
  private int windowStart; // of the next group in the window
  private int windowEnd;

  public RedoReader(FileSystem fileSystem, long fileBytes, long startLsn) {
    this.fileSystem = fileSystem;
    this.fileBytes = fileBytes;
    this.position = RedoFormat.position(startLsn);
  }

  /** Where the next group begins. */
  public long lsn() {
    return RedoFormat.lsn(position);
  }

  /** Of the last block read. */
  public long epoch() {
    return epoch;
  }

  /**
   * The next group that ends at or below the limit, or null when there is none (yet). With a limit
   * that is known to be durable use {@link #nextBelowDurable}.
   */
  public RedoGroup next(long limitLsn) throws IOException {
    while (true) {
      RedoGroup group = parse();
      if (group != null) {
        if (group.endLsn() > limitLsn) {
          return null;
        }
        windowStart += group.bytes().length;
        position += group.bytes().length;
        return group;
      }
      if (damaged || !load(limitLsn)) {
        return null;
      }
    }
  }

  private boolean damaged;

  /** Like {@link #next}, but a damaged log below the durable LSN is a {@code Corruption}. */
  public RedoGroup nextBelowDurable(long durableLsn) throws IOException {
    RedoGroup group = next(durableLsn);
    if (group == null && (damaged || loadedLsn() < durableLsn)) {
      damaged = false;
      windowEnd = windowStart; // read it again next time
      throw new EngineException.Corruption(
          "redo at LSN %d can not be read although it is durable up to %d (%s)"
              .formatted(lsn(), durableLsn, RedoFormat.fileName(lsn() / fileBytes)));
    }
    return group;
  }

  private long loadedLsn() {
    return RedoFormat.lsn(position + windowEnd - windowStart);
  }

  /** The whole group at the window's start, or null. */
  private RedoGroup parse() {
    int available = windowEnd - windowStart;
    if (available < RedoFormat.GROUP_HEADER) {
      return null;
    }
    ByteBuffer in = ByteBuffer.wrap(window).order(ByteOrder.LITTLE_ENDIAN);
    int length = in.getInt(windowStart);
    if (length <= RedoFormat.GROUP_HEADER
        || length > RedoFormat.MAX_GROUP_BYTES
        || length % 8 != 0) {
      damaged = true;
      return null;
    }
    if (length > available) {
      return null;
    }
    byte[] bytes = Arrays.copyOfRange(window, windowStart, windowStart + length);
    if (RedoGroup.crc(bytes, length) != in.getInt(windowStart + 4)) {
      damaged = true;
      return null;
    }
    return new RedoGroup(RedoFormat.lsn(position), RedoFormat.lsn(position + length), bytes);
  }

  /** Reads on from where the window ends; false when nothing valid follows. */
  private boolean load(long limitLsn) throws IOException {
    long at = position + windowEnd - windowStart;
    long blockLsn = at / RedoFormat.PAYLOAD_BYTES * RedoFormat.BLOCK_BYTES;
    if (blockLsn >= limitLsn || !openFile(blockLsn / fileBytes)) {
      return false;
    }
    long inFile = blockLsn % fileBytes;
    if (epoch == 0 && at % RedoFormat.PAYLOAD_BYTES == 0 && inFile > 0) {
      epoch = epochOfBlock(blockLsn - RedoFormat.BLOCK_BYTES);
    }
    long wanted = Math.min(chunk.byteSize(), fileBytes - inFile);
    if (limitLsn < Long.MAX_VALUE) {
      long rounded = (limitLsn + RedoFormat.BLOCK_BYTES - 1) / RedoFormat.BLOCK_BYTES;
      wanted = Math.min(wanted, rounded * RedoFormat.BLOCK_BYTES - blockLsn);
    }
    int blocks = file.read(inFile, chunk.asSlice(0, wanted)) / RedoFormat.BLOCK_BYTES;
    boolean[] sound = new boolean[blocks];
    IntStream range = IntStream.range(0, blocks);
    (blocks > 16 ? range.parallel() : range).forEach(i -> sound[i] = checksumHolds(i));
    boolean any = false;
    for (int i = 0; i < blocks && sound[i]; i++) {
      long base = (long) i * RedoFormat.BLOCK_BYTES;
      int used = chunk.get(INT, base + RedoFormat.BLOCK_USED);
      long blockEpoch = chunk.get(LONG, base + RedoFormat.BLOCK_EPOCH);
      if (chunk.get(LONG, base + RedoFormat.BLOCK_LSN) != blockLsn + base || blockEpoch < epoch) {
        break;
      }
      int from = RedoFormat.BLOCK_HEADER + (int) (at % RedoFormat.PAYLOAD_BYTES);
      int to = (int) Math.min(used, Math.max(0, limitLsn - blockLsn - base));
      if (to <= from) {
        break;
      }
      append(base + from, to - from);
      epoch = blockEpoch;
      at += to - from;
      any = true;
      if (to < RedoFormat.BLOCK_BYTES) {
        break;
      }
    }
    return any;
  }

  /**
   * Of the block before the first one: where a start is at a block's edge, only it tells that what
   * follows may be left over from before an earlier crash. A file's first block can not be: a write
   * never crosses files, and what is before a torn write was durable. 0 when it can not be read.
   */
  private long epochOfBlock(long blockLsn) throws IOException {
    MemorySegment block = chunk.asSlice(0, RedoFormat.BLOCK_BYTES);
    boolean sound =
        file.read(blockLsn % fileBytes, block) == RedoFormat.BLOCK_BYTES
            && checksumHolds(0)
            && chunk.get(LONG, RedoFormat.BLOCK_LSN) == blockLsn;
    return sound ? chunk.get(LONG, RedoFormat.BLOCK_EPOCH) : 0;
  }

  private boolean checksumHolds(int block) {
    long base = (long) block * RedoFormat.BLOCK_BYTES;
    int used = chunk.get(INT, base + RedoFormat.BLOCK_USED);
    if (chunk.get(INT, base + RedoFormat.BLOCK_MAGIC) != RedoFormat.MAGIC_VALUE
        || used < RedoFormat.BLOCK_HEADER
        || used > RedoFormat.BLOCK_BYTES) {
      return false;
    }
    CRC32C crc = new CRC32C();
    crc.update(chunk.asSlice(base + 4, RedoFormat.BLOCK_BYTES - 4).asByteBuffer());
    return (int) crc.getValue() == chunk.get(INT, base + RedoFormat.BLOCK_CRC);
  }

  private void append(long offset, int length) {
    if (windowEnd + length > window.length) {
      int live = windowEnd - windowStart;
      byte[] target =
          live + length > window.length
              ? new byte[Math.max(window.length * 2, live + length)]
              : window;
      System.arraycopy(window, windowStart, target, 0, live);
      window = target;
      windowStart = 0;
      windowEnd = live;
    }
    MemorySegment.copy(chunk, ValueLayout.JAVA_BYTE, offset, window, windowEnd, length);
    windowEnd += length;
  }

  private boolean openFile(long number) throws IOException {
    if (number == fileNumber) {
      return true;
    }
    PolarFile next;
    try {
      next = fileSystem.open(RedoFormat.fileName(number), Set.of(OpenMode.READ));
    } catch (PfsException e) {
      if (e.errno() == Errno.ENOENT) {
        return false; // the caller refreshes a mount that lags behind
      }
      throw e;
    }
    closeFile();
    file = next;
    fileNumber = number;
    return true;
  }

  /**
   * To be called by recovery at the end: throws {@code Corruption} when the log goes on beyond what
   * one unfinished write can have left, because then its middle was damaged after it was durable.
   */
  public void checkEndIsPlausible() throws IOException {
    long probe =
        lsn() / RedoFormat.BLOCK_BYTES * RedoFormat.BLOCK_BYTES
            + LogWriter.MAX_WRITE_BYTES
            + RedoFormat.MAX_GROUP_BYTES;
    if (!openFile(probe / fileBytes)) {
      return;
    }
    int read = file.read(probe % fileBytes, chunk.asSlice(0, RedoFormat.BLOCK_BYTES));
    if (read == RedoFormat.BLOCK_BYTES
        && checksumHolds(0)
        && chunk.get(LONG, RedoFormat.BLOCK_LSN) == probe
        && chunk.get(LONG, RedoFormat.BLOCK_EPOCH) >= epoch) {
      throw new EngineException.Corruption(
          "redo is damaged at LSN %d in %s: valid redo follows at LSN %d"
              .formatted(lsn(), RedoFormat.fileName(lsn() / fileBytes), probe));
    }
  }

  /** The payload of the block that {@link #lsn} is in, up to there. */
  public byte[] tail() throws IOException {
    int length = (int) (position % RedoFormat.PAYLOAD_BYTES);
    byte[] tail = new byte[length];
    if (length > 0) {
      long blockLsn = lsn() / RedoFormat.BLOCK_BYTES * RedoFormat.BLOCK_BYTES;
      if (!openFile(blockLsn / fileBytes)
          || file.read(blockLsn % fileBytes, chunk.asSlice(0, RedoFormat.BLOCK_BYTES))
              != RedoFormat.BLOCK_BYTES
          || !checksumHolds(0)) {
        throw new EngineException.Corruption(
            "redo block at LSN " + blockLsn + " can not be read although it holds the log's end");
      }
      MemorySegment.copy(chunk, ValueLayout.JAVA_BYTE, RedoFormat.BLOCK_HEADER, tail, 0, length);
    }
    return tail;
  }

  private void closeFile() throws IOException {
    if (file != null) {
      file.close();
      file = null;
      fileNumber = -1;
    }
  }

  @Override
  public void close() throws IOException {
    closeFile();
    arena.close();
  }
}
