package io.polarj.engine.api;

/** How a statement reads rows. */
public record ReadMode(LockMode lock, LockWait onConflict) {
  public static final ReadMode SNAPSHOT = new ReadMode(LockMode.NONE, LockWait.WAIT);
  public static final ReadMode FOR_UPDATE = new ReadMode(LockMode.EXCLUSIVE, LockWait.WAIT);
  public static final ReadMode FOR_SHARE = new ReadMode(LockMode.SHARED, LockWait.WAIT);
}
