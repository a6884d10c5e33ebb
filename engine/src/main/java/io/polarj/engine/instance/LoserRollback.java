package io.polarj.engine.instance;

import io.polarj.engine.error.EngineException;
import io.polarj.engine.trx.Transactions;
import io.polarj.engine.trx.UndoSegments;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Rolls back, in the background, the transactions that a crash left unfinished. */
final class LoserRollback implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LoserRollback.class);
  private final Transactions transactions;
  private final List<UndoSegments.Loser> losers;
  private final CompletableFuture<Void> done = new CompletableFuture<>();
  private final Thread thread;
  private volatile boolean stopped;

  LoserRollback(Transactions transactions, List<UndoSegments.Loser> losers) {
    this.transactions = transactions;
    this.losers = losers;
    this.thread = Thread.ofPlatform().daemon().name("rollback").unstarted(this::run);
  }

  void start() {
    if (losers.isEmpty()) {
      done.complete(null);
    } else {
      thread.start();
    }
  }

  private void run() {
    try {
      for (UndoSegments.Loser loser : losers) {
        if (stopped) {
          throw new IllegalStateException("the engine was closed during rollback");
        }
        transactions.rollBackLoser(loser);
      }
      LOG.info("rolled back {} transactions that a crash left", losers.size());
      done.complete(null);
    } catch (RuntimeException e) {
      if (!stopped) {
        LOG.error("rollback after a crash failed; its rows stay locked", e);
      }
      done.completeExceptionally(e);
    }
  }

  void await() {
    try {
      done.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  /** As {@link #await()}, no longer than that; an interrupt of the thread ends it too. */
  void await(long waitMillis) {
    try {
      done.get(waitMillis, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new EngineException.LockWaitTimeout("transactions that a crash left are rolled back");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EngineException.Interrupted();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause
          ? cause
          : new IllegalStateException(e.getCause());
    }
  }

  void stop() {
    stopped = true;
  }

  @Override
  public void close() {
    stop();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
