package io.polarj.platform.loop;

/**
 * What a {@link ThreadLoop} looks at and sleeps on besides its inbox: the place where a completion
 * ring hooks itself into the loop. All methods but {@link #wakeup} are called on the loop's thread.
 */
public interface LoopPoller {
  /** Submits and reaps what it can without blocking; returns how much it found to do. */
  int poll();

  /**
   * Sleeps until there is something to reap, {@link #wakeup} was called, or the time is over. It
   * may return early. A wake-up that came just before the call makes it return at once.
   */
  void await(long timeoutNanos);

  /** Whether something is submitted that will end a sleep by completing. */
  boolean underWay();

  /** Ends a sleep. Any thread may call. */
  void wakeup();

  /** The loop ends; nothing is called after this. */
  void close();
}
