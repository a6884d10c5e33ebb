package io.polarj.engine.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polarj.engine.error.EngineException;
import io.polarj.engine.lock.MetadataLocks.Name;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** LOCK TABLES: locks of a session, between its own transactions and those of others. */
class TableLocksTest {
  private static final Name T = new Name("s", "t");
  private final MetadataLocks locks = new MetadataLocks();

  private static LockOwner owner() {
    LockOwner owner = new LockOwner();
    owner.timeoutMillis(5);
    return owner;
  }

  private static CompletableFuture<Void> start(Runnable work) {
    return CompletableFuture.runAsync(work, Thread::startVirtualThread);
  }

  @Test
  void readLockAdmitsReadersAndKeepsWritersAndDdlOut() {
    LockOwner session = owner();
    locks.lockTable(session, T, false);
    locks.lockTable(owner(), T, false);
    LockOwner reader = owner();
    locks.acquireShared(reader, T);
    assertThatThrownBy(() -> locks.acquireSharedToWrite(owner(), T))
        .isInstanceOf(EngineException.LockWaitTimeout.class);
    assertThatThrownBy(() -> locks.acquireSharedToWrite(reader, T))
        .isInstanceOf(EngineException.LockWaitTimeout.class);
    locks.releaseAll(reader);
    assertThatThrownBy(() -> locks.acquireExclusive(owner(), T, 5))
        .isInstanceOf(EngineException.LockWaitTimeout.class);
  }

  @Test
  void readLockWaitsForTheEndOfWritersAndNotForReaders() throws Exception {
    LockOwner reader = owner();
    LockOwner writer = owner();
    locks.acquireShared(reader, T);
    locks.acquireShared(writer, T);
    locks.acquireSharedToWrite(writer, T);
    LockOwner session = new LockOwner();
    CompletableFuture<Void> locked = start(() -> locks.lockTable(session, T, false));
    Awaitility.await().until(() -> locks.waiting(T) == 1);
    locks.acquireSharedToWrite(writer, T);
    locks.releaseAll(writer);
    locked.get(5, TimeUnit.SECONDS);
    locks.releaseAll(session);
    locks.acquireSharedToWrite(reader, T);
  }

  @Test
  void writeLockIsForTheTransactionsOfItsSessionAlone() throws Exception {
    LockOwner session = owner();
    locks.lockTable(session, T, true);
    LockOwner own = owner();
    own.under(session);
    locks.acquireShared(own, T);
    locks.acquireSharedToWrite(own, T);
    locks.releaseAll(own);
    LockOwner other = new LockOwner();
    CompletableFuture<Void> read = start(() -> locks.acquireShared(other, T));
    Awaitility.await().until(() -> locks.waiting(T) == 1);
    assertThat(read).isNotDone();
    locks.releaseAll(session);
    read.get(5, TimeUnit.SECONDS);
  }

  /** Else a reader that begins to write would wait for a DDL that waits for it. */
  @Test
  void transactionThatBeginsToWriteDoesNotQueueBehindADdlThatWaitsForIt() throws Exception {
    LockOwner transaction = owner();
    locks.acquireShared(transaction, T);
    CompletableFuture<Void> ddl = start(() -> locks.acquireExclusive(new LockOwner(), T, 10_000));
    Awaitility.await().until(() -> locks.waiting(T) == 1);
    locks.acquireSharedToWrite(transaction, T);
    locks.releaseAll(transaction);
    ddl.get(5, TimeUnit.SECONDS);
  }
}
