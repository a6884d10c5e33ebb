package io.polarj.engine.trx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polarj.engine.error.EngineException;
import io.polarj.engine.lock.LockOwner;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TransactionTableTest {
  private final TransactionTable table = new TransactionTable(10, List.of(5L), 100);
  private final LockOwner owner = new LockOwner();

  private CompletableFuture<Boolean> await(long id) {
    return CompletableFuture.supplyAsync(
        () -> table.awaitEnd(id, owner), Thread::startVirtualThread);
  }

  @Test
  void waitForTheEndOfATransactionEndsWithIt() throws Exception {
    CompletableFuture<Boolean> waiting = await(5);
    table.end(5, 200);
    assertThat(waiting.get(5, TimeUnit.SECONDS)).isTrue();
    assertThat(table.endLsn(5)).isEqualTo(200);
  }

  @Test
  void waitForTheEndOfATransactionCanBeInterrupted() {
    CompletableFuture<Boolean> waiting = await(5);
    owner.interrupt();
    assertThatThrownBy(() -> waiting.get(5, TimeUnit.SECONDS))
        .hasCauseInstanceOf(EngineException.Interrupted.class);
    assertThat(table.running(5)).isTrue();
  }

  @Test
  void waitForTheEndOfATransactionEndsWithTheOwnersTime() throws Exception {
    owner.timeoutMillis(1);
    assertThat(await(5).get(5, TimeUnit.SECONDS)).isFalse();
  }
}
