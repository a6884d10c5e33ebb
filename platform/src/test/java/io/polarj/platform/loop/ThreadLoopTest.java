package io.polarj.platform.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class ThreadLoopTest {
  private static final long LONG = TimeUnit.HOURS.toNanos(1);

  @ParameterizedTest
  @EnumSource(IdleMode.class)
  void tasksOfManyThreadsRunOnceAndInTheirThreadsOrder(IdleMode mode) throws Exception {
    int threads = 4;
    int each = 5_000;
    List<List<Integer>> seen = new ArrayList<>();
    CountDownLatch all = new CountDownLatch(threads * each);
    try (ThreadLoop loop = ThreadLoop.start("test", mode)) {
      List<Thread> producers = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        List<Integer> mine = new ArrayList<>();
        seen.add(mine);
        producers.add(
            Thread.ofPlatform()
                .start(() -> {
                  for (int i = 0; i < each; i++) {
                    int number = i;
                    loop.execute(() -> {
                      mine.add(number);
                      all.countDown();
                    });
                  }
                }));
      }
      assertThat(all.await(20, TimeUnit.SECONDS)).isTrue();
      for (Thread producer : producers) {
        producer.join();
      }
    }
    for (List<Integer> mine : seen) {
      assertThat(mine).hasSize(each).isSorted();
    }
  }

  @ParameterizedTest
  @EnumSource(IdleMode.class)
  void sleepingLoopIsWokenByEveryTask(IdleMode mode) throws Exception {
    try (ThreadLoop loop = ThreadLoop.start("test", mode)) {
      for (int i = 0; i < 300; i++) {
        CountDownLatch done = new CountDownLatch(1);
        loop.execute(done::countDown);
        assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
      }
    }
  }

  @Test
  void timersRunInTheOrderOfTheirDeadlinesAndNotWhenCancelled() throws Exception {
    List<String> order = new ArrayList<>();
    CountDownLatch last = new CountDownLatch(1);
    try (ThreadLoop loop = ThreadLoop.start("test")) {
      loop.execute(() -> { // far enough apart for a thread that is held up between two calls
        loop.schedule(300_000_000, () -> order.add("c"));
        Timer never = loop.schedule(200_000_000, () -> order.add("never"));
        loop.schedule(100_000_000, () -> order.add("a"));
        loop.schedule(100_000_000, () -> order.add("b"));
        loop.schedule(400_000_000, last::countDown);
        never.cancel();
        never.cancel();
      });
      assertThat(last.await(10, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(order).containsExactly("a", "b", "c");
  }

  @Test
  void timerWorksFromAnotherThreadAndCanBeCancelledThere() throws Exception {
    CountDownLatch fired = new CountDownLatch(1);
    AtomicBoolean cancelledRan = new AtomicBoolean();
    try (ThreadLoop loop = ThreadLoop.start("test")) {
      loop.schedule(LONG, () -> cancelledRan.set(true)).cancel();
      loop.schedule(1_000, fired::countDown);
      assertThat(fired.await(10, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(cancelledRan).isFalse();
  }

  @Test
  void taskThatThrowsIsCountedAndTheLoopGoesOn() throws Exception {
    CountDownLatch after = new CountDownLatch(1);
    try (ThreadLoop loop = ThreadLoop.start("test")) {
      loop.execute(() -> {
        throw new IllegalStateException("on purpose");
      });
      loop.schedule(
          1,
          () -> {
            throw new AssertionError("on purpose too");
          });
      loop.schedule(1_000_000, after::countDown);
      assertThat(after.await(10, TimeUnit.SECONDS)).isTrue();
      assertThat(loop.failedTasks()).isEqualTo(2);
    }
  }

  @Test
  void closeRunsWhatWasHandedInBeforeAndCountsWhatComesLater() {
    AtomicInteger ran = new AtomicInteger();
    ThreadLoop loop = ThreadLoop.start("test", IdleMode.BLOCK);
    for (int i = 0; i < 1000; i++) {
      loop.execute(ran::incrementAndGet);
    }
    loop.close();
    assertThat(ran).hasValue(1000);
    loop.execute(ran::incrementAndGet);
    loop.close();
    assertThat(ran).hasValue(1000);
    assertThat(loop.droppedTasks()).isEqualTo(1);
  }

  @Test
  void cancelledTimersLeaveTheHeapAndTheOthersKeepTheirOrder() {
    TimerHeap heap = new TimerHeap();
    List<LoopTimer> timers = new ArrayList<>();
    try (ThreadLoop loop = ThreadLoop.start("test", IdleMode.BLOCK)) {
      for (int i = 0; i < 500; i++) {
        LoopTimer timer = new LoopTimer(loop, (i * 7919L) % 503, () -> {});
        timers.add(timer);
        heap.add(timer);
      }
      for (int i = 0; i < 500; i += 3) {
        heap.remove(timers.get(i));
        heap.remove(timers.get(i));
      }
      long before = -1;
      int left = 0;
      while (!heap.isEmpty()) {
        LoopTimer first = heap.first();
        assertThat(first.deadlineNanos).isGreaterThanOrEqualTo(before);
        before = first.deadlineNanos;
        heap.remove(first);
        left++;
      }
      assertThat(left).isEqualTo(500 - 167);
    }
  }
}
