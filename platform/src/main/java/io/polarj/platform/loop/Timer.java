package io.polarj.platform.loop;

/** A scheduled task. */
public interface Timer {
  /** After this returns on the task's own loop the task will not start. Idempotent. */
  void cancel();
}
