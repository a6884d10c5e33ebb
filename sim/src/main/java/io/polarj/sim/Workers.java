package io.polarj.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/** Threads that share a work list, each with whole simulations of its own. */
final class Workers {
  private Workers() {}

  /** Returns when all have ended; throws what one of them threw. */
  static void run(int threads, IntConsumer work) {
    List<Thread> started = new ArrayList<>();
    List<Throwable> broken = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      int worker = i;
      Thread thread = new Thread(() -> work.accept(worker), "sim-" + i);
      thread.setUncaughtExceptionHandler((t, error) -> {
        synchronized (broken) {
          broken.add(error);
        }
      });
      thread.start();
      started.add(thread);
    }
    try {
      for (Thread thread : started) {
        thread.join();
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    if (!broken.isEmpty()) {
      throw new IllegalStateException("a run broke the simulator itself", broken.getFirst());
    }
  }
}
