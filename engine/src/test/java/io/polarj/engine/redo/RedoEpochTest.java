package io.polarj.engine.redo;

import static org.assertj.core.api.Assertions.assertThat;

import io.polarj.engine.fault.FaultyFileSystem;
import io.polarj.pfs.file.OpenMode;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * A torn write left sound blocks behind the end of the log. The next writer fills the hole up to
 * their edge; they are of the LSN that is expected there and hold whole groups, and yet they must
 * never be taken for the continuation: nobody was told that they are durable, and their groups were
 * made on other pages.
 */
class RedoEpochTest {
  private static final long FILE_BYTES = 256 << 10;

  /** A group that fills a block's payload exactly. */
  private static byte[] group(int value) {
    byte[] bytes = new byte[RedoFormat.PAYLOAD_BYTES];
    bytes[8] = RedoFormat.LOGICAL_SECTION;
    int payload = bytes.length - RedoFormat.GROUP_HEADER - RedoFormat.SECTION_HEADER;
    bytes[12] = (byte) payload;
    bytes[13] = (byte) (payload >>> 8);
    bytes[16] = (byte) value;
    RedoGroup.seal(bytes, bytes.length);
    return bytes;
  }

  private static void write(
      FaultyFileSystem fileSystem, long epoch, long startLsn, int from, int count) {
    RedoFiles files = new RedoFiles(fileSystem, FILE_BYTES, startLsn / FILE_BYTES);
    try (LogWriter log = new LogWriter(files, 4 << 20, epoch, startLsn, new byte[0])) {
      for (int i = 0; i < count; i++) {
        byte[] bytes = group(from + i);
        log.publish(log.reserve(bytes.length), bytes, bytes.length);
      }
      log.waitDurable(log.newestLsn());
    } finally {
      files.close();
    }
  }

  private static List<Integer> values(FaultyFileSystem fileSystem, long fromLsn)
      throws IOException {
    List<Integer> values = new ArrayList<>();
    try (RedoReader reader = new RedoReader(fileSystem, FILE_BYTES, fromLsn)) {
      for (RedoGroup group; (group = reader.next(Long.MAX_VALUE)) != null; ) {
        values.add((int) group.bytes()[16]);
      }
      reader.checkEndIsPlausible();
    }
    return values;
  }

  private static long blockStart(int block) {
    return (long) block * RedoFormat.BLOCK_BYTES + RedoFormat.BLOCK_HEADER;
  }

  @Test
  void blocksLeftBehindTheEndByAnEarlierWriterAreNotTakenForTheContinuation() throws IOException {
    FaultyFileSystem fileSystem = new FaultyFileSystem();
    write(fileSystem, 1, RedoFormat.FIRST_LSN, 1, 6);
    assertThat(values(fileSystem, RedoFormat.FIRST_LSN)).containsExactly(1, 2, 3, 4, 5, 6);
    // As if blocks 2 and 3 of a torn write had been lost and the later ones kept: recovery ended
    // there, and the next writer went on with other groups.
    write(fileSystem, 2, blockStart(2), 30, 2);
    assertThat(values(fileSystem, RedoFormat.FIRST_LSN)).containsExactly(1, 2, 30, 31);
    assertThat(values(fileSystem, blockStart(3))).containsExactly(31);
  }

  @Test
  void readerThatStartsAtTheEdgeOfLeftOverBlocksKnowsThem() throws IOException {
    FaultyFileSystem fileSystem = new FaultyFileSystem();
    write(fileSystem, 1, RedoFormat.FIRST_LSN, 1, 6);
    write(fileSystem, 2, blockStart(2), 30, 2);
    // A checkpoint may lie exactly at the end of the log.
    assertThat(values(fileSystem, blockStart(4))).isEmpty();
    write(fileSystem, 3, blockStart(4), 50, 1);
    assertThat(values(fileSystem, blockStart(4))).containsExactly(50);
    assertThat(values(fileSystem, RedoFormat.FIRST_LSN)).containsExactly(1, 2, 30, 31, 50);
  }

  /** A group of that many blocks' payload whose whole payload says who wrote it. */
  private static byte[] largeGroup(int value, int blocks) {
    byte[] bytes = new byte[blocks * RedoFormat.PAYLOAD_BYTES];
    Arrays.fill(bytes, (byte) value);
    Arrays.fill(bytes, 8, 16, (byte) 0);
    bytes[8] = RedoFormat.LOGICAL_SECTION;
    int payload = bytes.length - RedoFormat.GROUP_HEADER - RedoFormat.SECTION_HEADER;
    bytes[12] = (byte) payload;
    bytes[13] = (byte) (payload >>> 8);
    RedoGroup.seal(bytes, bytes.length);
    return bytes;
  }

  private static void writeLarge(FaultyFileSystem fileSystem, long epoch, long startLsn, int value)
      throws IOException {
    RedoFiles files = new RedoFiles(fileSystem, FILE_BYTES, 0);
    try (LogWriter log = new LogWriter(files, 4 << 20, epoch, startLsn, new byte[0])) {
      byte[] bytes = largeGroup(value, 8);
      log.publish(log.reserve(bytes.length), bytes, bytes.length);
      log.waitDurable(log.newestLsn());
    } finally {
      files.close();
    }
  }

  private static byte[] bytes(FaultyFileSystem fileSystem) throws IOException {
    byte[] image = new byte[(int) FILE_BYTES];
    try (var file = fileSystem.open(RedoFormat.fileName(0), Set.of(OpenMode.READ))) {
      assertThat(file.read(0, MemorySegment.ofArray(image))).isEqualTo(image.length);
    }
    return image;
  }

  /** Puts blocks back to what they were: the power went before they were written. */
  private static void lose(FaultyFileSystem fileSystem, byte[] before, int from, int count)
      throws IOException {
    int offset = from * RedoFormat.BLOCK_BYTES;
    byte[] lost = Arrays.copyOfRange(before, offset, offset + count * RedoFormat.BLOCK_BYTES);
    try (var file = fileSystem.open(RedoFormat.fileName(0), Set.of(OpenMode.WRITE))) {
      file.write(offset, MemorySegment.ofArray(lost));
    }
  }

  /**
   * Two power cuts, each in the middle of a write of 32 KiB of which storage keeps pieces of 16 KiB
   * whole (S3). The first leaves the front of one writer's group, the second the back of another's
   * of the same length in the same place. Every block is sound, where it belongs and of a growing
   * epoch; only the checksum of the group tells that no such group was ever written (E3).
   */
  @Test
  void groupWhoseFrontAndBackAreOfTwoWritersIsNotWhole() throws IOException {
    FaultyFileSystem fileSystem = new FaultyFileSystem();
    write(fileSystem, 1, RedoFormat.FIRST_LSN, 1, 4);
    byte[] empty = bytes(fileSystem);
    writeLarge(fileSystem, 1, blockStart(4), 40);
    lose(fileSystem, empty, 8, 4);
    assertThat(values(fileSystem, RedoFormat.FIRST_LSN)).containsExactly(1, 2, 3, 4);
    byte[] frontOfTheFirst = bytes(fileSystem);
    writeLarge(fileSystem, 2, blockStart(4), 50);
    assertThat(values(fileSystem, RedoFormat.FIRST_LSN)).containsExactly(1, 2, 3, 4, 50);
    lose(fileSystem, frontOfTheFirst, 4, 4);
    assertThat(values(fileSystem, RedoFormat.FIRST_LSN)).containsExactly(1, 2, 3, 4);
  }
}
