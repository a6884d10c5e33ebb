package io.polarj.platform.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.polarj.platform.clock.Clock;
import io.polarj.platform.loop.EventLoop;
import io.polarj.platform.loop.ThreadLoop;
import io.polarj.platform.loop.Timer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Which engine is taken, files that cannot be made, and flushes that failed. */
final class BlockDevicesTest {
  @TempDir Path directory;

  /** A loop without a place for a completion ring. */
  private record PlainLoop(ThreadLoop inner) implements EventLoop {
    @Override
    public Clock clock() {
      return inner.clock();
    }

    @Override
    public void execute(Runnable task) {
      inner.execute(task);
    }

    @Override
    public Timer schedule(long delayNanos, Runnable task) {
      return inner.schedule(delayNanos, task);
    }

    @Override
    public boolean inLoop() {
      return inner.inLoop();
    }
  }

  @Test
  void withoutUringTheFileEngineIsTakenAndTheLogSaysSo() throws Exception {
    Logger logger = (Logger) LoggerFactory.getLogger(BlockDevices.class);
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    logger.setLevel(Level.INFO);
    logger.addAppender(log);
    Path path = directory.resolve("disk");
    try (ThreadLoop loop = ThreadLoop.start("disk");
        BlockDevice device =
            BlockDevices.open(path, 1 << 20, new PlainLoop(loop), DeviceMode.AUTO)) {
      CompletableFuture<IOException> read = new CompletableFuture<>();
      device.read(0, AlignedBuffers.allocate(4096), read::complete);
      assertThat(read.get(20, TimeUnit.SECONDS)).isNull();
    } finally {
      logger.detachAppender(log);
      logger.setLevel(null);
    }
    assertThat(log.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .anyMatch(
            line -> line.contains(path + ": the file engine carries the I/O, not io_uring: "));
  }

  @Test
  void uringThatIsDemandedAndCannotBeHadIsRefused() {
    try (ThreadLoop loop = ThreadLoop.start("disk")) {
      assertThatThrownBy(() ->
              BlockDevices.open(
                  directory.resolve("disk"), 1 << 20, new PlainLoop(loop), DeviceMode.URING))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("io_uring needs a ThreadLoop");
    }
  }

  @Test
  void fileThatDoesNotFitIsRefusedByNameAndLeavesNothingBehind() {
    Path path = directory.resolve("disk");
    assertThatThrownBy(() -> BlockDevices.createZeroed(path, 1L << 60))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(path.toString())
        .hasMessageContaining("are free");
    assertThatThrownBy(() -> BlockDevices.createSparse(path, 1L << 62))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(path + " cannot be made with " + (1L << 62) + " bytes");
    assertThat(path).doesNotExist();
  }

  @Test
  void afterAFailedFlushNoLaterOneSucceeds() {
    List<IOException> outcomes = new ArrayList<>();
    FailingFlushes engine = new FailingFlushes();
    BlockDevice device = new FlushGuard(engine);
    device.flush(outcomes::add);
    engine.next = new IOException("flush: Input/output error");
    device.flush(outcomes::add);
    engine.next = null;
    device.flush(outcomes::add);
    device.flush(outcomes::add);
    assertThat(outcomes.get(0)).isNull();
    assertThat(outcomes.get(1)).hasMessage("flush: Input/output error");
    assertThat(outcomes.subList(2, 4))
        .allSatisfy(error ->
            assertThat(error)
                .hasMessageContaining("a flush failed before")
                .hasMessageContaining("Input/output error"));
  }

  /** A device whose flushes end as told. */
  private static final class FailingFlushes implements BlockDevice {
    private IOException next;

    @Override
    public long size() {
      return ALIGNMENT;
    }

    @Override
    public void read(long offset, ByteBuffer target, IoCallback done) {
      done.completed(null);
    }

    @Override
    public void write(long offset, ByteBuffer source, IoCallback done) {
      done.completed(null);
    }

    @Override
    public void flush(IoCallback done) {
      done.completed(next);
    }

    @Override
    public void close() {}
  }
}
