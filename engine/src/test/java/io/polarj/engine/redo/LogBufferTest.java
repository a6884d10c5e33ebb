package io.polarj.engine.redo;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The ring between mini-transactions and the log writer, at the moments when it is full. */
class LogBufferTest {
  private static final int CAPACITY = 2 * RedoFormat.MAX_GROUP_BYTES;
  private static final int GROUP_BYTES = 64;

  private final Arena arena = Arena.ofShared();
  private final LogBuffer buffer = new LogBuffer(arena, CAPACITY, 0);

  @AfterEach
  void close() {
    arena.close();
  }

  private static byte[] group(int filling) {
    byte[] bytes = new byte[GROUP_BYTES];
    Arrays.fill(bytes, (byte) filling);
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(0, GROUP_BYTES);
    return bytes;
  }

  private void fill() {
    for (int at = 0; at < CAPACITY; at += GROUP_BYTES) {
      buffer.publish(buffer.reserve(GROUP_BYTES), group(0x7f), GROUP_BYTES);
    }
  }

  @Test
  void groupThatWaitsForRoomInAnExactlyFullRingIsNotTakenForPublished() {
    fill();
    long waiting = buffer.reserve(GROUP_BYTES);
    assertThat(buffer.hasRoom(waiting, GROUP_BYTES)).isFalse();
    assertThat(buffer.published()).isEqualTo(waiting);
  }

  @Test
  void takingPartOfAGroupDoesNotPublishTheWaitingOnes() {
    fill();
    long first = buffer.reserve(GROUP_BYTES);
    long second = buffer.reserve(GROUP_BYTES);
    assertThat(buffer.published()).isEqualTo(first);
    buffer.take(GROUP_BYTES + GROUP_BYTES / 2);
    assertThat(buffer.published()).isEqualTo(first);
    buffer.publish(first, group(1), GROUP_BYTES);
    assertThat(buffer.hasRoom(second, GROUP_BYTES)).isFalse();
    // The second one's place is half zeroed, half bytes of a group that is not taken yet.
    assertThat(buffer.published()).isEqualTo(second);
    buffer.take(second);
    buffer.publish(second, group(2), GROUP_BYTES);
    assertThat(buffer.published()).isEqualTo(second + GROUP_BYTES);
  }
}
