package io.polarj.platform.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polarj.platform.loop.ThreadLoop;
import io.polarj.platform.random.RandomStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every {@link BlockDevice} of the real platform owes; each engine runs the whole of it. */
abstract class BlockDeviceContract {
  private static final long SIZE = 8 << 20;
  @TempDir Path directory;
  private ThreadLoop loop;
  private BlockDevice device;

  /** Opens the engine under test on an existing file. */
  abstract BlockDevice open(Path path, ThreadLoop loop) throws IOException;

  @BeforeEach
  void openDevice() throws IOException {
    loop = ThreadLoop.start("disk-test");
    BlockDevices.createSparse(directory.resolve("disk"), SIZE);
    device = open(directory.resolve("disk"), loop);
  }

  @AfterEach
  void closeDevice() {
    device.close();
    loop.close();
  }

  @Test
  void sizeIsTheFiles() {
    assertThat(device.size()).isEqualTo(SIZE);
  }

  @Test
  void readSeesWhatWasWrittenAndZerosElsewhere() {
    ByteBuffer source = filled(16384, 7);
    write(4096, source);
    assertThat(source.remaining()).isEqualTo(16384);
    ByteBuffer target = AlignedBuffers.allocate(24576);
    read(0, target);
    for (int i = 0; i < 24576; i++) {
      byte expected = i >= 4096 && i < 20480 ? (byte) 7 : 0;
      assertThat(target.get(i)).as("byte %d", i).isEqualTo(expected);
    }
  }

  @Test
  void partOfABufferIsWrittenAndRead() {
    ByteBuffer source = AlignedBuffers.allocate(12288);
    for (int i = 0; i < 12288; i++) {
      source.put(i, (byte) (1 + i / 4096));
    }
    write(0, source.duplicate().position(4096).limit(8192));
    ByteBuffer target = AlignedBuffers.allocate(8192);
    read(0, target.duplicate().position(4096));
    assertThat(target.get(4095)).isZero();
    assertThat(target.get(4096)).isEqualTo((byte) 2);
    assertThat(target.get(8191)).isEqualTo((byte) 2);
  }

  @Test
  void dataSurvivesClosingAndOpening() throws IOException {
    write(SIZE - 4096, filled(4096, 42));
    flush();
    device.close();
    device = open(directory.resolve("disk"), loop);
    ByteBuffer target = AlignedBuffers.allocate(4096);
    read(SIZE - 4096, target);
    assertThat(target.get(0)).isEqualTo((byte) 42);
  }

