package io.polarj.engine.redo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polarj.engine.error.EngineException;
import io.polarj.engine.page.OpBuffer;
import io.polarj.engine.page.PageBytes;
import io.polarj.engine.page.PageId;
import io.polarj.engine.page.PageLayout;
import io.polarj.engine.page.PageOps;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class RedoCodecTest {
  private static byte[] group(OpBuffer sections) {
    sections.padTo8();
    RedoGroup.seal(sections.bytes(), sections.length());
    return java.util.Arrays.copyOf(sections.bytes(), sections.length());
  }

  private static List<String> visit(byte[] bytes) {
    List<String> seen = new ArrayList<>();
    new RedoGroup(32, 32 + bytes.length, bytes)
        .visit(
            new RedoGroup.Visitor() {
              @Override
              public void page(long pageId, byte[] source, int offset, int length) {
                seen.add("page " + PageId.toString(pageId) + " " + length);
              }

              @Override
              public void logical(int type, byte[] payload) {
                seen.add("logical " + type + " " + payload.length);
              }

              @Override
              public void structureChange(long indexId) {
                seen.add("tree " + indexId);
              }
            });
    return seen;
  }

  private static OpBuffer sample() {
    return new OpBuffer()
        .put8(0)
        .put4(RedoFormat.STRUCTURE_SECTION)
        .put4(8)
        .put8(77)
        .put4(RedoFormat.LOGICAL_SECTION)
        .put4(7)
        .put4(9)
        .put(new byte[3], 0, 3)
        .put4(RedoFormat.PAGE_SECTION)
        .put4(12)
        .put8(PageId.of(3, 4))
        .put1(PageOps.BYTE)
        .put2(100)
        .put1(5);
  }

  @Test
  void sectionsComeBackInOrder() {
    assertThat(visit(group(sample()))).containsExactly("tree 77", "logical 9 3", "page 3:4 4");
  }

  @Test
  void everyFlippedBitChangesTheGroupsChecksum() {
    byte[] bytes = group(sample());
    int expected = RedoGroup.crc(bytes, bytes.length);
    for (int bit = RedoFormat.GROUP_HEADER * 8; bit < bytes.length * 8; bit++) {
      bytes[bit / 8] ^= (byte) (1 << bit % 8);
      assertThat(RedoGroup.crc(bytes, bytes.length)).isNotEqualTo(expected);
      bytes[bit / 8] ^= (byte) (1 << bit % 8);
    }
    assertThat(RedoGroup.crc(bytes, bytes.length - 8)).isNotEqualTo(expected);
  }

  @Test
  void malformedSectionsAndOperationsAreCorruptionWhateverTheyHold() {
    byte[] bytes = group(sample());
    bytes[RedoFormat.GROUP_HEADER + 4] = (byte) 200;
    assertThatThrownBy(() -> visit(bytes)).isInstanceOf(EngineException.Corruption.class);
    long seed = 11;
    Random random = new Random(seed);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment page = arena.allocate(PageLayout.PAGE_BYTES, 4096);
      int refused = 0;
      for (int i = 0; i < 20_000; i++) {
        byte[] noise = new byte[1 + random.nextInt(40)];
        random.nextBytes(noise);
        noise[0] = (byte) random.nextInt(12);
        try {
          PageOps.apply(page, noise, 0, noise.length, 500);
        } catch (EngineException.Corruption e) {
          refused++;
        }
      }
      assertThat(refused).as("seed %d", seed).isGreaterThan(1000);
    }
  }

  @Test
  void operationsBelowThePagesLinksAreRefused() {
    assertThatThrownBy(() -> PageOps.checkRange(PageLayout.LSN, 8))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> PageOps.checkRange(PageLayout.PAGE_BYTES - 3, 4))
        .isInstanceOf(IllegalArgumentException.class);
    PageOps.checkRange(PageLayout.PREVIOUS, 4);
  }

  @Test
  void positionsAndLsnsMapOneToOne() {
    long before = 0;
    for (long position = 0; position < 20_000; position += 8) {
      long lsn = RedoFormat.lsn(position);
      assertThat(lsn).isGreaterThan(before);
      assertThat(lsn % RedoFormat.BLOCK_BYTES).isGreaterThanOrEqualTo(RedoFormat.BLOCK_HEADER);
      assertThat(RedoFormat.position(lsn)).isEqualTo(position);
      before = lsn;
    }
  }

  @Test
  void aSealedPageIsSoundAndNoOther() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment page = arena.allocate(PageLayout.PAGE_BYTES, 4096);
      long pageId = PageId.of(7, 9);
      assertThat(PageBytes.defect(page, pageId)).contains("magic");
      PageOps.init(page, pageId, 2);
      assertThat(PageBytes.defect(page, pageId)).contains("checksum");
      PageBytes.seal(page);
      assertThat(PageBytes.defect(page, pageId)).isNull();
      assertThat(PageBytes.defect(page, PageId.of(7, 8))).contains("7:9");
      page.set(PageBytes.BYTE, 16_383, (byte) 1);
      assertThat(PageBytes.defect(page, pageId)).contains("checksum");
    }
  }
}
