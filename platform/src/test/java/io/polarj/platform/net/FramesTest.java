package io.polarj.platform.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.polarj.platform.random.RandomStream;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** Frames carry every body through unchanged, and a payload costs one array on the way in. */
final class FramesTest {
  private final Frames frames = new Frames(new CodecRegistry(new Ping.Codec()));

  @Test
  void bodiesOfAllSizesComeBackWhateverBufferTheyCameIn() {
    RandomStream random = new RandomStream(5);
    for (int size : new int[] {0, 1, 1019, 1020, 1023, 1024, 1025, 16_384, 300_000}) {
      byte[] payload = new byte[size];
      for (int i = 0; i < size; i++) {
        payload[i] = (byte) random.nextInt(256);
      }
      ByteBuf direct = frames.encode(new Ping(size, payload), UnpooledByteBufAllocator.DEFAULT);
      byte[] copy = new byte[direct.readableBytes()];
      direct.getBytes(0, copy);
      for (ByteBuf frame : new ByteBuf[] {direct, Unpooled.wrappedBuffer(copy)}) {
        Ping back = (Ping) frames.decode(frame);
        assertThat(back.number()).isEqualTo(size);
        assertThat(back.payload()).as("payload of %d bytes", size).isEqualTo(payload);
        assertThat(frame.isReadable()).isFalse();
        frame.release();
      }
    }
  }

  @Test
  void gatheringWriterWritesWhatAPlainOneDoes() {
    MessageWriter plain = new MessageWriter();
    MessageWriter gathering = MessageWriter.gathering(64);
    for (MessageWriter writer : new MessageWriter[] {plain, gathering}) {
      writer.putInt(-1).putRaw(new byte[5000], 100, 2000).putInt(-2);
      int at = writer.length();
      writer.putInt(0).putBytes(new byte[1024]).putLong(7);
      writer.setInt(at, writer.length());
      writer.setInt(0, 42);
      writer.setInt(2004, 43);
    }
    assertThat(gathering.length()).isEqualTo(plain.length());
    assertThat(gathering.toByteArray()).isEqualTo(plain.toByteArray());
    assertThatThrownBy(() -> gathering.setInt(1000, 1))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(gathering::array).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void pageIsCopiedOnceOnEachSideOfTheSocket() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    Ping page = new Ping(1, new byte[16_384]);
    int rounds = 2_000;
    roundTrips(page, rounds);
    long before = threads.getCurrentThreadAllocatedBytes();
    roundTrips(page, rounds);
    long bytesEach = (threads.getCurrentThreadAllocatedBytes() - before) / rounds;
    assertThat(bytesEach).isBetween(16_384L, 16_384L + 1_024);
  }

  private Message last;

  private void roundTrips(Ping page, int rounds) {
    for (int i = 0; i < rounds; i++) {
      ByteBuf frame = frames.encode(page, PooledByteBufAllocator.DEFAULT);
      last = frames.decode(frame);
      frame.release();
    }
  }
}