  @Test
  void manyRequestsInFlightAllCompleteOnTheLoopWithTheirOwnData() throws Exception {
    int requests = 400;
    RandomStream random = new RandomStream(11);
    CountDownLatch written = new CountDownLatch(requests);
    AtomicInteger wrong = new AtomicInteger();
    ByteBuffer[] sources = new ByteBuffer[requests];
    for (int i = 0; i < requests; i++) {
      sources[i] = filled(4096 * (1 + random.nextInt(4)), i);
      int number = i;
      loop.execute(() ->
          device.write(
              number * 16384L,
              sources[number],
              error -> {
                if (error != null || !loop.inLoop()) {
                  wrong.incrementAndGet();
                }
                written.countDown();
              }));
    }
    assertThat(written.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(wrong).hasValue(0);
    for (int i = 0; i < requests; i++) {
      ByteBuffer target = AlignedBuffers.allocate(sources[i].remaining());
      read(i * 16384L, target);
      assertThat(target).isEqualTo(sources[i]);
    }
  }

  @Test
  void flushFollowsWritesAndAnswersOnTheLoop() throws Exception {
    CompletableFuture<Boolean> onLoop = new CompletableFuture<>();
    device.write(
        0,
        filled(4096, 1),
        writeError -> device.flush(flushError -> onLoop.complete(loop.inLoop())));
    assertThat(onLoop.get(20, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void unalignedOrOutsideRequestsAreRefusedAtTheCall() {
    IoCallback none = error -> {};
    ByteBuffer good = AlignedBuffers.allocate(8192);
    assertThatThrownBy(() -> device.write(512, good, none))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("offset 512");
    assertThatThrownBy(() -> device.read(0, good.duplicate().position(512), none))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> device.read(0, good.duplicate().limit(4097), none))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> device.write(0, ByteBuffer.allocate(4096), none))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("direct");
    assertThatThrownBy(() -> device.write(SIZE - 4096, good, none))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("on a device of");
    assertThatThrownBy(() -> device.read(-4096, good, none))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> device.read(0, good.duplicate().limit(0), none))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void errorsReachTheCallback() throws Exception {
    try (java.nio.channels.FileChannel file =
        java.nio.channels.FileChannel.open(
            directory.resolve("disk"), java.nio.file.StandardOpenOption.WRITE)) {
      file.truncate(4096);
    }
    assertThat(outcome(done -> device.read(8192, AlignedBuffers.allocate(4096), done)))
        .hasMessageContaining("8192");
    device.close();
    assertThat(outcome(done -> device.write(0, filled(4096, 1), done)))
        .hasMessageContaining("closed");
    assertThat(outcome(device::flush)).hasMessageContaining("closed");
  }

  @Test
  void readThatRunsIntoTheEndOfTheFileIsAnErrorAndNotShort() throws Exception {
    write(0, filled(16384, 3));
    try (java.nio.channels.FileChannel file =
        java.nio.channels.FileChannel.open(
            directory.resolve("disk"), java.nio.file.StandardOpenOption.WRITE)) {
      file.truncate(6000);
    }
    assertThat(outcome(done -> device.read(0, AlignedBuffers.allocate(16384), done)))
        .isNotNull()
        .hasMessageContaining("read at 0");
    assertThat(outcome(done -> device.read(0, AlignedBuffers.allocate(4096), done))).isNull();
  }

  @Test
  void requestsOfManyThreadsAreAllAnswered() throws Exception {
    int threads = 8;
    int each = 50;
    CountDownLatch answered = new CountDownLatch(threads * each);
    AtomicInteger wrong = new AtomicInteger();
    List<Thread> callers = new ArrayList<>();
    for (int t = 0; t < threads; t++) {
      int first = t * each;
      callers.add(
          Thread.ofPlatform()
              .start(() -> {
                for (int i = first; i < first + each; i++) {
                  device.write(
                      i * 4096L,
                      filled(4096, i),
                      error -> {
                        if (error != null || !loop.inLoop()) {
                          wrong.incrementAndGet();
                        }
                        answered.countDown();
                      });
                }
              }));
    }
    for (Thread caller : callers) {
      caller.join();
    }
    assertThat(answered.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(wrong).hasValue(0);
    flush();
    ByteBuffer target = AlignedBuffers.allocate(4096);
    for (int i = 0; i < threads * each; i++) {
      read(i * 4096L, target);
      assertThat(target.get(17)).isEqualTo((byte) i);
    }
  }

  @Test
  void closeLetsWhatIsUnderWayEndAndRefusesTheRest() throws Exception {
    int requests = 300;
    List<CompletableFuture<IOException>> outcomes = new ArrayList<>();
    for (int i = 0; i < requests; i++) {
      CompletableFuture<IOException> outcome = new CompletableFuture<>();
      outcomes.add(outcome);
      device.write(i * 4096L, filled(4096, i + 1), outcome::complete);
    }
    device.close();
    assertThat(outcome(done -> device.read(0, AlignedBuffers.allocate(4096), done)))
        .hasMessageContaining("closed");
    device.close();
    device = open(directory.resolve("disk"), loop);
    ByteBuffer target = AlignedBuffers.allocate(4096);
    for (int i = 0; i < requests; i++) {
      assertThat(outcomes.get(i).get(20, TimeUnit.SECONDS)).as("write %d", i).isNull();
      read(i * 4096L, target);
      assertThat(target.get(0)).isEqualTo((byte) (i + 1));
    }
  }

  private interface Request {
    void start(IoCallback done);
  }

  private static ByteBuffer filled(int bytes, int value) {
    ByteBuffer buffer = AlignedBuffers.allocate(bytes);
    for (int i = 0; i < bytes; i++) {
      buffer.put(i, (byte) value);
    }
    return buffer;
  }

  /** The error that the request ended with, or null. */
  private IOException outcome(Request request) throws Exception {
    CompletableFuture<IOException> done = new CompletableFuture<>();
    request.start(done::complete);
    return done.get(20, TimeUnit.SECONDS);
  }

  private void await(Request request) {
    try {
      IOException error = outcome(request);
      if (error != null) {
        throw error;
      }
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private void write(long offset, ByteBuffer source) {
    await(done -> device.write(offset, source, done));
  }

  private void read(long offset, ByteBuffer target) {
    await(done -> device.read(offset, target, done));
  }

  private void flush() {
    await(device::flush);
  }
}
