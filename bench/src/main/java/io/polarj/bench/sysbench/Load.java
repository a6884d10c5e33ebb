// Runs the client threads for a set time. The calling thread reports; each client thread owns its
// Client and Counts. The first
// error that is not to be retried ends the run for all.
package io.polarj.bench.sysbench;

import java.io.PrintStream;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** One run of a test. */
final class Load {
  private final OltpTest test;
  private final SysbenchSettings settings;
  private final PrintStream out;
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private final CountDownLatch failed = new CountDownLatch(1);
  private volatile boolean stopping;

  Load(OltpTest test, SysbenchSettings settings, PrintStream out) {
    this.test = test;
    this.settings = settings;
    this.out = out;
  }

  /** Returns what was measured after the warm-up. */
  Report run() throws SQLException, InterruptedException {
    List<Counts> counts = new ArrayList<>();
    List<Client> clients = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    try {
      SplittableRandom seeds = new SplittableRandom(settings.seed());
      for (int i = 0; i < settings.threads(); i++) {
        Counts own = new Counts();
        Client client = new Client(settings, seeds.split(), own);
        counts.add(own);
        clients.add(client);
        threads.add(Thread.ofPlatform().name("client-" + i).unstarted(() -> work(client)));
      }
      threads.forEach(Thread::start);
      return measured(counts);
    } finally {
      stopping = true;
      for (Thread thread : threads) {
        thread.join();
      }
      for (Client client : clients) {
        client.close();
      }
    }
  }

  private void work(Client client) {
    try {
      while (!stopping) {
        client.run(test);
      }
    } catch (SQLException | RuntimeException e) {
      failure.compareAndSet(null, e);
      failed.countDown();
    }
  }

  private Report measured(List<Counts> counts) throws SQLException, InterruptedException {
    wait(settings.warmupSeconds());
    Report total = new Report(counts);
    total.reset();
    long start = System.nanoTime();
    int done = 0;
    while (done < settings.seconds()) {
      int step =
          settings.intervalSeconds() == 0
              ? settings.seconds()
              : Math.min(settings.intervalSeconds(), settings.seconds() - done);
      wait(step);
      done += step;
      long micros = TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - start);
      Report.Sample interval = total.sample(micros);
      if (settings.intervalSeconds() != 0) {
        out.println(interval.line(done, settings.threads()));
      }
    }
    return total;
  }

  private void wait(int seconds) throws SQLException, InterruptedException {
    if (failed.await(seconds, TimeUnit.SECONDS)) {
      Throwable cause = failure.get();
      if (cause instanceof SQLException e) {
        throw e;
      }
      throw new IllegalStateException(cause);
    }
  }
}
