package io.polarj.engine.btree;

import io.polarj.engine.mtr.Mtr;

/**
 * A change of one key that depends on what is stored, decided under the leaf's exclusive latch. It
 * must not wait, latch pages or use the tree.
 */
@FunctionalInterface
public interface Modifier {
  /**
   * {@code current} is the stored value, null when the key is absent. Returns that same object to
   * leave everything as it is, null to remove the key, or the value to store. May be called again
   * with a newer value when a structure change or a long value needs another try, so it must keep
   * no state from an earlier call; it may throw to give up (nothing has been changed then).
   */
  byte[] apply(byte[] current);

  /** Called once when the change has been made, in its mtr: for logical records. Must not throw. */
  default void also(Mtr mtr) {}
}
