package io.polarj.engine.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polarj.engine.api.LockMode;
import io.polarj.engine.api.LockWait;
import io.polarj.engine.error.EngineException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class RowLocksTest {
  private static final byte[] A = {1};
  private static final byte[] B = {2};
  private final RowLocks locks = new RowLocks();

  private boolean lock(LockOwner owner, byte[] key, LockMode mode) {
    return locks.acquire(owner, 7, key.clone(), mode, LockWait.WAIT);
  }

  private CompletableFuture<Boolean> lockLater(LockOwner owner, byte[] key, LockMode mode) {
    long before = locks.waitCount();
    CompletableFuture<Boolean> done = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(() -> {
          try {
            done.complete(lock(owner, key, mode));
          } catch (RuntimeException e) {
            done.completeExceptionally(e);
          }
        });
    Awaitility.await().until(() -> done.isDone() || locks.waitCount() > before);
    return done;
  }

  @Test
  void sharedLocksGoTogetherAndExclusiveOnesWaitForAllOfThem() throws Exception {
    LockOwner one = new LockOwner();
    LockOwner two = new LockOwner();
    LockOwner writer = new LockOwner();
    lock(one, A, LockMode.SHARED);
    lock(two, A, LockMode.SHARED);
    CompletableFuture<Boolean> waiting = lockLater(writer, A, LockMode.EXCLUSIVE);
    locks.releaseAll(one);
    assertThat(waiting).isNotDone();
    locks.releaseAll(two);
    assertThat(waiting.get(5, TimeUnit.SECONDS)).isTrue();
    assertThat(locks.holdsExclusive(writer, 7, A)).isTrue();
    locks.releaseAll(writer);
    assertThat(locks.size()).isZero();
  }

  @Test
  void lateReaderDoesNotPassAWaitingWriter() throws Exception {
    LockOwner reader = new LockOwner();
    LockOwner writer = new LockOwner();
    LockOwner late = new LockOwner();
    lock(reader, A, LockMode.SHARED);
    CompletableFuture<Boolean> write = lockLater(writer, A, LockMode.EXCLUSIVE);
    CompletableFuture<Boolean> read = lockLater(late, A, LockMode.SHARED);
    assertThat(read).isNotDone();
    locks.releaseAll(reader);
    assertThat(write.get(5, TimeUnit.SECONDS)).isTrue();
    assertThat(read).isNotDone();
    locks.releaseAll(writer);
    assertThat(read.get(5, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void upgradeOfTheOnlyHolderPassesTheQueue() {
    LockOwner holder = new LockOwner();
    LockOwner writer = new LockOwner();
    lock(holder, A, LockMode.SHARED);
    CompletableFuture<Boolean> waiting = lockLater(writer, A, LockMode.EXCLUSIVE);
    assertThat(lock(holder, A, LockMode.EXCLUSIVE)).isTrue();
    assertThat(waiting).isNotDone();
    locks.releaseAll(holder);
    assertThat(waiting.orTimeout(5, TimeUnit.SECONDS).join()).isTrue();
  }

  @Test
  void deadlockChoosesTheMemberWithTheFewestUndoRecords() throws Exception {
    LockOwner heavy = new LockOwner();
    heavy.weight(10);
    LockOwner light = new LockOwner();
    light.weight(1);
    lock(heavy, A, LockMode.EXCLUSIVE);
    lock(light, B, LockMode.EXCLUSIVE);
    CompletableFuture<Boolean> victim = lockLater(light, A, LockMode.EXCLUSIVE);
    CompletableFuture<Boolean> winner = lockLater(heavy, B, LockMode.EXCLUSIVE);
    assertThatThrownBy(victim::join)
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(EngineException.Deadlock.class);
    locks.releaseAll(light);
    assertThat(winner.get(5, TimeUnit.SECONDS)).isTrue();
    assertThat(locks.deadlockCount()).isEqualTo(1);
  }

  @Test
  void twoUpgradersAreADeadlock() throws Exception {
    LockOwner one = new LockOwner();
    LockOwner two = new LockOwner();
    two.weight(5);
    lock(one, A, LockMode.SHARED);
    lock(two, A, LockMode.SHARED);
    CompletableFuture<Boolean> first = lockLater(one, A, LockMode.EXCLUSIVE);
    CompletableFuture<Boolean> second = lockLater(two, A, LockMode.EXCLUSIVE);
    assertThatThrownBy(first::join).hasCauseInstanceOf(EngineException.Deadlock.class);
    locks.releaseAll(one);
    assertThat(second.get(5, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void conflictsAreAnsweredAtOnceWithNowaitAndSkipLocked() {
    LockOwner holder = new LockOwner();
    LockOwner other = new LockOwner();
    lock(holder, A, LockMode.EXCLUSIVE);
    assertThat(locks.acquire(other, 7, A, LockMode.SHARED, LockWait.SKIP_LOCKED)).isFalse();
    assertThatThrownBy(() -> locks.acquire(other, 7, A, LockMode.SHARED, LockWait.NOWAIT))
        .isInstanceOf(EngineException.LockNotAvailable.class);
    assertThat(other.rowLockCount()).isZero();
  }

  @Test
  void waitEndsWithTheTimeoutAndLeavesTheQueue() {
    LockOwner holder = new LockOwner();
    LockOwner other = new LockOwner();
    other.timeoutMillis(10);
    lock(holder, A, LockMode.EXCLUSIVE);
    assertThatThrownBy(() -> lock(other, A, LockMode.SHARED))
        .isInstanceOf(EngineException.LockWaitTimeout.class);
    assertThat(locks.waiting()).isZero();
    locks.releaseAll(holder);
    assertThat(locks.size()).isZero();
  }

  @Test
  void interruptEndsTheWait() {
    LockOwner holder = new LockOwner();
    LockOwner other = new LockOwner();
    lock(holder, A, LockMode.EXCLUSIVE);
    CompletableFuture<Boolean> waiting = lockLater(other, A, LockMode.SHARED);
    other.interrupt();
    assertThatThrownBy(waiting::join).hasCauseInstanceOf(EngineException.Interrupted.class);
  }

  @Test
  void readerThatWaitsBehindAWriterForItsOwnVictimIsADeadlock() throws Exception {
    LockOwner holder = new LockOwner();
    LockOwner writer = new LockOwner();
    LockOwner reader = new LockOwner();
    holder.weight(5);
    writer.weight(5);
    lock(holder, A, LockMode.SHARED);
    lock(reader, B, LockMode.EXCLUSIVE);
    CompletableFuture<Boolean> write = lockLater(writer, A, LockMode.EXCLUSIVE);
    CompletableFuture<Boolean> held = lockLater(holder, B, LockMode.SHARED);
    CompletableFuture<Boolean> read = lockLater(reader, A, LockMode.SHARED);
    assertThatThrownBy(read::join).hasCauseInstanceOf(EngineException.Deadlock.class);
    locks.releaseAll(reader);
    assertThat(held.get(5, TimeUnit.SECONDS)).isTrue();
    locks.releaseAll(holder);
    assertThat(write.get(5, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void ownersThatLockInRandomOrderNeverHangAndNeverHoldTogether() throws Exception {
    int threads = 6;
    AtomicInteger[] inside = {new AtomicInteger(), new AtomicInteger(), new AtomicInteger()};
    AtomicInteger broken = new AtomicInteger();
    Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    CyclicBarrier start = new CyclicBarrier(threads);
    List<Thread> workers = new ArrayList<>();
    for (int t = 0; t < threads; t++) {
      workers.add(
          Thread.ofPlatform()
              .start(() -> {
                try {
                  start.await();
                  for (int round = 0; round < 2_000; round++) {
                    lockTwo(inside, broken);
                  }
                } catch (Throwable e) {
                  failures.add(e);
                }
              }));
    }
    for (Thread worker : workers) {
      worker.join(20_000);
      assertThat(worker.isAlive()).isFalse();
    }
    assertThat(failures).isEmpty();
    assertThat(broken).hasValue(0);
    assertThat(locks.size()).isZero();
  }

  private void lockTwo(AtomicInteger[] inside, AtomicInteger broken) {
    LockOwner owner = new LockOwner();
    int first = ThreadLocalRandom.current().nextInt(3);
    int second = (first + 1 + ThreadLocalRandom.current().nextInt(2)) % 3;
    List<Integer> entered = new ArrayList<>();
    try {
      for (int key : new int[] {first, second}) {
        lock(owner, new byte[] {(byte) key}, LockMode.EXCLUSIVE);
        entered.add(key);
        if (inside[key].incrementAndGet() != 1) {
          broken.incrementAndGet();
        }
        Thread.yield();
      }
    } catch (EngineException.Deadlock e) {
      assertThat(entered).hasSize(1);
    } finally {
      entered.forEach(key -> inside[key].decrementAndGet());
      locks.releaseAll(owner);
    }
  }
}
