package io.polarj.server.ctl;

import io.polarj.server.config.StartException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Does something every second until its result is the last one. */
final class Repeat {
  private static final long EVERY_MILLIS = 1_000;

  private Repeat() {}

  /**
   * Calls {@code step} at once and then a second after each end of it, on a thread of its own,
   * until a result passes {@code last}; returns that one. What {@code step} throws ends it and
   * comes out here.
   */
  static <T> T until(Supplier<T> step, Predicate<T> last) {
    CompletableFuture<T> result = new CompletableFuture<>();
    try (ScheduledExecutorService clock =
        Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory())) {
      clock.scheduleWithFixedDelay(
          () -> once(step, last, result), 0, EVERY_MILLIS, TimeUnit.MILLISECONDS);
      try {
        return result.get();
      } finally {
        clock.shutdownNow();
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException known) {
        throw known;
      }
      throw new StartException("unexpected failure: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartException("interrupted", e);
    }
  }

  private static <T> void once(Supplier<T> step, Predicate<T> last, CompletableFuture<T> result) {
    if (result.isDone()) {
      return;
    }
    try {
      T value = step.get();
      if (last.test(value)) {
        result.complete(value);
      }
    } catch (Throwable e) {
      result.completeExceptionally(e);
    }
  }
}
