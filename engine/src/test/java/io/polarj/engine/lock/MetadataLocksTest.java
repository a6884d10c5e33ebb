package io.polarj.engine.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polarj.engine.error.EngineException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class MetadataLocksTest {
  private static final MetadataLocks.Name T = new MetadataLocks.Name("s", "t");
  private final MetadataLocks locks = new MetadataLocks();

  @Test
  void ddlWaitsForTransactionsAndHoldsUpLaterOnes() throws Exception {
    LockOwner one = new LockOwner();
    LockOwner ddl = new LockOwner();
    LockOwner late = new LockOwner();
    locks.acquireShared(one, T);
    locks.acquireShared(one, T);
    CompletableFuture<Void> drop =
        CompletableFuture.runAsync(
            () -> locks.acquireExclusive(ddl, T, 10_000), Thread::startVirtualThread);
    Awaitility.await().until(() -> locks.waiting(T) == 1);
    CompletableFuture<Void> read =
        CompletableFuture.runAsync(() -> locks.acquireShared(late, T), Thread::startVirtualThread);
    Awaitility.await().until(() -> locks.waiting(T) == 2);
    locks.releaseAll(one);
    drop.get(5, TimeUnit.SECONDS);
    assertThat(read).isNotDone();
    locks.releaseExclusive(T);
    read.get(5, TimeUnit.SECONDS);
  }

  @Test
  void ddlThatTimesOutLetsTheOthersPass() throws Exception {
    LockOwner one = new LockOwner();
    LockOwner late = new LockOwner();
    locks.acquireShared(one, T);
    assertThatThrownBy(() -> locks.acquireExclusive(new LockOwner(), T, 5))
        .isInstanceOf(EngineException.LockWaitTimeout.class);
    locks.acquireShared(late, T);
    locks.releaseAll(one);
    locks.releaseAll(late);
    locks.acquireExclusive(new LockOwner(), T, 5);
  }
}
