package io.polarj.platform.loop;

import io.polarj.platform.clock.Clock;
import io.polarj.platform.clock.SystemClock;
import java.util.concurrent.atomic.LongAdder;
import org.agrona.concurrent.ManyToOneConcurrentLinkedQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An event loop on one platform thread: an inbox that any thread may fill, timers, and one {@link
 * LoopPoller} to sleep on (parking, unless a completion ring has taken its place).
 *
 * <p>A task that throws is logged and counted and does not end the loop; an {@link Error} is
 * treated the same, for a loop that is gone would hang its node without a word. {@link #close} runs
 * what was handed in before, forgets the timers and ends the thread; tasks that come later are
 * dropped and counted.
 */
public final class ThreadLoop implements EventLoop, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ThreadLoop.class);
  private static final int SPINS = 20;
  private static final int YIELDS = 10;

  /** Tasks in one go before completions and timers get their turn. */
  private static final int BATCH = 256;

  private static final long LONG_YIELD_NANOS = 50_000;
  private static final long CONTENTION_NANOS = 100_000_000;
  private static final long LONGEST_SLEEP_NANOS = 1_000_000_000L;

  private final ManyToOneConcurrentLinkedQueue<Runnable> inbox =
      new ManyToOneConcurrentLinkedQueue<>();
  private final TimerHeap timers = new TimerHeap();
  private final Clock clock;
  private final IdleMode idleMode;
  private final Thread thread;
  private final LongAdder failures = new LongAdder();
  private final LongAdder dropped = new LongAdder();
  private volatile LoopPoller poller;
  private volatile boolean asleep;
  private volatile boolean closing;
  private volatile boolean ended;
  private int idleRounds;
  private long noYieldUntilNanos;

  private ThreadLoop(String name, IdleMode idleMode, Clock clock) {
    this.idleMode = idleMode;
    this.clock = clock;
    this.thread = new Thread(this::run, name);
    this.thread.setDaemon(true);
    this.noYieldUntilNanos = clock.nanoTime();
    this.poller = new ParkPoller(thread);
  }

  /** A running loop in the default idle mode. */
  public static ThreadLoop start(String name) {
    return start(name, IdleMode.HYBRID);
  }

  public static ThreadLoop start(String name, IdleMode idleMode) {
    return start(name, idleMode, SystemClock.INSTANCE);
  }

  public static ThreadLoop start(String name, IdleMode idleMode, Clock clock) {
    ThreadLoop loop = new ThreadLoop(name, idleMode, clock);
    loop.thread.start();
    return loop;
  }

  public String name() {
    return thread.getName();
  }

  @Override
  public Clock clock() {
    return clock;
  }

  @Override
  public boolean inLoop() {
    return Thread.currentThread() == thread;
  }

  @Override
  public void execute(Runnable task) {
    if (ended) {
      dropped.increment();
      return;
    }
    inbox.offer(task);
    if (asleep) {
      poller.wakeup();
    }
  }

  @Override
  public Timer schedule(long delayNanos, Runnable task) {
    LoopTimer timer = new LoopTimer(this, clock.nanoTime() + Math.max(0, delayNanos), task);
    if (inLoop()) {
      timers.add(timer);
    } else {
      execute(() -> addUnlessCancelled(timer));
    }
    return timer;
  }

  /** Whether tasks that are handed in now are dropped. */
  public boolean ended() {
    return ended;
  }

  /** Tasks that ended with an exception so far. */
  public long failedTasks() {
    return failures.sum();
  }

  /** Tasks that came after the end so far. */
  public long droppedTasks() {
    return dropped.sum();
  }

  /**
   * Puts a completion ring in the place of parking. On the loop's own thread, and once.
   *
   * @throws IllegalStateException when there is one already
   */
  public void attach(LoopPoller ring) {
    if (!inLoop()) {
      throw new IllegalStateException("attach to loop " + name() + " from its own thread");
    }
    if (!(poller instanceof ParkPoller)) {
      throw new IllegalStateException("loop " + name() + " has a completion ring already");
    }
    poller = ring;
  }

  /** The completion ring that was attached, or null. */
  public LoopPoller attached() {
    LoopPoller now = poller;
    return now instanceof ParkPoller ? null : now;
  }

  /** Ends the loop; called on another thread, returns when it has ended. Idempotent. */
  @Override
  public void close() {
    closing = true;
    poller.wakeup();
    if (inLoop()) {
      return;
    }
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

  void forget(LoopTimer timer) {
    if (inLoop()) {
      timers.remove(timer);
    } else {
      execute(() -> timers.remove(timer));
    }
  }

  private void addUnlessCancelled(LoopTimer timer) {
    if (!timer.cancelled()) {
      timers.add(timer);
    }
  }

  private void run() {
    while (true) {
      int work = runInbox() + pollSafely() + runTimers();
      if (work > 0) {
        idleRounds = 0;
      } else if (closing) {
        break;
      } else {
        idle();
      }
    }
    end();
  }

  private void end() {
    timers.clear();
    ended = true;
    for (int last = 0; last < 2; last++) {
      while (runInbox() > 0) {
        Thread.onSpinWait();
      }
    }
    try {
      poller.close();
    } catch (RuntimeException e) {
      LOG.error("loop {}: its completion ring did not close", name(), e);
    }
  }

  private int runInbox() {
    int done = 0;
    while (done < BATCH) {
      Runnable task = inbox.poll();
      if (task == null) {
        break;
      }
      runSafely(task);
      done++;
    }
    return done;
  }

  private int pollSafely() {
    try {
      return poller.poll();
    } catch (Throwable e) {
      failed("completion ring", e);
      return 0;
    }
  }

  private int runTimers() {
    if (timers.isEmpty()) {
      return 0;
    }
    long now = clock.nanoTime();
    int done = 0;
    while (!timers.isEmpty() && done < BATCH) {
      LoopTimer timer = timers.first();
      if (timer.deadlineNanos - now > 0) {
        break;
      }
      timers.remove(timer);
      if (!timer.cancelled()) {
        runSafely(timer.task);
      }
      done++;
    }
    return done;
  }

  private void runSafely(Runnable task) {
    try {
      task.run();
    } catch (Throwable e) {
      failed("task", e);
    }
  }

  private void failed(String what, Throwable e) {
    failures.increment();
    LOG.error("loop {}: a {} failed", name(), what, e);
  }

  /** With completions under way there is nothing to spin for: the ring wakes the loop by itself. */
  private void idle() {
    idleRounds++;
    if (idleMode == IdleMode.BUSY) {
      Thread.onSpinWait();
    } else if (idleMode == IdleMode.BLOCK || poller.underWay()) {
      sleep();
    } else if (idleRounds <= SPINS) {
      Thread.onSpinWait();
    } else if (idleRounds <= SPINS + YIELDS) {
      yieldUnlessContended();
    } else {
      sleep();
    }
  }

  /**
   * On a machine with threads that want the core, a yield gives it away for a whole time slice,
   * while a thread that sleeps is let in again when it is woken. One long yield is the sign; for a
   * while after it the loop goes to sleep instead.
   */
  private void yieldUnlessContended() {
    long before = clock.nanoTime();
    if (before - noYieldUntilNanos < 0) {
      sleep();
      return;
    }
    Thread.yield();
    long after = clock.nanoTime();
    if (after - before > LONG_YIELD_NANOS) {
      noYieldUntilNanos = after + CONTENTION_NANOS;
    }
  }

  /**
   * The flag goes up before the last look into the inbox, and a producer looks at the flag after it
   * has put its task there: one of the two sees the other.
   */
  private void sleep() {
    asleep = true;
    try {
      if (inbox.isEmpty() && !closing) {
        long sleepNanos = LONGEST_SLEEP_NANOS;
        if (!timers.isEmpty()) {
          sleepNanos = Math.min(sleepNanos, timers.first().deadlineNanos - clock.nanoTime());
        }
        if (sleepNanos > 0) {
          poller.await(sleepNanos);
        }
      }
    } finally {
      asleep = false;
    }
  }
}
